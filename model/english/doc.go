// Package english implements spaCy's English tokenizer with its lemma look-up, token for token. It works with the
// compiled language pack of a spaCy release. Package packs has the packs, package layout documents their bytes, and
// package compile makes them.
//
// # The algorithm
//
// The algorithm is that of spaCy/tokenizer.pyx. It is the same for both releases except where 2.3 or 3.8 is named.
//
//  1. The text is divided into runs of white space (Python's str.isspace) and runs of other characters, the chunks. One
//     space after a chunk belongs to the chunk; other white space is a token.
//  2. A chunk that is an exception ("don't", ":)", "a.m.") becomes the tokens of the exception.
//  3. Other chunks have affixes cut off, turn by turn: a prefix (brackets, quotes, currency, "...") and a suffix (the
//     same, "'s", "." after a letter, units after a digit). As soon as the rest is an exception, without the prefix,
//     without the suffix or without both, its tokens are added, and no more affixes are cut off. 2.3 searches the
//     suffix in all of the rest, and ends the turns when token_match, an older pattern for addresses, accepts the
//     rest. 3.8 searches the suffix in what follows the prefix.
//  4. The rest is one token if it is an address (url_match; in 2.3 also token_match). Otherwise it is split at infixes:
//     ellipses, hyphens between letters, operators between digits, a full stop between a lower-case and an upper-case
//     letter, and so on. An infix at the very start stays with what follows it.
//  5. 3.8 then searches the tokens of the whole text for exceptions that were split, that is, for the sequences of
//     tokens that an exception gives when it is tokenized without exceptions. Longer sequences go first, then earlier
//     ones. If the text of a sequence is the exception, its tokens replace the sequence. If there is white space within
//     the text, nothing is replaced, but no other sequence can use these tokens.
//
// A token's lemma is that of the exception (2.3), or that of the lemma table, or its text. like_url is a separate rule:
// a known beginning or a known top-level domain, and in 3.8 also url_match. It is applied to every token.
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
// The lemmas of "is" and "n't" are "be" and "not". The brackets, the comma and the quotes are not features, so the
// features are be, not, 5, km.
//
// In "word:)" both releases cut off ")" and then ":". 3.8 finds that ":", ")" is the exception ":)" as tokenized
// without exceptions. The two tokens are adjacent, so ":)" replaces them. In "word: )" it finds the same sequence, but
// the text is ": )", and nothing changes.
//
// # How it is fast and linear
//
// The patterns are automata (package compile). Finding a prefix, suffix or infix reads each character once, with the
// same result as Python's re, in which the first alternative that matches wins and look-arounds are possible.
// Exceptions, lemmas, top-level domains and the words of step 5 share one hash table, so an ordinary word costs one
// look-up. Exceptions have a bounded length, and the last run of token_match is kept (see trace), so that a character
// costs no more in a megabyte of brackets than in ten bytes.
//
// The engine works with [Piece] values, which have no pointers; [Token] values are made from them at the end. Prefixes
// are found in the order of the text. Suffixes are found from the last one on, and are marked, one bit per byte, until
// what is before them is done. So pieces can be delivered while they are made, and a text of a million tokens needs
// memory for a thousand ([Pack.EachPieces]). Step 5 works within this memory, because whether a sequence is replaced
// depends only on those that begin less than sixteen tokens before or after it.
package english
