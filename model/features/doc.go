// Package features turns a text into a vector of numbers, as scikit-learn's text vectorizers and the transformers after
// them do.
//
// [Vectorizer] describes a vectorizer. [Build] writes vectorizers and transforms as sections of an artifact, and [Open]
// uses these sections in place.
//
// Lower case, word characters, white space and decompositions are those of Unicode 15.0, which Python 3.12 has; see
// package python. Bytes that are not UTF-8 belong to no word.
//
// # The sections
//
// Each vectorizer has a block of sections, numbered from 0:
//
//	vector    4 bytes each: analyzer (0 word, 1 char, 2 char_wb, 3 English); flags; strip_accents (0 none, 1 ascii,
//	          2 unicode, 3 unicode unless decomposed); cleaner (0 original, 1 unicode); number of words or characters in
//	          the shortest and in the longest n-gram; norm (0 none, 1 l1, 2 l2); number of features; number of words
//	          that are not features; zero. Then 8 bytes: the weight that values are multiplied by, and 16 zero bytes.
//	          The flags: 1 lowercase, 2 binary, 4 sublinear_tf, 8 vectors run from the last feature to the first,
//	          16 punctuation, 32 single precision, 64 hashing, 128 alternate_sign, 256 a custom token pattern, 512 idf,
//	          1024 idf is in the section weights, 2048 the sum of a norm runs from the last feature to the first
//	names     the n-grams by feature: their offsets, 4 bytes each and one more for the end, counted from the end of the
//	          offsets, and then their texts
//	words     the words in n-grams that are not features themselves, and stop words, in the format of names. The number
//	          of a word that is a feature is the feature's; these words are numbered after the features. To char and
//	          char_wb, characters are words
//	words.ix  a hash table that finds words. It has a power of two slots of 8 bytes: 4 bytes the number of the word plus
//	          1, with the highest bit set for a stop word, and 4 bytes a tag; 8 zero bytes are an empty slot. A word's
//	          hash is FNV-1a (64 bits) of its UTF-8 times 9E3779B97F4A7C15 (hex). Its upper bits are the first slot, its
//	          lower 32 bits the tag. The word is in that slot or in one of the 31 that follow
//	ngrams    longer n-grams, as a trie whose first nodes are the words. The node of an n-gram has its feature's number;
//	          nodes that are only prefixes have numbers after the words. Each step has 12 bytes: the word, the node
//	          where it starts, the node where it leads. The steps are in a perfect hash table (displace.go). A step's
//	          hash h is (start·2^32 + word) times 9E3779B97F4A7C15. Its slot is the upper 32 bits of g·n, where n is the
//	          number of slots and g the upper 32 bits of (h xor d·D6E8FEB86659FD93) times 9E3779B97F4A7C15. All bytes of
//	          a free slot are FF
//	ngram.ix  the displacements d, 2 bytes each, a power of two of them; h's upper bits select one
//	filter    a power of two bits; for each step, the bit that h's upper bits select is set
//	idf       8 bytes for each feature; all finite, none beyond 1e100
//	pattern   the token pattern, UTF-8
//	language  the language pack; see package english
//	lexicon   4 bytes for each of the language pack's own features: its word. FFFFFFFF: not in the vocabulary;
//	          FFFFFFFE: no feature; FFFFFFFD: look it up by its text
//
// With hashing there is no vocabulary, and the tables hold only stop words.
//
// # Speed
//
// A memo (memo.go) has the words of most chunks of text. Chunks are found 64 bytes at a time (chunks.go). From there on
// words are numbers. For most pairs of words a filter says that no n-gram begins with them (ngrams.go). Each n-gram has
// only one slot where it can be (displace.go).
//
// The digits equal scikit-learn's because the operations and their order do: term frequency, idf, norm, and the sum
// over the features by number. Up to scikit-learn 1.4 idf was multiplied as a sparse diagonal matrix, which leaves the
// features in descending order; hence the flag.
package features
