// Package english is spaCy's English tokenizer with its lemma look-up, token for token, driven by a compiled language
// pack of one spaCy release. Package packs has the packs; package layout documents their bytes; package compile makes
// them.
//
// # The algorithm
//
// It is that of spaCy/tokenizer.pyx, and the two releases share it but for what is marked 2.3 and 3.8.
//
//  1. The text is divided into runs of white space (Python's str.isspace) and of anything else, the chunks. One space
//     after a chunk belongs to that chunk; any other white space is a token.
//  2. A chunk that is an exception ("don't", ":)", "a.m.") becomes the exception's tokens.
//  3. Otherwise affixes are cut off, turn by turn: a prefix (brackets, quotes, currency, "...") and a suffix (the same,
//     "'s", "." after a letter, units after a digit). As soon as what is left is an exception, without the prefix,
//     without the suffix or without both, its tokens are put there and the rest of the affixes stays. 2.3: the suffix
//     is searched in the whole of what is left, and the turns end when token_match, an older pattern for addresses,
//     accepts it; 3.8: the suffix is searched in what the prefix leaves.
//  4. What is left is one token if it is an address (url_match; 2.3: or token_match). Otherwise it is cut at infixes:
//     ellipses, hyphens between letters, operators between digits, a full stop between a lower-case and an upper-case
//     letter, and so on. An infix at the very start stays with what follows it.
//  5. 3.8 then looks, over the tokens of the whole text, for exceptions that were cut up: sequences of tokens which an
//     exception gives when it is tokenized without exceptions. Longer ones count first, then earlier ones. Where the
//     text that such a sequence covers is the exception, its tokens replace them; where white space lies between,
//     nothing is replaced, but the place is taken.
//
// A token's lemma is its own in the exception (2.3), or the one of the lemma table, or its text. like_url is a rule of
// its own (a known beginning, a known top-level domain; 3.8: or url_match), which is asked about every token, however
// it came about.
//
// # An example
//
// The text `"(isn't 5km),"` has two chunks.
//
//	"(isn't   no exception; prefix `"`, no suffix: cut           `"` |
//	(isn't    prefix `(`; without it "isn't" is an exception      `"` | ( |
//	isn't     its tokens are "is" and "n't"                      `"` | ( | is | n't
//
//	5km),"    no exception, no prefix; suffix `"`: cut                              | `"`
//	5km),     suffix `,`: cut                                               | , | `"`
//	5km)      suffix `)`: cut                                           | ) | , | `"`
//	5km       suffix `km`, which needs a digit before it: cut      | km | ) | , | `"`
//	5         no affix, no address, no infix                     5 | km | ) | , | `"`
//
// The lemmas of "is" and "n't" are "be" and "not"; the brackets, the comma and the quotes are no features; what counts
// is: be, not, 5, km.
//
// In "word:)" both releases cut off ")" and then ":". 3.8 finds that ":", ")" is what the exception ":)" looks like
// without exceptions, and as they stand side by side puts ":)" in their place. In "word: )" it finds the same, but the
// text is ": )", and nothing changes.
//
// # How it is fast and linear
//
// The patterns are automata (package compile), so a look at a prefix, suffix or infix reads each character once and
// decides the same as Python's re, whose first alternative that matches wins and which looks behind and ahead.
// Exceptions, lemmas, top-level domains and the words of step 5 share one hash table, so an ordinary word costs one
// look-up. Exceptions have a bounded length, and token_match keeps its last run (see trace), so that a megabyte of
// brackets costs no more per character than ten. The engine works on Piece values without pointers; Token values are
// made from them at the end. Prefixes come in the order of the text; suffixes are found from the last one on, and
// marked, a bit per byte, until what is before them is done. So pieces can be handed over while they are made, and a
// text of a million tokens needs room for a thousand (EachPieces). Step 5 keeps up with that since whether a phrase
// counts depends only on those that begin less than sixteen tokens before or behind it.
package english
