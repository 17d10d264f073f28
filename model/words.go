package model

import (
	"encoding/binary"
	"math"
	"sync"
)

// none is the absent word, node or feature.
const none = math.MaxUint32

// maxProbes bounds how far a look-up walks in a hash table. The writer enlarges a table until no entry is further away, so that
// a look-up in a hostile artifact is no slower.
const maxProbes = 32

const (
	slotSize   = 8  // an entry of the section words.ix
	ngramSize  = 16 // of ngrams, in lines of four
	lineSize   = 64
	weightSize = 16 // of weights
	tfidfSize  = 32
	modelSize  = 32
)

// wordTables is one block of word n-grams, in place. Every number read from it is checked where it is used, because opening an
// artifact looks at no entry: what is out of range stands for nothing found.
type wordTables struct {
	settings
	index    []byte // words.ix
	words    []byte
	unigrams []byte
	filter   []byte
	ngrams   []byte
	weights  []byte
	names    []byte
	lexicon  []byte

	indexShift, filterShift, ngramShift uint

	frequencies [256]float64   // by count: termFrequency
	longer      func() *longer // made when first needed
}

// settings are the fixed fields of the section tfidf.
type settings struct {
	ngramMin, ngramMax            int
	sublinear, binary, descending bool
	punctuation                   bool
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
	flagPunctuation
	knownFlags = flagSublinear | flagBinary | flagDescending | flagPunctuation
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
	if s.punctuation {
		flags |= flagPunctuation
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
		flags&flagPunctuation != 0, Norm(norm), int(features), int(words)}, nil
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
	t := &wordTables{settings: s, index: get("words.ix"), words: get("words"), unigrams: get("unigrams"),
		filter: get("filter"), ngrams: get("ngrams"), weights: get("weights"), names: get("names"),
		lexicon: get("lexicon")}
	if len(t.unigrams) != 4*(s.wordCount+1) || len(t.weights) != s.features*weightSize ||
		len(t.words) < 4*(s.wordCount+1) || len(t.names) < 4*(s.features+1) {
		return nil, formatErrorf("the sections words, unigrams, weights and names do not have the sizes that tfidf says")
	}
	slots, bits, lines := len(t.index)/slotSize, len(t.filter)*8, len(t.ngrams)/lineSize
	if len(t.index)%slotSize != 0 || len(t.ngrams)%lineSize != 0 ||
		!isPowerOfTwo(slots) || !isPowerOfTwo(bits) || !isPowerOfTwo(lines) {
		return nil, formatErrorf("a hash table's size is not a power of two")
	}
	t.indexShift, t.filterShift, t.ngramShift = hashShift(slots), hashShift(bits), hashShift(lines)
	t.longer = sync.OnceValue(func() *longer { return newLonger(t) })
	for count := range t.frequencies {
		t.frequencies[count] = t.termFrequency(uint32(count))
	}
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

// hashPair is what finds the step from the node left by word, in the filter and among the n-grams.
func hashPair(left, word uint32) uint64 { return (uint64(left)<<32 | uint64(word)) * hashMultiplier }

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

// tooLong returns a number of bytes that a text needs to have so that, in small letters, it is longer than any word: no letter of
// three bytes gets shorter than one.
func (t *wordTables) tooLong() uint32 { return uint32(min(3*len(t.words)+3, math.MaxInt32)) }

// wordText returns the text of a word as a view into the artifact.
func (t *wordTables) wordText(word uint32) string {
	text, ok := entryText(t.words, t.wordCount, word)
	if !ok {
		return "\xff" // equal to no word
	}
	return view(text)
}

// name returns a copy of a feature's n-gram.
func (t *wordTables) name(feature uint32) string {
	text, _ := entryText(t.names, t.features, feature)
	return string(text)
}

// entryText returns the text i of n in a section that has n+1 offsets, each of 32 bits, and then the texts.
func entryText(b []byte, n int, i uint32) ([]byte, bool) {
	if uint64(i) >= uint64(n) {
		return nil, false
	}
	at := 4 * int(i)
	start, end := binary.LittleEndian.Uint32(b[at:]), binary.LittleEndian.Uint32(b[at+4:])
	text := b[4*(n+1):]
	if start > end || uint64(end) > uint64(len(text)) {
		return nil, false
	}
	return text[start:end], true
}

// What the section lexicon says of a lexeme, besides the number of its word.
const (
	lexemeDropped = none - 1 // it is no feature
	lexemeUnknown = none - 2 // see what its text is
)

// lexeme returns the word of one of the language pack's features (see english.Piece.FeatureID), none, or one of the above.
func (t *wordTables) lexeme(id uint32) uint32 {
	if uint64(id) >= uint64(len(t.lexicon)/4) {
		return lexemeUnknown
	}
	return binary.LittleEndian.Uint32(t.lexicon[4*id:])
}

// unigram returns the feature of a word, or none. Any number is a word here: what is out of range has no feature.
func (t *wordTables) unigram(word uint32) uint32 {
	return binary.LittleEndian.Uint32(t.unigrams[4*min(int(word), t.wordCount):])
}

// mayFollow reports whether the filter has the pair with this hash: always for the pairs of words that begin an n-gram of the
// vocabulary, seldom for others.
func (t *wordTables) mayFollow(hash uint64) byte {
	bit := hash >> t.filterShift
	return t.filter[bit>>3] >> (bit & 7) & 1
}

// longer is to the steps from nodes that are no words what the section filter is to those from words.
type longer struct {
	bits  []byte
	shift uint
}

// newLonger reads the whole trie, and is therefore made when first needed.
func newLonger(t *wordTables) *longer {
	size := max(64, len(t.ngrams)/ngramSize*8)
	f := &longer{make([]byte, size/8), hashShift(size)}
	for b := t.ngrams; len(b) >= ngramSize; b = b[ngramSize:] {
		left, word := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		if uint64(left) >= uint64(t.wordCount) && left != none {
			bit := hashPair(left, word) >> f.shift
			f.bits[bit>>3] |= 1 << (bit & 7)
		}
	}
	return f
}

// has reports whether there may be a step with this hash; always where there is.
func (f *longer) has(hash uint64) byte {
	bit := hash >> f.shift
	return f.bits[bit>>3] >> (bit & 7) & 1
}

// touch reads from the line where follow will look first, so that the memory has time.
func (t *wordTables) touch(hash uint64) uint64 {
	i := hash >> t.ngramShift & uint64(len(t.ngrams)/lineSize-1)
	return uint64(t.ngrams[i*lineSize])
}

// follow returns the node reached from the node left by word, and the feature of the n-gram that ends there. hash is
// hashPair's.
func (t *wordTables) follow(hash uint64, left, word uint32) (node, feature uint32) {
	le := binary.LittleEndian
	mask := uint64(len(t.ngrams)/lineSize - 1)
	want := uint64(word)<<32 | uint64(left)
	for i, probes := hash>>t.ngramShift, 0; probes < maxProbes; i, probes = i+1, probes+1 {
		line := t.ngrams[(i&mask)*lineSize:][:lineSize]
		at := lineSize // all four are compared, so that there is no branch to guess wrong
		if le.Uint64(line) == want {
			at = 0
		}
		if le.Uint64(line[ngramSize:]) == want {
			at = ngramSize
		}
		if le.Uint64(line[2*ngramSize:]) == want {
			at = 2 * ngramSize
		}
		if le.Uint64(line[3*ngramSize:]) == want {
			at = 3 * ngramSize
		}
		if at < lineSize {
			e := line[at:][:ngramSize]
			return le.Uint32(e[8:]), le.Uint32(e[12:])
		}
		if le.Uint32(line[3*ngramSize:]) == none { // a line that is not full is the last
			break
		}
	}
	return none, none
}
