package features

import (
	"math"
	"slices"
)

// weigh returns the vector of the counted n-grams, which is valid until the next document, and empties the tally. The
// operations and their order are those of scikit-learn (TfidfTransformer.transform, sklearn.preprocessing.normalize),
// so that the digits are the same. The conversions to float64 keep the compiler from fusing multiplications and
// additions.
func (v *vectorizer) weigh(t *tally) Vector {
	t.collect()
	t.counts[len(t.counts)-1] = 0
	if v.descending {
		slices.Reverse(t.features)
	}
	if cap(t.values) < len(t.features) {
		t.values = make([]float64, 0, 2*len(t.features))
	}
	t.values = t.values[:len(t.features)]
	switch {
	case v.hashing:
		v.weighHashed(t)
	case v.single:
		v.weighSingle(t)
	default:
		v.multiply(t)
		v.divide(t.values)
	}
	t.carries = t.carries[:0]
	return Vector{t.features, t.values}
}

// multiply sets the values to term frequency times idf, and empties the counts.
func (v *vectorizer) multiply(t *tally) {
	slices.Sort(t.carries)
	counts, values, carried := t.counts, t.values[:len(t.features)], len(t.carries) > 0
	idf, stride := v.idf, v.stride
	for i, f := range t.features {
		tf := v.frequencies[counts[f]]
		if carried {
			tf = v.termFrequency(t.count(f))
		}
		counts[f] = 0
		if idf != nil {
			tf *= idf[int(f)*stride]
		}
		values[i] = tf
	}
}

// divide divides the values by their norm, summed in scikit-learn's order.
func (v *vectorizer) divide(values []float64) {
	if v.backward {
		slices.Reverse(values)
		defer slices.Reverse(values)
	}
	if v.single {
		divideSingle(values, v.norm)
	} else {
		divide(values, v.norm)
	}
}

// normOf returns a norm of the values, 0 for NormNone.
func normOf(norm Norm, values []float64) float64 {
	sum := 0.0
	switch norm {
	case NormL1:
		for _, v := range values {
			sum += math.Abs(v)
		}
	case NormL2:
		for _, v := range values {
			sum += float64(v * v)
		}
		return math.Sqrt(sum)
	case NormMax:
		for _, v := range values {
			sum = max(sum, math.Abs(v))
		}
	}
	return sum
}

// termFrequency returns scikit-learn's term frequency: the count, 1 if the vectorizer is binary, or 1 + ln(count).
func (v *vectorizer) termFrequency(count uint32) float64 {
	tf := float64(count)
	if v.binary {
		tf = 1
	}
	if v.sublinear {
		tf = math.Log(tf) + 1
	}
	return tf
}
