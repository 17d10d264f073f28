package features

import (
	"encoding/binary"
	"math"

	"reddit-classifier/model/artifact"
)

// none is the absent word, node or feature.
const none = math.MaxUint32

// maxProbes is the maximum number of slots that a look-up reads. The writer enlarges a table until it is enough, so
// that look-ups in a hostile artifact are not slower.
const maxProbes = 32

const slotSize = 8 // an entry of the section words.ix

// stopWord is the bit in the number of a word that is a stop word.
const stopWord = 1 << 31

// vocabulary finds n-grams in the sections, in place. N-grams consist of words, or of characters, which are words here.
// Opening an artifact does not check the entries, so every number is checked where it is used: a number out of range
// means that nothing is found.
type vocabulary struct {
	features int // n-grams
	extra    int // words that are not features

	index         []byte // words.ix
	words         []byte
	filter        []byte
	displacements []byte // ngram.ix
	ngrams        []byte
	names         []byte

	indexShift, filterShift, bucketShift uint

	places  int     // for entries in ngrams
	packing packing // of words, for memos
}

// Limits of the format.
const (
	maxNGram    = 32
	maxFeatures = 1 << 26
)

// openVocabulary checks the sections' sizes against each other.
func openVocabulary(get func(name string) []byte, features, extra int) (*vocabulary, error) {
	t := &vocabulary{features: features, extra: extra, index: get("words.ix"), words: get("words"), filter: get("filter"),
		displacements: get("ngram.ix"), ngrams: get("ngrams"), names: get("names")}
	if len(t.words) < 4*(extra+1) || len(t.names) < 4*(features+1) {
		return nil, artifact.FormatErrorf("the sections words and names do not have the sizes that vector says")
	}
	slots, bits, buckets := len(t.index)/slotSize, len(t.filter)*8, len(t.displacements)/displaceSize
	if len(t.index)%slotSize != 0 || len(t.displacements)%displaceSize != 0 ||
		!isPowerOfTwo(slots) || !isPowerOfTwo(bits) || !isPowerOfTwo(buckets) || buckets < minBuckets {
		return nil, artifact.FormatErrorf("a hash table's size is not a power of two")
	}
	t.places = len(t.ngrams) / stepSize
	if len(t.ngrams)%stepSize != 0 || t.places < 1 || t.places > math.MaxUint32/stepSize {
		return nil, artifact.FormatErrorf("the section ngrams has %d bytes", len(t.ngrams))
	}
	t.indexShift, t.filterShift, t.bucketShift = hashShift(slots), hashShift(bits), hashShift(buckets)
	t.packing = newPacking(features + extra)
	return t, nil
}

func isPowerOfTwo(n int) bool { return n > 0 && n&(n-1) == 0 }

func hashShift(slots int) uint {
	shift := uint(64)
	for ; slots > 1; slots >>= 1 {
		shift--
	}
	return shift
}

// hashMultiplier spreads consecutive numbers over the high bits (Fibonacci hashing; Knuth, The Art of Computer
// Programming, 6.4).
const hashMultiplier = 0x9E3779B97F4A7C15

// hashWord is FNV-1a of the word's UTF-8, 64 bits, times hashMultiplier.
func hashWord(word string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(word); i++ {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return h * hashMultiplier
}

// stepKey stands for the step from the node left by word. Times hashMultiplier, it finds the step in the filter and
// among the n-grams.
func stepKey(left, word uint32) uint64 { return uint64(left)<<32 | uint64(word) }

// word returns the number of a word, or none if no n-gram has it.
func (t *vocabulary) word(word string) uint32 {
	if n := t.find(word); n != none {
		return n &^ stopWord
	}
	return none
}

// isStopWord reports whether a token is a stop word.
func (t *vocabulary) isStopWord(token string) bool {
	n := t.find(token)
	return n != none && n&stopWord != 0
}

// find returns the number of a word with stopWord, or none.
func (t *vocabulary) find(word string) uint32 {
	h := hashWord(word)
	mask := uint64(len(t.index)/slotSize - 1)
	tag := uint32(h)
	for i, probes := h>>t.indexShift, 0; probes < maxProbes; i, probes = i+1, probes+1 {
		slot := binary.LittleEndian.Uint64(t.index[(i&mask)*slotSize:])
		if slot == 0 {
			return none
		}
		if n := uint32(slot) - 1; uint32(slot>>32) == tag && t.wordText(n&^stopWord) == word {
			return n
		}
	}
	return none
}

// unmatchableSize returns a number of bytes from which on a text is longer than any word, even in lower case, which
// makes a letter of three bytes at most three times shorter.
func (t *vocabulary) unmatchableSize() uint32 {
	return uint32(min(3*max(len(t.words), len(t.names))+3, math.MaxInt32))
}

// wordText returns the text of a word as a view into the artifact.
func (t *vocabulary) wordText(word uint32) string {
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
func (t *vocabulary) name(feature uint32) string {
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

// mayFollow reports whether the filter has the step with this key: always for those of the vocabulary, seldom for
// others.
func (t *vocabulary) mayFollow(key uint64) byte {
	bit := key * hashMultiplier >> (t.filterShift & 63)
	return t.filter[bit>>3] >> (bit & 7) & 1
}

// follow returns the node that the step with this key leads to, or none.
func (t *vocabulary) follow(key uint64) uint32 { return t.read(t.place(key), key) }

// place returns where in ngrams the step with this key is, if it is there.
func (t *vocabulary) place(key uint64) uint32 {
	bucket := key * hashMultiplier >> (t.bucketShift & 63)
	displacement := binary.LittleEndian.Uint16(t.displacements[bucket*displaceSize:])
	return uint32(place(key, displacement, t.places) * stepSize)
}

// prefetch prefetches the slots of steps.
func (t *vocabulary) prefetch(steps []step) (touched byte) {
	for i := range steps {
		touched += t.ngrams[steps[i].place]
	}
	return touched
}

// read returns the node that the step with this key leads to if it is in the slot place, and none otherwise. It has no
// unpredictable branch.
func (t *vocabulary) read(place uint32, key uint64) uint32 {
	e := t.ngrams[place:][:stepSize]
	node := binary.LittleEndian.Uint32(e[8:])
	if binary.LittleEndian.Uint64(e) != key {
		node = none
	}
	return node
}
