package model

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/head"
)

// Vector is a text with an answer to it. Fields that are nil are unknown.
type Vector struct {
	Text     string    `json:"text"`
	Proba    []float64 `json:"proba,omitempty"`
	Decision []float64 `json:"decision,omitempty"`
	// Label is the predicted class. Labels are those of a multilabel model.
	Label  *head.Class  `json:"label,omitempty"`
	Labels []head.Class `json:"labels,omitempty"`
}

// Tolerance is the maximum difference between a number of this package and the same number computed elsewhere: by
// scikit-learn, or on another kind of processor. For numbers above 1 it is relative.
const Tolerance = 1e-12

// Compare predicts the text of a vector and compares the two answers. difference is the largest difference between
// their numbers, relative for numbers above 1, and +Inf if one answer has more numbers. same reports whether the labels
// are equal.
func (m *Model) Compare(v Vector) (difference float64, same bool) {
	got := m.Answer(v.Text)
	if v.Proba != nil {
		difference = maxDifference(got.Proba, v.Proba)
	}
	if v.Decision != nil {
		difference = max(difference, maxDifference(got.Decision, v.Decision))
	}
	same = (v.Label == nil || got.Label != nil && sameClass(*got.Label, *v.Label)) &&
		(v.Labels == nil || slices.EqualFunc(got.Labels, v.Labels, sameClass))
	return difference, same
}

// sameClass reports whether two names are equal in Python, where 1, 1.0 and True are equal.
func sameClass(a, b head.Class) bool {
	if a.Kind == head.ClassString || b.Kind == head.ClassString {
		return a == b
	}
	x, errX := classNumber(a)
	y, errY := classNumber(b)
	return a == b || errX == nil && errY == nil && x == y
}

func classNumber(c head.Class) (float64, error) {
	switch {
	case c.Kind == head.ClassBool && c.Text == "True":
		return 1, nil
	case c.Kind == head.ClassBool:
		return 0, nil
	}
	return strconv.ParseFloat(c.Text, 64)
}

func maxDifference(got, want []float64) (d float64) {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	for i := range got {
		switch far := math.Abs(got[i]-want[i]) / max(1, math.Abs(want[i])); {
		case got[i] == want[i]:
		case math.IsNaN(far):
			return math.Inf(1)
		default:
			d = max(d, far)
		}
	}
	return d
}

// Answer returns a text with the model's answer.
func (m *Model) Answer(text string) Vector {
	var p head.Prediction
	m.Predict(text, &p)
	v := Vector{Text: text, Proba: p.Proba, Decision: p.Decision}
	if !m.shape.Multilabel {
		v.Label = &m.manifest.Classes[p.Label]
		return v
	}
	v.Labels = []head.Class{}
	for _, label := range p.Labels {
		v.Labels = append(v.Labels, m.manifest.Classes[label])
	}
	return v
}

// checkParity predicts the parity vectors again and returns how many there are.
func (m *Model) checkParity(data []byte) (int, error) {
	if data == nil {
		return 0, nil
	}
	var vectors []Vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		return 0, artifact.FormatErrorf("the parity vectors: %v", err)
	}
	for i, v := range vectors {
		if difference, same := m.Compare(v); !same || difference > Tolerance {
			return 0, artifact.FormatErrorf(
				"parity vector %d: the prediction differs from the one in the artifact by %v",
				i,
				difference,
			)
		}
	}
	return len(vectors), nil
}
