// Package localtest has a model for the tests of packages that show answers.
package localtest

import (
	"math"
	"testing"

	"reddit-classifier/model"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// Votes returns an SVC with probabilities that predicts by votes. It has the classes no and yes: it predicts yes for a
// comment with the word green and no for one with red. Its probabilities are about 0.3 and 0.7 for any comment.
func Votes(t *testing.T) *model.Model {
	t.Helper()
	b, err := model.Build(model.Spec{
		Vectorizers: []features.Vectorizer{{Analyzer: features.Analyzer{Lowercase: true}, NGramMin: 1, NGramMax: 1,
			Vocabulary: []string{"red", "green"}, Weight: 1}},
		Classifier: &head.SVC{Kernel: head.KernelLinear, Features: 2, Count: []int32{1, 1}, Start: []int32{0, 1, 2},
			Index: []int32{0, 1}, Value: []float64{1, 1}, DualCoef: []float64{1, -1}, Intercept: []float64{0},
			ProbA: []float64{0}, ProbB: []float64{math.Log(0.7 / 0.3)}},
		Classes: []head.Class{{Kind: head.ClassString, Text: "no"}, {Kind: head.ClassString, Text: "yes"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
