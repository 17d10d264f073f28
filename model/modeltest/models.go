// Package modeltest makes small models for tests.
package modeltest

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
	return Build(t, model.Spec{
		Vectorizers: []features.Vectorizer{{Analyzer: features.Analyzer{Lowercase: true}, NGramMin: 1, NGramMax: 1,
			Vocabulary: []string{"red", "green"}, Weight: 1}},
		Classifier: &head.SVC{Kernel: head.KernelLinear, Features: 2, Count: []int32{1, 1}, Start: []int32{0, 1, 2},
			Index: []int32{0, 1}, Value: []float64{1, 1}, DualCoef: []float64{1, -1}, Intercept: []float64{0},
			ProbA: []float64{0}, ProbB: []float64{math.Log(0.7 / 0.3)}},
		Classes: []head.Class{{Kind: head.ClassString, Text: "no"}, {Kind: head.ClassString, Text: "yes"}},
	})
}

// Words returns a linear model of the classes r, g and b. Their decision values are the counts of the words red, green
// and blue, minus 0.5.
func Words(t *testing.T, link head.Link, multilabel bool) *model.Model {
	t.Helper()
	return Build(t, model.Spec{
		Vectorizers: []features.Vectorizer{{
			Analyzer: features.Analyzer{Lowercase: true}, NGramMin: 1, NGramMax: 1, Vocabulary: []string{"red", "green", "blue"},
			Weight: 1,
		}},
		Classifier: &head.Linear{
			Coef: []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, Stride: 3, Outputs: 3, Intercept: []float64{-0.5, -0.5, -0.5},
			Link: link, Multilabel: multilabel,
		},
		Classes: []head.Class{{Kind: head.ClassString, Text: "r"}, {Kind: head.ClassString, Text: "g"},
			{Kind: head.ClassString, Text: "b"}},
	})
}

// Build returns the model that a specification describes.
func Build(t *testing.T, spec model.Spec) *model.Model {
	t.Helper()
	b, err := model.Build(spec)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
