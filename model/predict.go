package model

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// tally counts the features of one document. It is sized for one model and left empty after use.
type tally struct {
	counts []uint8 // modulo 256
	// carries has a feature for every 256 that it was counted: rare, so that the counts take little of the processor's cache.
	carries []uint32
	// present has a bit for each feature with a count, and groups one for each word of present that is not zero, so that the
	// features come out in order, as scikit-learn sums them, without sorting.
	present []uint64
	groups  []uint64

	features []uint32  // after collect: the document's features, in order
	values   []float64 // after weigh: their TF-IDF values
}

func newTally(features int) *tally {
	groups := (features + 64) / 64
	return &tally{
		counts:  make([]uint8, features+1),
		present: make([]uint64, groups),
		groups:  make([]uint64, (groups+63)/64),
	}
}

// add counts a feature; none, and every other node that is no feature, is counted in a place of its own, which nobody looks at.
func (t *tally) add(node uint32) {
	f := min(uint64(node), uint64(len(t.counts)-1))
	t.counts[f]++
	if t.counts[f] == 0 {
		t.carries = append(t.carries, uint32(f))
	}
	t.present[f>>6] |= 1 << (f & 63)
	t.groups[f>>12] |= 1 << (f >> 6 & 63)
}

// collect moves the features counted to t.features, in ascending order, and empties the bit sets but not the counts. Most sets
// have one or two bits: these are taken without asking which.
func (t *tally) collect() {
	last := len(t.counts) - 1 // stands for no feature
	t.present[last>>6] &^= 1 << (last & 63)
	n := 0
	for i, group := range t.groups {
		for ; group != 0; group &= group - 1 {
			j := i<<6 | lowest(group)&63
			if len(t.features) < n+64 {
				t.features = append(t.features, make([]uint32, n+64)...)
			}
			set, room := t.present[j], t.features[n:n+64]
			count := bits.OnesCount64(set)
			room[0] = uint32(j<<6 | lowest(set)&63)
			set &= set - 1
			room[1] = uint32(j<<6 | lowest(set)&63)
			for k := 2; k < count; k++ {
				set &= set - 1
				room[k&63] = uint32(j<<6 | lowest(set)&63)
			}
			n += count
			t.present[j] = 0
		}
		t.groups[i] = 0
	}
	t.features = t.features[:n]
}

// lowest returns the number of the lowest bit set. Unlike bits.TrailingZeros64, which has to do without the newer instruction of
// amd64, it takes few cycles on all processors.
func lowest(set uint64) int { return bits.OnesCount64((set - 1) &^ set) }

// reset empties the tally, whatever state it is in.
func (t *tally) reset() {
	t.collect()
	for _, f := range t.features {
		t.counts[f] = 0
	}
	t.features, t.carries = t.features[:0], t.carries[:0]
}

// count returns how often a feature was counted. The carries must be sorted.
func (t *tally) count(feature uint32) uint32 {
	first, _ := slices.BinarySearch(t.carries, feature)
	last, _ := slices.BinarySearch(t.carries, feature+1)
	return uint32(t.counts[feature]) + 256*uint32(last-first)
}

// decision returns the dot product of the document's TF-IDF vector and the coefficients, and empties the counts. The
// operations and their order are those of scikit-learn (TfidfTransformer.transform, sklearn.preprocessing.normalize, and
// SciPy's product of a sparse and a dense matrix), so that the digits are too. The conversions keep compilers for machines
// that have one from fusing multiplication and addition.
func (w *wordTables) decision(t *tally) float64 {
	t.collect()
	t.counts[len(t.counts)-1] = 0
	if w.descending {
		slices.Reverse(t.features)
	}
	if cap(t.values) < len(t.features) {
		t.values = make([]float64, 0, 2*len(t.features))
	}
	t.values = t.values[:len(t.features)]
	norm := w.weigh(t)
	sum := 0.0
	if norm == 0 {
		norm = 1
	}
	for i, f := range t.features {
		t.values[i] /= norm
		sum += float64(t.values[i] * w.coef(f))
	}
	return sum
}

// weigh sets t.values to term frequency times idf, empties the counts and returns the norm, 0 where there is none.
func (w *wordTables) weigh(t *tally) float64 {
	l1, l2 := 0.0, 0.0
	slices.Sort(t.carries)
	counts, values, carried := t.counts, t.values[:len(t.features)], len(t.carries) > 0
	for i, f := range t.features {
		tf := w.frequencies[counts[f]]
		if carried {
			tf = w.termFrequency(t.count(f))
		}
		counts[f] = 0
		values[i] = tf * w.idf(f)
	}
	for _, v := range values {
		l2 += float64(v * v)
	}
	if w.norm == NormL1 {
		for _, v := range values {
			l1 += math.Abs(v)
		}
	}
	t.carries = t.carries[:0]
	switch w.norm {
	case NormL1:
		return l1
	case NormL2:
		return math.Sqrt(l2)
	}
	return 0
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
	return math.Log(float64(count)) + 1
}

// walk is where the count of a document has got to that is counted part by part.
type walk struct {
	last  []uint32             // the last words, at most two
	paths [maxNGram + 1]uint32 // for countLong: paths[n] is the node that the last n words lead to
	open  int                  // and the longest path in use
	steps []step

	touched byte // of no meaning; keeps the compiler from dropping what it sums up
}

// step is a look-up to be made among the n-grams.
type step struct {
	key   uint64
	at    uint32 // where in the words the step's word is
	place uint32 // where in ngrams the step stands if it does
}

func (w *walk) restart() { w.last, w.open = w.last[:0], 0 }

// count adds the n-grams of a document, given as words of the vocabulary (or none), to the tally. It may be called several
// times, with the words of one document part by part.
func (w *wordTables) count(t *tally, at *walk, words []uint32) {
	if w.ngramMin == 1 {
		for _, word := range words {
			t.add(word)
		}
	}
	switch {
	case w.ngramMax > 3:
		w.countLong(t, at, words)
	case w.ngramMax > 1:
		w.countShort(t, at, words)
	}
}

// countShort counts the bigrams and trigrams, in loops without branches that a processor could guess wrong: most pairs of words
// begin no n-gram of the vocabulary, and the filter knows. The others' places are touched before they are read, in a loop that does
// nothing else, so that all of them wait for memory at the same time.
func (w *wordTables) countShort(t *tally, at *walk, words []uint32) {
	before := uint32(len(at.last)) // words that were counted before, but begin what ends here
	words = append(at.last, words...)
	at.last = words
	if cap(at.steps) < len(words) {
		at.steps = make([]step, 2*len(words))
	}
	steps, n := at.steps[:cap(at.steps)], 0
	for i := 1; i < len(words); i++ {
		key := stepKey(words[i-1], words[i])
		s := &steps[n]
		s.key, s.at = key, uint32(i)
		n += int(w.mayFollow(key))
	}
	pairs := steps[:n]
	for i := range pairs {
		pairs[i].place = w.place(pairs[i].key)
	}
	at.touched = w.touch(pairs)
	n = 0
	for _, s := range pairs {
		node := w.read(s.place, s.key)
		if w.ngramMin <= 2 && s.at >= before {
			t.add(node)
		}
		if w.ngramMax == 2 {
			continue
		}
		next := min(s.at+1, uint32(len(words)-1))
		key := stepKey(node, words[next])
		steps[n].key = key
		more := next - s.at // 0 at the end, where no word follows
		n += int(more) & int(w.mayFollow(key))
	}
	for _, s := range steps[:n] {
		t.add(w.follow(s.key))
	}
	keep := min(len(words), w.ngramMax-1)
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
			node := w.follow(stepKey(left, word))
			if n+1 >= w.ngramMin {
				t.add(node)
			}
			if at.paths[n+1] = node; node != none {
				longest = max(longest, n+1)
			}
		}
		at.paths[1], at.open = word, longest
	}
}

// countJoined is count for documents with tokens that hold spaces. There an n-gram's text, which is what the vocabulary knows,
// has more words than tokens: starts has the place in words where each token begins. Those n-grams are counted that begin with one of
// the first tokens.
func (w *wordTables) countJoined(t *tally, words []uint32, starts []int, tokens int) {
	for first := range tokens {
		node := uint32(none)
		for n := 1; n <= w.ngramMax && first+n <= len(starts); n++ {
			for i := starts[first+n-1]; i < len(words) && (first+n == len(starts) || i < starts[first+n]); i++ {
				if words[i] == none {
					node = none
				} else if i == starts[first] {
					node = words[i]
				} else if node != none {
					node = w.follow(stepKey(node, words[i]))
				}
			}
			if n >= w.ngramMin {
				t.add(node)
			}
			if node == none {
				break
			}
		}
	}
}
