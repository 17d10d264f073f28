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

// walk is where the count of a document has got to that is counted part by part.
type walk struct {
	last  []uint32             // the last words, at most two
	paths [maxNGram + 1]uint32 // for countLong: paths[n] is the node that the last n words lead to
	open  int                  // and the longest path in use
	pairs []wordPair
}

// wordPair is a pair of words that may begin an n-gram.
type wordPair struct {
	hash uint64
	at   int // where the second one is
}

func (w *walk) restart() { w.last, w.open = w.last[:0], 0 }

// count adds the n-grams of a document, given as words of the vocabulary (or none), to the tally. It may be called several
// times, with the words of one document part by part.
func (w *wordTables) count(t *tally, at *walk, words []uint32) {
	if w.ngramMin == 1 {
		for _, word := range words {
			t.add(w.unigram(word))
		}
	}
	switch {
	case w.ngramMax > 3:
		w.countLong(t, at, words)
	case w.ngramMax > 1:
		w.countShort(t, at, words)
	}
}

// countShort counts the bigrams and trigrams. The first loop has no branches that a processor could guess wrong: most pairs of
// words begin no n-gram of the vocabulary, and the filter knows.
func (w *wordTables) countShort(t *tally, at *walk, words []uint32) {
	before := len(at.last) // words that were counted before, but begin what ends here
	words = append(at.last, words...)
	at.last = words
	if cap(at.pairs) < len(words) {
		at.pairs = make([]wordPair, 2*len(words))
	}
	pairs, n := at.pairs[:cap(at.pairs)], 0
	for i := 1; i < len(words); i++ {
		hash := hashPair(words[i-1], words[i])
		pairs[n] = wordPair{hash, i}
		n += int(w.mayFollow(hash))
	}
	for _, p := range pairs[:n] {
		node, feature := w.follow(p.hash, words[p.at-1], words[p.at])
		if w.ngramMin <= 2 && p.at >= before {
			t.add(feature)
		}
		if node != none && w.ngramMax == 3 && p.at+1 < len(words) {
			word := words[p.at+1]
			_, feature := w.follow(hashPair(node, word), node, word)
			t.add(feature)
		}
	}
	keep := min(len(words), 2)
	at.last = append(at.last[:0], words[len(words)-keep:]...)
}

// countLong counts the n-grams of two words and more. Of those that end at a word, the longest are looked up first: each
// lengthens a path that ended at the word before.
func (w *wordTables) countLong(t *tally, at *walk, words []uint32) {
	for _, word := range words {
		if word == none {
			at.open = 0
			continue
		}
		longest := 1
		for n := min(at.open, w.ngramMax-1); n >= 1; n-- {
			left := at.paths[n]
			if at.paths[n+1] = none; left == none {
				continue
			}
			node, feature := w.follow(hashPair(left, word), left, word)
			if n+1 >= w.ngramMin {
				t.add(feature)
			}
			if at.paths[n+1] = node; node != none {
				longest = max(longest, n+1)
			}
		}
		at.paths[1], at.open = word, longest
	}
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
					node, feature = words[i], w.unigram(words[i])
				} else if node != none {
					node, feature = w.follow(hashPair(node, words[i]), node, words[i])
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
