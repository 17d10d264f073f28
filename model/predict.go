package model

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// tally counts the features of one document. It is sized for one model and left empty after use.
type tally struct {
	counts []uint32
	// present has a bit for each feature with a count, and groups one for each word of present that is not zero, so that the
	// features come out in order, as scikit-learn sums them, without sorting.
	present []uint64
	groups  []uint64

	features []uint32  // after collect: the document's features, in order
	values   []float64 // after weigh: their TF-IDF values
}

func newTally(features int) *tally {
	groups := (features + 63) / 64
	return &tally{
		counts:  make([]uint32, features),
		present: make([]uint64, groups),
		groups:  make([]uint64, (groups+63)/64),
	}
}

// add counts a feature; none, and whatever else is out of range, is ignored.
func (t *tally) add(feature uint32) {
	if uint64(feature) >= uint64(len(t.counts)) {
		return
	}
	t.counts[feature]++
	t.present[feature>>6] |= 1 << (feature & 63)
	t.groups[feature>>12] |= 1 << (feature >> 6 & 63)
}

// collect moves the features counted to t.features, in ascending order, and empties the bit sets but not the counts.
func (t *tally) collect() {
	t.features = t.features[:0]
	for i, group := range t.groups {
		for ; group != 0; group &= group - 1 {
			j := i<<6 | bits.TrailingZeros64(group)
			for set := t.present[j]; set != 0; set &= set - 1 {
				t.features = append(t.features, uint32(j<<6|bits.TrailingZeros64(set)))
			}
			t.present[j] = 0
		}
		t.groups[i] = 0
	}
}

// reset empties the tally, whatever state it is in.
func (t *tally) reset() {
	t.collect()
	for _, f := range t.features {
		t.counts[f] = 0
	}
	t.features = t.features[:0]
}

// decision returns the dot product of the document's TF-IDF vector and the coefficients, and empties the counts. The
// operations and their order are those of scikit-learn (TfidfTransformer.transform, sklearn.preprocessing.normalize, and
// SciPy's product of a sparse and a dense matrix), so that the digits are too. The conversions keep compilers for machines
// that have one from fusing multiplication and addition.
func (w *wordTables) decision(t *tally) float64 {
	t.collect()
	if w.descending {
		reverse(t.features)
	}
	t.values = t.values[:0]
	norm := 0.0
	for _, f := range t.features {
		v := w.termFrequency(t.counts[f]) * w.idf(f)
		t.counts[f] = 0
		t.values = append(t.values, v)
		switch w.norm {
		case NormL2:
			norm += float64(v * v)
		case NormL1:
			norm += math.Abs(v)
		}
	}
	if w.norm == NormL2 {
		norm = math.Sqrt(norm)
	}
	if norm != 0 {
		for i := range t.values {
			t.values[i] /= norm
		}
	}
	sum := 0.0
	for i, f := range t.features {
		sum += float64(t.values[i] * w.coef(f))
	}
	return sum
}

func reverse(s []uint32) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

func (w *wordTables) idf(feature uint32) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(w.weights[int(feature)*weightSize:]))
}

func (w *wordTables) coef(feature uint32) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(w.weights[int(feature)*weightSize+8:]))
}

// termFrequency is scikit-learn's: the count, 1 where the vectorizer is binary, or 1 + ln(count).
func (w *wordTables) termFrequency(count uint32) float64 {
	if w.binary {
		return 1
	}
	if !w.sublinear {
		return float64(count)
	}
	if count < uint32(len(sublinear)) {
		return sublinear[count]
	}
	return math.Log(float64(count)) + 1
}

// sublinear has 1 + ln(count) for the counts that documents have.
var sublinear = func() (table [256]float64) {
	for i := range table {
		table[i] = math.Log(float64(i)) + 1
	}
	return table
}()

// count adds the n-grams of a document, given as words of the vocabulary (or none), to the tally. Of the n-grams that end at a
// word, the longest are looked up first: each lengthens a path that ended at the word before.
func (w *wordTables) count(t *tally, words []uint32) {
	var paths [maxNGram + 1]uint32 // paths[n]: the node that the last n words lead to
	open := 0                      // the longest path in use
	for _, word := range words {
		if word == none {
			open = 0
			continue
		}
		if w.ngramMin == 1 {
			t.add(binary.LittleEndian.Uint32(w.words[int(word)*wordSize+8:]))
		}
		open = w.lengthen(t, &paths, open, word)
	}
}

// lengthen adds a word to every open path, and opens one at the word. It returns the length of the longest.
func (w *wordTables) lengthen(t *tally, paths *[maxNGram + 1]uint32, open int, word uint32) int {
	longest := 1
	for n := min(open, w.ngramMax-1); n >= 1; n-- {
		left := paths[n]
		if paths[n+1] = none; left == none || n == 1 && !w.mayFollow(left, word) {
			continue
		}
		node, feature := w.follow(left, word)
		if n+1 >= w.ngramMin {
			t.add(feature)
		}
		if paths[n+1] = node; node != none {
			longest = max(longest, n+1)
		}
	}
	paths[1] = word
	return longest
}

// mayFollow is a quick no for most pairs of words that begin no n-gram of the vocabulary.
func (w *wordTables) mayFollow(left, word uint32) bool {
	return binary.LittleEndian.Uint64(w.words[int(left)*wordSize:])&followerBit(word) != 0
}

// countJoined is count for documents with tokens that hold spaces. There an n-gram's text, which is what the vocabulary knows,
// has more words than tokens: starts has the place in words where each token begins.
func (w *wordTables) countJoined(t *tally, words []uint32, starts []int) {
	for first := range starts {
		node := uint32(none)
		for n := 1; n <= w.ngramMax && first+n <= len(starts); n++ {
			feature := uint32(none)
			for i := starts[first+n-1]; i < len(words) && (first+n == len(starts) || i < starts[first+n]); i++ {
				if words[i] == none {
					node, feature = none, none
				} else if i == starts[first] {
					node, feature = words[i], binary.LittleEndian.Uint32(w.words[int(words[i])*wordSize+8:])
				} else if node != none {
					node, feature = w.follow(node, words[i])
				} else {
					feature = none
				}
			}
			if n >= w.ngramMin {
				t.add(feature)
			}
			if node == none {
				break
			}
		}
	}
}
