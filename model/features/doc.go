// Package features turns a text into a vector of numbers, as scikit-learn's text vectorizers and the transformers
// behind them do.
//
// Vectorizer describes a vectorizer, Build lays vectorizers and transforms out as sections of an artifact, and Open
// uses these in place.
//
// Lower case, word characters, white space and decompositions are those of Unicode 15.0, which Python 3.12 has; see
// package python. Bytes that are not UTF-8 are part of no word.
//
// # The sections
//
// Each vectorizer has sections of a block of its own, from 0 on:
//
//	vector    4 bytes each: analyzer (0 word, 1 char, 2 char_wb, 3 English); flags (1 lowercase, 2 binary, 4
//	          sublinear_tf, 8 vectors
//	          run from the last feature to the first, 16 punctuation, 32 single precision, 64 hashing, 128
//	          alternate_sign, 256 a token
//	          pattern of its own, 512 idf, 1024 idf is in the section weights, 2048 the sum of a norm runs from the last
//	          feature to
//	          the first); strip_accents (0 none, 1 ascii, 2 unicode, 3 unicode
//	          unless decomposed); cleaner (0 original, 1 unicode); words or characters in the shortest and in the longest
//	          n-gram; norm
//	          (0 none, 1 l1, 2 l2); number of features; number of words that are no features; zero; then 8 bytes the
//	          weight that
//	          values are multiplied by, 16 bytes zero.
//	names     the n-grams by feature: their offsets, 4 bytes each and one more for the end, counted from behind the
//	          offsets,
//	          then their texts.
//	words     the words that n-grams are made of and that are no features, and stop words, laid out as names. A word's
//	          number is its
//	          feature's; these are numbered after the features. To char and char_wb, characters are words.
//	words.ix  finds words: a hash table of a power of two slots, 8 bytes each: 4 bytes number of the word plus 1 (all 8
//	          zero: an
//	          empty slot), with the highest bit set for a stop word; 4 bytes tag. A word's hash is FNV-1a (64 bits) of
//	          its UTF-8
//	          times 9E3779B97F4A7C15 (hex); its upper bits are the slot to begin at, its lower 32 the tag. It stands
//	          there or in one
//	          of the 31 slots that follow.
//	ngrams    longer n-grams, as a trie whose first nodes are the words; an n-gram's node has its feature's number, and
//	          one that
//	          only others begin with a number behind those of the words. 12 bytes for each step: word, node it starts
//	          from, node
//	          it leads to. They stand in a perfect hash table (displace.go). A step's hash h is (start·2^32 + word) times
//	          9E3779B97F4A7C15; its place is the upper 32 bits of g·n, for the n places and the upper 32 bits g of
//	          (h xor d·D6E8FEB86659FD93) times 9E3779B97F4A7C15. All bytes of a free place are FF.
//	ngram.ix  the displacements d, 2 bytes each, a power of two; h's upper bits say which.
//	filter    a power of two bits; the one that is h's upper bits is set for each step.
//	idf       8 bytes for each feature; all finite, none beyond 1e100.
//	pattern   the token pattern, UTF-8.
//	language  the language pack; see package english.
//	lexicon   4 bytes for each of the language pack's own features: its word; FFFFFFFF: not in the vocabulary; FFFFFFFE:
//	          no
//	          feature; FFFFFFFD: look it up by its text.
//
// With hashing there is no vocabulary, and the tables hold stop words alone.
//
// # Speed
//
// The memo (memo.go) knows what most chunks of text come to; chunks are found 64 bytes at a time (chunks.go); words are
// numbers from there on; a filter answers for most pairs of words that they begin no n-gram (ngrams.go); and every
// n-gram stands in the one place where it is looked for (displace.go).
//
// The digits are scikit-learn's because the operations are, in their order: term frequency, idf, norm, and the sum over
// the features by their number. Up to scikit-learn 1.4 idf was multiplied as a sparse diagonal matrix, which leaves the
// features in descending order: hence the flag.
package features
