package local

import (
	"math"
	"slices"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// Labels returns the classes that a model predicts for a comment which it has answered with these numbers, as predict
// does. The numbers alone say that only where a threshold decides: what else a model predicts is not always its most
// probable class, so it predicts the comment again. Where the comment is nil, or the numbers are not the model's for
// it, sure is false and the labels are those that the numbers suggest; numbers of another shape suggest none.
func Labels(m *model.Model, numbers []float64, comment *string) (labels []int, sure bool) {
	if m.HasThreshold() && len(numbers) == 2 {
		return []int{m.Decide([2]float64(numbers))}, true
	}
	if comment != nil {
		if labels, ok := again(m, numbers, *comment); ok {
			return labels, true
		}
	}
	switch classes := len(m.Classes()); {
	case m.IsMultilabel() && len(numbers) == classes:
		return above(m, numbers), false
	case m.HasProba() && classes == 2 && len(numbers) == 2:
		return []int{m.Decide([2]float64(numbers))}, false
	case classes == 2 && len(numbers) == 1: // a decision, positive for the second class
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

// again predicts a comment and returns its labels, unless the numbers come out otherwise.
func again(m *model.Model, numbers []float64, comment string) (labels []int, ok bool) {
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

// above returns the labels of a multilabel model that its numbers speak for.
func above(m *model.Model, numbers []float64) (labels []int) {
	least := 0.0 // of a decision
	if m.HasProba() {
		least = 0.5
	}
	for i, v := range numbers {
		if v > least {
			labels = append(labels, i)
		}
	}
	return labels
}
