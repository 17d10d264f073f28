package features

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// The steps of the trie are in a perfect hash table, built by hash and displace (Belazzougui, Botelho, Dietzfelbinger:
// Hash, displace, and compress, ESA 2009). A step's hash selects a bucket, the bucket has a displacement, and hash and
// displacement give the only slot where the step can be. So a look-up reads one entry, and few slots are empty.

const (
	stepSize     = 12 // an entry of the section ngrams
	displaceSize = 2  // of ngram.ix
	minBuckets   = 2
	displaceMore = 0xD6E8FEB86659FD93
)

// place returns the slot, of a number of slots, of the step with a key in a bucket with a displacement.
func place(key uint64, displacement uint16, places int) uint64 {
	h := (key*hashMultiplier ^ uint64(displacement)*displaceMore) * hashMultiplier
	return h >> 32 * uint64(uint32(places)) >> 32
}

// encodeSteps encodes the steps and the displacements, with up to four steps in a bucket on average and eight in nine
// slots taken.
func (t *trie) encodeSteps() (entries, displacements []byte) {
	buckets := minBuckets << bits.Len(uint(len(t.order)/4/minBuckets))
	for places := len(t.order) + len(t.order)/8 + 1; ; places += places/8 + 1 {
		if entries, displacements = t.displace(buckets, places); entries != nil {
			return entries, displacements
		}
	}
}

// displace returns nil if there is no displacement for a bucket. The fullest buckets come first, while there is room.
func (t *trie) displace(buckets, places int) (entries, displacements []byte) {
	members := make([][]uint64, buckets)
	for _, step := range t.order {
		bucket := step * hashMultiplier >> hashShift(buckets)
		members[bucket] = append(members[bucket], step)
	}
	order := make([]int, buckets)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(members[b]) - len(members[a]) })
	entries = slices.Repeat([]byte{0xff}, places*stepSize)
	displacements = make([]byte, buckets*displaceSize)
	taken := make([]bool, places)
	for _, bucket := range order {
		d, ok := findDisplacement(members[bucket], taken)
		if !ok {
			return nil, nil
		}
		binary.LittleEndian.PutUint16(displacements[bucket*displaceSize:], d)
		for _, step := range members[bucket] {
			e := entries[place(step, d, places)*stepSize:]
			binary.LittleEndian.PutUint64(e, step)
			binary.LittleEndian.PutUint32(e[8:], t.steps[step])
		}
	}
	return entries, displacements
}

// findDisplacement returns the first displacement that gives each step a free slot, and takes these slots.
func findDisplacement(steps []uint64, taken []bool) (displacement uint16, ok bool) {
	at := make([]uint64, len(steps))
	for d := range math.MaxUint16 + 1 {
		n := 0
		for n < len(steps) {
			at[n] = place(steps[n], uint16(d), len(taken))
			if taken[at[n]] {
				break
			}
			taken[at[n]] = true
			n++
		}
		if n == len(steps) {
			return uint16(d), true
		}
		for _, i := range at[:n] {
			taken[i] = false
		}
	}
	return 0, false
}
