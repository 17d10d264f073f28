package features

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// murmur is MurmurHash3_x86_32 of Austin Appleby with seed 0.
func murmur(b []byte) int32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	h := uint32(0)
	rest := b
	for ; len(rest) >= 4; rest = rest[4:] {
		k := binary.LittleEndian.Uint32(rest) * c1
		h ^= bits.RotateLeft32(k, 15) * c2
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	k := uint32(0)
	for i, c := range rest {
		k |= uint32(c) << (8 * i)
	}
	h ^= bits.RotateLeft32(k*c1, 15) * c2
	h ^= uint32(len(b))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return int32(h ^ h>>16)
}

// hashPlace returns the place of an n-gram in the tally: twice its feature, plus 1 for a negative sign.
func (s *counter) hashPlace(v *vectorizer, ngram []byte) uint32 {
	h := murmur(ngram)
	column := v.column(h)
	if s.names != nil {
		s.name(column, string(ngram))
	}
	return 2*column + uint32(h)>>31&v.signs
}

// name records an n-gram as one of a feature.
func (s *counter) name(column uint32, ngram string) {
	if names := s.names[column]; !slices.Contains(names, ngram) {
		s.names[column] = append(names, ngram)
	}
}

// column returns the feature of a hash, the same as scikit-learn's FeatureHasher.
func (v *vectorizer) column(h int32) uint32 {
	if h == math.MinInt32 {
		return uint32((math.MaxInt32 - (v.width - 1)) % v.width)
	}
	return uint32(max(h, -h)) % uint32(v.width)
}

// countHashed counts the n-grams of the tokens in s.joined.
func (s *counter) countHashed(v *vectorizer, end bool) {
	tokens := len(s.starts)
	if !end {
		tokens = max(0, tokens-v.ngramMax+1)
	}
	s.starts = append(s.starts, len(s.joined))
	for first := range tokens {
		for last := first + v.ngramMin; last <= first+v.ngramMax && last < len(s.starts); last++ {
			s.tally.add(s.hashPlace(v, s.joined[s.starts[first]:s.starts[last]-1]))
		}
	}
	s.starts = s.starts[:len(s.starts)-1]
	if tokens == len(s.starts) {
		s.starts, s.joined = s.starts[:0], s.joined[:0]
		return
	}
	at := s.starts[tokens]
	s.joined = s.joined[:copy(s.joined, s.joined[at:])]
	s.starts = s.starts[:copy(s.starts, s.starts[tokens:])]
	for i := range s.starts {
		s.starts[i] -= at
	}
}

// weighHashed computes the values from counts by feature and sign. Two n-grams with opposite signs can add up to a
// feature of value 0, which stays in the vector: scikit-learn's binary makes it 1.
func (v *vectorizer) weighHashed(t *tally) {
	slices.Sort(t.carries)
	n := 0
	for i := 0; i < len(t.features); {
		f := t.features[i] / 2
		value := 0.0
		for ; i < len(t.features) && t.features[i]/2 == f; i++ {
			place := t.features[i]
			count := float64(t.count(place))
			t.counts[place] = 0
			if place%2 == 1 {
				count = -count
			}
			value += count
		}
		if v.binary {
			value = 1
		}
		t.features[n], t.values[n] = f, value
		n++
	}
	t.features, t.values = t.features[:n], t.values[:n]
	v.divide(t.values)
}
