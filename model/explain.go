package model

import (
	"cmp"
	"math"
	"slices"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/head"
)

// Contribution is what one n-gram adds to a decision value: its value in the vector times its coefficient. A positive
// contribution is evidence for the class.
type Contribution struct {
	NGram string
	Value float64
}

// Explanation is a decision value of a linear model as a sum of contributions.
type Explanation struct {
	// Class is the number of the class whose decision value is explained: the second of two classes, the predicted one of
	// several, and of labels the one with the largest value.
	Class     int
	Intercept float64
	// Top are the n-grams with the largest contributions, by absolute value, largest first. All contributions and the
	// intercept add up to the decision value. Naive Bayes has no decision function; its value is the class's log
	// likelihood minus the mean of the others', which for two classes is the logarithm of the odds.
	Top []Contribution
}

// Explain returns the k n-grams of text with the largest contributions, or all of them if k < 0. The error is an
// [UnsupportedError] if the model is not linear in n-grams.
func (m *Model) Explain(text string, k int) (Explanation, error) {
	linear := head.Explained(m.classifier)
	if linear == nil {
		return Explanation{}, artifact.UnsupportedErrorf("only linear models can be explained")
	}
	r := m.predictors.Get().(*predictor)
	defer m.release(r)
	m.predict(text, r, &r.prediction)
	e := Explanation{Class: r.prediction.Label}
	switch {
	case m.IsMultilabel():
		e.Class = slices.Index(r.prediction.Decision, slices.Max(r.prediction.Decision))
	case len(m.Classes()) == 2:
		e.Class = 1
	}
	e.Intercept = linear.Bias(e.Class)
	text = m.prepareText(text, r)
	names, err := m.extractor.Names(text)
	if err != nil {
		return Explanation{}, err
	}
	x := m.extractor.Vector(text, r.features)
	for i, f := range x.Index {
		value := x.Value[i]
		if linear.Binarize {
			if value = 0; x.Value[i] > linear.Threshold {
				value = 1
			}
		}
		e.Top = append(e.Top, Contribution{names(f), value * linear.Weight(f, e.Class)})
	}
	if m.blocks != nil {
		m.blocks.Explain(m.extractor.Cleaned(r.features), func(name string, value float64) {
			e.Top = append(e.Top, Contribution{name, value})
		})
	}
	slices.SortStableFunc(e.Top, func(a, b Contribution) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)), cmp.Compare(a.NGram, b.NGram))
	})
	if k >= 0 && k < len(e.Top) {
		e.Top = e.Top[:k]
	}
	return e, nil
}
