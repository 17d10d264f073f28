// Package prepare changes a text as Python programs do before they call a vectorizer.
//
// A [Program] is a list of steps. Each step takes the result of the one before. It is equal to a line of Python, with
// the Unicode 15.0 tables of Python 3.12:
//
//	lower                         text.lower()
//	unescape                      html.unescape(text)
//	replace                       re.sub(pattern, with, text)
//	keep letters, digits          re.sub(r"[^a-zA-Z0-9]", with, text)
//	remove punctuation            text.translate({ord(c): with for c in string.punctuation})
//	remove digits                 re.sub(r"\d+", with, text)
//	remove urls                   re.sub(r"https?://\S+|www\.\S+", with, text)
//	collapse                      " ".join(text.split())
//	strip                         text.strip()
//	stop words                    " ".join(w for w in text.split() if w not in words)
//	stem                          " ".join(stemmer.stem(w) for w in text.split())
//
// Keep accepts several classes of characters: letters are a-zA-Z, digits 0-9, spaces \s, blanks U+0020, words \w, and
// decimals \d. The replacement of keep and remove is plain text without groups, and may be empty. Stop words are
// compared with the words as the previous steps left them. If stop words or stem has a pattern for tokens,
// re.findall(pattern, text) replaces text.split(). The stemmers are those of package stem, and the patterns those of
// package pattern.
//
// A byte that is not UTF-8 counts as U+FFFD. The time that a [Program] takes is linear in the length of the text.
//
// # Encoding
//
// [Program.Encode] writes a program as bytes; equal programs give equal bytes. An integer is an unsigned varint of as
// few bytes as possible. A string is its length in bytes followed by its bytes, which are UTF-8.
//
//	program     number of steps, and the steps
//	step        one byte for the kind, and its fields:
//	0 lower
//	1 unescape
//	2 replace   string pattern, string with
//	3 keep      one byte with a bit for each of letters (1), digits (2), spaces (4), blanks (8), words (16),
//	            decimals (32); string with
//	4 remove    one byte: 0 punctuation, 1 digits, 2 urls; string with
//	5 collapse
//	6 strip
//	7 stop      string pattern of tokens or "", number of words, and the words as strings in ascending order
//	8 stem      one byte: 0 porter, 1 porter-original, 2 porter-martin, 3 snowball-english;
//	            string pattern of tokens or ""
package prepare
