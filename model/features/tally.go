package features

import (
	"math/bits"
	"slices"
)

// tally counts the features of one document. It is sized for one model and left empty after use.
type tally struct {
	counts []uint8 // modulo 256
	// carries has a feature once for every 256 times that it was counted. This is rare, and keeps counts small enough for
	// the processor's cache.
	carries []uint32
	// present has a bit for each feature with a count, and groups one for each word of present that is not zero, so that
	// the features come out in order, as scikit-learn sums them, without sorting.
	present []uint64
	groups  []uint64

	features []uint32  // after collect: the document's features, in order
	values   []float64 // after weigh: their values
}

func newTally(features int) *tally {
	groups := (features + 64) / 64
	return &tally{
		counts:  make([]uint8, features+1),
		present: make([]uint64, groups),
		groups:  make([]uint64, (groups+63)/64),
	}
}

// add counts a feature. Nodes that are not features, and none, are counted in an extra place that is never read.
func (t *tally) add(node uint32) {
	f := min(uint64(node), uint64(len(t.counts)-1))
	t.counts[f]++
	if t.counts[f] == 0 {
		t.carries = append(t.carries, uint32(f))
	}
	t.present[f>>6] |= 1 << (f & 63)
	t.groups[f>>12] |= 1 << (f >> 6 & 63)
}

// collect moves the counted features to t.features, in ascending order, and empties the bit sets but not the counts.
// Most sets have one or two bits, which are handled without a branch.
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

// lowest returns the index of the lowest set bit. It takes few cycles on all processors, unlike bits.TrailingZeros64,
// which does not use amd64's newer instruction.
func lowest(set uint64) int { return bits.OnesCount64((set - 1) &^ set) }

// reset empties the tally in any state.
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
