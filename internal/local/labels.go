package local

import (
	"math"
	"slices"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// Labels returns the indexes of the classes that a model predicts for a comment, given the numbers in the answer to it.
//
// Only a model with a threshold predicts by its numbers alone. Any other model classifies the comment again, because it
// does not always predict the most probable class. If comment is nil, or the model answers it with other numbers, sure
// is false and the labels are a guess from the numbers. There are none if the numbers do not fit the model.
func Labels(m *model.Model, numbers []float64, comment *string) (labels []int, sure bool) {
	if m.HasThreshold() && len(numbers) == 2 {
		return []int{m.Decide([2]float64(numbers))}, true
	}
	if comment != nil {
		if labels, ok := classify(m, numbers, *comment); ok {
			return labels, true
		}
	}
	switch classes := len(m.Classes()); {
	case m.IsMultilabel() && len(numbers) == classes:
		return labelsAbove(m, numbers), false
	case m.HasProba() && classes == 2 && len(numbers) == 2:
		return []int{m.Decide([2]float64(numbers))}, false
	case classes == 2 && len(numbers) == 1: // a decision value, positive for the second class
		if numbers[0] > 0 {
			return []int{1}, false
		}
		return []int{0}, false
	case len(numbers) != classes || m.IsMultilabel():
		return nil, false
	}
	best := 0
	for i, v := range numbers {
		if v > numbers[best] {
			best = i
		}
	}
	return []int{best}, false
}

// classify classifies a comment and returns its labels. It returns false if the model answers with other numbers.
func classify(m *model.Model, numbers []float64, comment string) (labels []int, ok bool) {
	var p head.Prediction
	m.Predict(comment, &p)
	got := p.Proba
	if len(got) == 0 {
		got = p.Decision
	}
	if !slices.EqualFunc(got, numbers, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
		return nil, false
	}
	if m.IsMultilabel() {
		return p.Labels, true
	}
	return []int{p.Label}, true
}

// labelsAbove returns the labels of a multilabel model whose numbers are above the limit.
func labelsAbove(m *model.Model, numbers []float64) (labels []int) {
	limit := 0.0 // of decision values
	if m.HasProba() {
		limit = 0.5
	}
	for i, v := range numbers {
		if v > limit {
			labels = append(labels, i)
		}
	}
	return labels
}
