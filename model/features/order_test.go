package features_test

import (
	"slices"
	"testing"

	"reddit-classifier/model/features"
)

// TestOrder: where scikit-learn multiplies idf as a diagonal matrix, features come in descending order up to a
// classifier that adds up in order, and in ascending order everywhere else. The norm is always summed in scikit-learn's
// order, which decides the last digits.
func TestOrder(t *testing.T) {
	const large = 1e8 // its square plus 1 rounds to its square: 1 + 1 + 1 before it counts, and after it does not
	const first = large / (large + 1.5e-8)
	idf := []float64{large, 1, 1, 1}
	vectorizer := func(diagonal bool, idf []float64) features.Vectorizer {
		return features.Vectorizer{
			Analyzer: features.Analyzer{Lowercase: true}, Weight: 1, NGramMin: 1, NGramMax: 1,
			Vocabulary: []string{"aa", "bb", "cc", "dd"},
			Tfidf:      &features.Tfidf{IDF: idf, Norm: features.NormL2, Diagonal: diagonal},
		}
	}
	diagonal, array := vectorizer(true, idf), vectorizer(false, idf)
	plain := vectorizer(true, nil)
	counts := vectorizer(false, nil)
	counts.Tfidf = nil
	one, again := []float64{1, 1, 1, 1}, &features.Scale{Divisor: []float64{1, 1, 1, 1}}
	components := &features.SVD{Features: 4, Components: []float64{1, 0, 0, 0, 0, 1, 1, 1}}
	up, down := []uint32{0, 1, 2, 3}, []uint32{3, 2, 1, 0}
	for name, test := range map[string]struct {
		vectorizers []features.Vectorizer
		transforms  []features.Transform
		inOrder     bool
		index       []uint32
		first       float64 // value of feature 0
	}{
		"a diagonal matrix":                    {[]features.Vectorizer{diagonal}, nil, true, down, first},
		"before a classifier that needs order": {[]features.Vectorizer{diagonal}, nil, false, up, first},
		"an array":                             {[]features.Vectorizer{array}, nil, true, up, 1},
		"no idf":                               {[]features.Vectorizer{plain}, nil, true, up, 0.5},
		"a transform behind": {[]features.Vectorizer{diagonal},
			[]features.Transform{again}, true, down, first},
		"a transform behind, then order": {[]features.Vectorizer{diagonal},
			[]features.Transform{again}, false, up, first},
		"two diagonal matrices": {[]features.Vectorizer{diagonal},
			[]features.Transform{&features.Tfidf{IDF: one, Diagonal: true}}, true, up, first},
		"a transformer of its own": {[]features.Vectorizer{counts},
			[]features.Transform{&features.Tfidf{IDF: idf, Norm: features.NormL2, Diagonal: true}}, true, down, first},
		"a transformer of its own, then order": {[]features.Vectorizer{counts},
			[]features.Transform{&features.Tfidf{IDF: idf, Norm: features.NormL2, Diagonal: true}}, false, up, first},
		"a transformer of some features": {[]features.Vectorizer{counts},
			[]features.Transform{&features.Part{Count: 4, Transform: &features.Tfidf{IDF: idf, Norm: features.NormL2,
				Diagonal: true}}}, true, up, first},
		"side by side": {[]features.Vectorizer{diagonal, array}, nil, true,
			[]uint32{0, 1, 2, 3, 4, 5, 6, 7}, first},
		"two diagonal matrices, then order": {[]features.Vectorizer{diagonal},
			[]features.Transform{&features.Tfidf{IDF: one, Diagonal: true}}, false, up, first},
		"components": {[]features.Vectorizer{diagonal}, []features.Transform{components}, true, []uint32{0, 1}, first},
		"components, then order": {[]features.Vectorizer{diagonal}, []features.Transform{components}, false,
			[]uint32{0, 1}, first},
	} {
		e := open(t, test.vectorizers, test.transforms, features.Options{InOrder: test.inOrder})
		x := e.Vector("dd bb cc aa", e.NewScratch())
		if !slices.Equal(x.Index, test.index) {
			t.Errorf("%s: features %v, want %v", name, x.Index, test.index)
			continue
		}
		if got := x.Value[slices.Index(x.Index, 0)]; got != test.first {
			t.Errorf("%s: the value of feature 0 is %v, want %v", name, got, test.first)
		}
	}
}
