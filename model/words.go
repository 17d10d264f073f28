package model

import (
	"encoding/binary"
	"math"
)

// none is the absent word, node or feature.
const none = math.MaxUint32

// maxProbes bounds how far a look-up walks in a hash table. The writer enlarges a table until no entry is further away, so that
// a look-up in a hostile artifact is no slower.
const maxProbes = 32

const (
	wordSize   = 16 // an entry of the section words
	slotSize   = 8  // of words.ix
	ngramSize  = 16 // of ngrams
	weightSize = 16 // of weights
	tfidfSize  = 32
	modelSize  = 32
)

// wordTables is one block of word n-grams, in place. Every number read from it is checked where it is used, because opening an
// artifact looks at no entry: what is out of range stands for nothing found.
type wordTables struct {
	settings
	index   []byte // words.ix
	words   []byte
	text    []byte // words.tx
	ngrams  []byte
	weights []byte
	names   []byte

	indexShift, ngramShift uint
}

// settings are the fixed fields of the section tfidf.
type settings struct {
	ngramMin, ngramMax            int
	sublinear, binary, descending bool
	norm                          Norm
	features, wordCount           int
}

// Norm is the vectorizer's norm.
type Norm uint32

// The norms scikit-learn knows.
const (
	NormNone Norm = iota
	NormL1
	NormL2
)

// String returns scikit-learn's name, "" for none.
func (n Norm) String() string { return [...]string{"", "l1", "l2"}[n] }

// ParseNorm reads scikit-learn's name of a norm; "" and "none" are none.
func ParseNorm(name string) (Norm, error) {
	switch name {
	case "", "none", "None":
		return NormNone, nil
	case "l1":
		return NormL1, nil
	case "l2":
		return NormL2, nil
	}
	return 0, unsupportedErrorf("norm %q: known are l1, l2 and none", name)
}

const (
	flagSublinear = 1 << iota
	flagBinary
	flagDescending
	knownFlags = flagSublinear | flagBinary | flagDescending
)

func (s *settings) encode() []byte {
	b := make([]byte, tfidfSize)
	le := binary.LittleEndian
	le.PutUint32(b[0:], uint32(s.ngramMin))
	le.PutUint32(b[4:], uint32(s.ngramMax))
	var flags uint32
	if s.sublinear {
		flags |= flagSublinear
	}
	if s.binary {
		flags |= flagBinary
	}
	if s.descending {
		flags |= flagDescending
	}
	le.PutUint32(b[8:], flags)
	le.PutUint32(b[12:], uint32(s.norm))
	le.PutUint32(b[16:], uint32(s.features))
	le.PutUint32(b[20:], uint32(s.wordCount))
	return b
}

func decodeSettings(b []byte) (s settings, err error) {
	if len(b) != tfidfSize || !isZero(b[24:]) {
		return s, formatErrorf("section tfidf has %d bytes, or reserved ones that are not zero", len(b))
	}
	le := binary.LittleEndian
	low, high, flags, norm := le.Uint32(b), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:])
	if low < 1 || low > high || high > maxNGram {
		return s, formatErrorf("n-grams of %d to %d words", low, high)
	}
	if flags&^uint32(knownFlags) != 0 || norm > uint32(NormL2) {
		return s, unsupportedErrorf("the section tfidf has flags %#x and norm %d, which this program does not know", flags, norm)
	}
	features, words := le.Uint32(b[16:]), le.Uint32(b[20:])
	if features > maxFeatures || words > maxFeatures {
		return s, formatErrorf("%d features, %d words", features, words)
	}
	return settings{int(low), int(high), flags&flagSublinear != 0, flags&flagBinary != 0, flags&flagDescending != 0,
		Norm(norm), int(features), int(words)}, nil
}

// Limits of the format.
const (
	maxNGram    = 16
	maxFeatures = 1 << 26
	maxWeight   = 1e100 // so that no sum of products is infinite or not a number
)

// openTables checks the sections' sizes against each other and the weights for finite numbers.
func openTables(get func(name string) []byte) (*wordTables, error) {
	s, err := decodeSettings(get("tfidf"))
	if err != nil {
		return nil, err
	}
	t := &wordTables{settings: s, index: get("words.ix"), words: get("words"), text: get("words.tx"),
		ngrams: get("ngrams"), weights: get("weights"), names: get("names")}
	if len(t.words) != s.wordCount*wordSize || len(t.weights) != s.features*weightSize || len(t.names) < 4*(s.features+1) {
		return nil, formatErrorf("the sections words, weights and names do not have the sizes that tfidf says")
	}
	if !isPowerOfTwo(len(t.index)/slotSize) || len(t.index)%slotSize != 0 ||
		!isPowerOfTwo(len(t.ngrams)/ngramSize) || len(t.ngrams)%ngramSize != 0 {
		return nil, formatErrorf("a hash table's size is not a power of two")
	}
	t.indexShift = hashShift(len(t.index) / slotSize)
	t.ngramShift = hashShift(len(t.ngrams) / ngramSize)
	return t, t.checkWeights()
}

// checkWeights looks at every number: with it, no prediction can be other than a probability.
func (t *wordTables) checkWeights() error {
	const limit = 0x54B249AD2594C37D // the bits of 1e100: for positive numbers bits compare as the numbers do
	worst := uint64(0)
	for w := t.weights; len(w) >= 8; w = w[8:] {
		worst = max(worst, binary.LittleEndian.Uint64(w)&^(1<<63))
	}
	if worst > limit {
		return formatErrorf("a weight is not a finite number")
	}
	return nil
}

func isPowerOfTwo(n int) bool { return n > 0 && n&(n-1) == 0 }

func hashShift(slots int) uint {
	shift := uint(64)
	for ; slots > 1; slots >>= 1 {
		shift--
	}
	return shift
}

// hashMultiplier spreads consecutive numbers over the high bits (Fibonacci hashing; Knuth, The Art of Computer Programming, 6.4).
const hashMultiplier = 0x9E3779B97F4A7C15

// hashWord is FNV-1a of the word's UTF-8, 64 bits, times hashMultiplier.
func hashWord(word string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(word); i++ {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return h * hashMultiplier
}

func hashPair(left, word uint32) uint64 {
	h := (uint64(left)<<32 | uint64(word)) * hashMultiplier
	return (h ^ h>>32) * hashMultiplier
}

// followerBit is the bit that stands for word in the follower masks of the words before it.
func followerBit(word uint32) uint64 { return 1 << (word * 0x9E3779B1 >> 26) }

// word returns the number of a word, none when it is in no n-gram of the vocabulary.
func (t *wordTables) word(word string) uint32 {
	h := hashWord(word)
	mask := uint64(len(t.index)/slotSize - 1)
	tag := uint32(h)
	for i, probes := h>>t.indexShift, 0; probes < maxProbes; i, probes = i+1, probes+1 {
		slot := binary.LittleEndian.Uint64(t.index[(i&mask)*slotSize:])
		if slot == 0 {
			return none
		}
		if uint32(slot>>32) == tag && t.wordText(uint32(slot)-1) == word {
			return uint32(slot) - 1
		}
	}
	return none
}

// wordText returns the text of a word as a view into the artifact.
func (t *wordTables) wordText(word uint32) string {
	if uint64(word) >= uint64(t.wordCount) {
		return "\xff" // equal to no word
	}
	start, end := uint32(0), binary.LittleEndian.Uint32(t.words[int(word)*wordSize+12:])
	if word > 0 {
		start = binary.LittleEndian.Uint32(t.words[int(word)*wordSize-4:])
	}
	if start > end || uint64(end) > uint64(len(t.text)) {
		return "\xff"
	}
	return view(t.text[start:end])
}

// follow returns the node reached from the node left by word, and the feature of the n-gram that ends there.
func (t *wordTables) follow(left, word uint32) (node, feature uint32) {
	mask := uint64(len(t.ngrams)/ngramSize - 1)
	want := uint64(word)<<32 | uint64(left)
	for i, probes := hashPair(left, word)>>t.ngramShift, 0; probes < maxProbes; i, probes = i+1, probes+1 {
		e := t.ngrams[(i&mask)*ngramSize:][:ngramSize]
		key := binary.LittleEndian.Uint64(e)
		if key == want {
			return binary.LittleEndian.Uint32(e[8:]), binary.LittleEndian.Uint32(e[12:])
		}
		if uint32(key) == none {
			break
		}
	}
	return none, none
}

// name returns a copy of a feature's n-gram.
func (t *wordTables) name(feature int) string {
	at := 4 * feature
	start, end := binary.LittleEndian.Uint32(t.names[at:]), binary.LittleEndian.Uint32(t.names[at+4:])
	text := t.names[4*(t.features+1):]
	if start > end || uint64(end) > uint64(len(text)) {
		return ""
	}
	return string(text[start:end])
}
