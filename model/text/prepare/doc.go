// Package prepare does to a text, before a model sees it, what people do in Python before they call a vectorizer.
//
// A Program is a list of steps. Each takes the whole result of the one before and is equal to a line of Python, with
// the tables of Unicode 15.0 that Python 3.12 has:
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
// What keep takes is added up in the class: letters are a-zA-Z, digits 0-9, spaces \s, blanks the character U+0020,
// words \w, decimals \d. The text that keep and remove put in the place of what goes is taken as it is, without groups;
// it may be empty. Stop words are compared as they are, after the steps before. Where stop words and stem have a
// pattern for tokens, re.findall(pattern, text) stands for text.split(). The stemmers are those of package stem, the
// patterns those of package pattern.
//
// A byte that is not UTF-8 counts as U+FFFD. The time of a [Program] grows linearly with the length of the text.
//
// # Encoding
//
// [Program.Encode] writes a program as bytes, always in the same form. All integers are unsigned varints in as few bytes
// as possible. A string is its length in bytes and its bytes, which are UTF-8.
//
//	program     number of steps, and the steps
//	step        one byte for the kind, and what it needs:
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
