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
	slotSize   = 8  // an entry of the section words.ix
	weightSize = 16 // of weights
	tfidfSize  = 32
	modelSize  = 32
)

// wordTables is one block of word n-grams, in place. Every number read from it is checked where it is used, because opening an
// artifact looks at no entry: what is out of range stands for nothing found.
type wordTables struct {
	settings
	index         []byte // words.ix
	words         []byte
	filter        []byte
	displacements []byte // ngram.ix
	ngrams        []byte
	weights       []byte
	names         []byte
	lexicon       []byte

	indexShift, filterShift, bucketShift uint

	places      int          // for entries in ngrams
	packing     packing      // of words, for memos
	frequencies [256]float64 // by count: termFrequency
}

// settings are the fixed fields of the section tfidf.
type settings struct {
	ngramMin, ngramMax            int
	sublinear, binary, descending bool
	punctuation                   bool
	norm                          Norm
	features                      int
	extra                         int // words that are no features
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
	le.PutUint32(b[20:], uint32(s.extra))
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
	if features < 1 || features > maxFeatures || words > maxFeatures {
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
	t := &wordTables{settings: s, index: get("words.ix"), words: get("words"),
		filter: get("filter"), displacements: get("ngram.ix"), ngrams: get("ngrams"), weights: get("weights"), names: get("names"),
		lexicon: get("lexicon")}
	if len(t.weights) != s.features*weightSize || len(t.words) < 4*(s.extra+1) || len(t.names) < 4*(s.features+1) {
		return nil, formatErrorf("the sections words, weights and names do not have the sizes that tfidf says")
	}
	slots, bits, buckets := len(t.index)/slotSize, len(t.filter)*8, len(t.displacements)/displaceSize
	if len(t.index)%slotSize != 0 || len(t.displacements)%displaceSize != 0 ||
		!isPowerOfTwo(slots) || !isPowerOfTwo(bits) || !isPowerOfTwo(buckets) || buckets < minBuckets {
		return nil, formatErrorf("a hash table's size is not a power of two")
	}
	t.places = len(t.ngrams) / stepSize
	if len(t.ngrams)%stepSize != 0 || t.places < 1 || t.places > math.MaxUint32/stepSize {
		return nil, formatErrorf("the section ngrams has %d bytes", len(t.ngrams))
	}
	t.indexShift, t.filterShift, t.bucketShift = hashShift(slots), hashShift(bits), hashShift(buckets)
	t.packing = newPacking(s.features + s.extra)
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

// stepKey stands for the step from the node left by word. Times hashMultiplier, it finds the step in the filter and among the n-grams.
func stepKey(left, word uint32) uint64 { return uint64(left)<<32 | uint64(word) }

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
func (t *wordTables) tooLong() uint32 {
	return uint32(min(3*max(len(t.words), len(t.names))+3, math.MaxInt32))
}

// wordText returns the text of a word as a view into the artifact.
func (t *wordTables) wordText(word uint32) string {
	text, ok := entryText(t.names, t.features, word)
	if word >= uint32(t.features) {
		text, ok = entryText(t.words, t.extra, word-uint32(t.features))
	}
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
	word := binary.LittleEndian.Uint32(t.lexicon[4*id:])
	if uint64(word) >= uint64(t.features+t.extra) && word < lexemeUnknown {
		return none
	}
	return word
}

// mayFollow reports whether the filter has the step with this key: always for those of the vocabulary, seldom for others.
func (t *wordTables) mayFollow(key uint64) byte {
	bit := key * hashMultiplier >> (t.filterShift & 63)
	return t.filter[bit>>3] >> (bit & 7) & 1
}

// follow returns the node that the step with this key leads to, or none.
func (t *wordTables) follow(key uint64) uint32 { return t.read(t.place(key), key) }

// place returns where in ngrams the step with this key is, if it is there.
func (t *wordTables) place(key uint64) uint32 {
	bucket := key * hashMultiplier >> (t.bucketShift & 63)
	displacement := binary.LittleEndian.Uint16(t.displacements[bucket*displaceSize:])
	return uint32(place(key, displacement, t.places) * stepSize)
}

// touch reads from the places of steps, before read does.
func (t *wordTables) touch(steps []step) (touched byte) {
	for i := range steps {
		touched += t.ngrams[steps[i].place]
	}
	return touched
}

// read returns the node that the step with this key leads to, if it is the one at a place, or none. There is no branch in it that a
// processor could guess wrong.
func (t *wordTables) read(place uint32, key uint64) uint32 {
	e := t.ngrams[place:][:stepSize]
	node := binary.LittleEndian.Uint32(e[8:])
	if binary.LittleEndian.Uint64(e) != key {
		node = none
	}
	return node
}
