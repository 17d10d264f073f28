// Package model holds the artifact and the prediction: from the text of a raw comment to the probability that moderators remove
// it, as scikit-learn's TfidfVectorizer and LogisticRegression have it, behind spaCy's tokenizer.
//
// # The artifact
//
// One file is one model: how text is cleaned, the tables of the tokenizer's language, the vocabulary, the weights, and where all
// that came from. It is mapped into memory and used in place: opening it reads the manifest, computes a checksum and looks whether
// the weights are finite, each at memory speed, and nothing is made that grows with it. All numbers are little-endian, floats are
// IEEE 754 doubles.
//
// A header of 192 bytes:
//
//	  0   8  the bytes 89 52 43 4D 0D 0A 1A 0A ("\x89RCM\r\n\x1a\n": a transfer in text mode damages it)
//	  8   4  format version: 1
//	 12   4  number of sections
//	 16   8  length of the file
//	 24   4  CRC-32C (Castagnoli) of all bytes of the file but these four
//	 28   4  zero
//	 32  32  digest: SHA-256 of the bytes 0 to 23 and 192 to the end
//	 64  32  the signer's ed25519 public key, or zeros
//	 96  64  the signature of "reddit-classifier artifact 1\n" and the digest, or zeros
//	160  32  zero
//
// The checksum is computed whenever an artifact is opened, so that a wrong byte is an error and never another prediction; the
// digest where somebody asks (Verify, VerifySignature). Signing does not change the digest. Then follows the table, 32 bytes for
// each section:
//
//	 0   8  name: ASCII, padded with zeros
//	 8   4  block: tells sections of the same name apart; 0 for all so far
//	12   4  flags: 1 if a reader that does not know the section has to refuse the artifact
//	16   8  where it begins
//	24   8  its length
//
// and the sections, in the table's order, each at the next multiple of 64 bytes, zeros between, nothing behind the last. There
// is one way to write the same sections, and two builds from the same inputs are byte-identical. The sections:
//
//	manifest  Manifest, as JSON.
//	model     4 bytes cleaner (0 original, 1 unicode), 4 bytes link (0: 1-expit(d), expit(d); 1: softmax of -d, d),
//	          8 bytes intercept, 16 bytes zero.
//	language  the language pack; see package english.
//	tfidf     4 bytes each: words in the shortest and in the longest n-gram; flags (1 sublinear, 2 binary, 4 descending,
//	          8 punctuation: see Words); norm (0 none, 1 l1, 2 l2); number of features; number of words that are no features;
//	          then 8 bytes zero.
//	names     the n-grams by feature: their offsets, 4 bytes each and one more for the end, counted from behind the offsets,
//	          then their texts.
//	words     the words that n-grams are made of and that are no features, laid out as names. A word's number is its feature's;
//	          these are numbered after the features.
//	words.ix  finds words: a hash table of a power of two slots, 8 bytes each: 4 bytes number of the word plus 1 (all 8 zero: an
//	          empty slot), 4 bytes tag. A word's hash is FNV-1a (64 bits) of its UTF-8 times 9E3779B97F4A7C15 (hex); its upper
//	          bits are the slot to begin at, its lower 32 the tag. It stands there or in one of the 31 slots that follow.
//	lexicon   4 bytes for each of the language pack's own features: its word; FFFFFFFF: not in the vocabulary; FFFFFFFE: no
//	          feature; FFFFFFFD: look it up by its text.
//	ngrams    longer n-grams, as a trie whose first nodes are the words; an n-gram's node has its feature's number, and one that
//	          only others begin with a number behind those of the words. 12 bytes for each step: word, node it starts from, node
//	          it leads to. They stand in a perfect hash table (displace.go). A step's hash h is (start·2^32 + word) times
//	          9E3779B97F4A7C15; its place is the upper 32 bits of g·n, for the n places and the upper 32 bits g of
//	          (h xor d·D6E8FEB86659FD93) times 9E3779B97F4A7C15. All bytes of a free place are FF.
//	ngram.ix  the displacements d, 2 bytes each, a power of two; h's upper bits say which.
//	filter    a power of two bits; the one that is h's upper bits is set for each step.
//	weights   16 bytes for each feature: idf (1 without), coefficient; all finite, none beyond 1e100.
//	parity    optional: texts and their probabilities as JSON, [{"text":…,"proba":[…,…]}]; Verify replays them.
//
// and for what train --features rich adds, optional:
//
//	char.set  4 bytes each: characters in the shortest and in the longest n-gram of characters; then 8 bytes zero.
//	letters   the characters that these are made of, in ascending order, 4 bytes each. A letter's number is its place, from 1.
//	chars     the n-grams of characters: a hash table of a power of two slots, 16 bytes each: 8 bytes key, the numbers of its
//	          letters, 16 bits each, the last one lowest (0: an empty slot), 8 bytes weight. With k the key times
//	          9E3779B97F4A7C15, the upper bits of (k xor k shifted right by 32) times the same are the slot to begin at; 31
//	          more follow.
//	style     the weights of StyleNames, 8 bytes each.
//
// Numbers in the tables are checked where they are used: one that points nowhere is nothing found. So whatever an artifact
// holds, opening it gives an error, or a model whose every method is safe.
//
// # The prediction
//
// The digits are scikit-learn's because the operations are, in their order: term frequency, idf, norm, and the sum over the
// features by their number. Up to scikit-learn 1.4 idf was multiplied as a sparse diagonal matrix, which leaves the features in
// descending order: hence the flag.
//
// How it is fast: the memo (memo.go) knows what most chunks of text come to; chunks are found 64 bytes at a time (chunks.go);
// words are numbers from there on; a filter answers for most pairs of words that they begin no n-gram (predict.go); and every
// n-gram stands in the one place where it is looked for (displace.go).
package model
