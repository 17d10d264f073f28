package model

import (
	"cmp"
	"math"
	"slices"
)

// Contribution is what one n-gram adds to the decision function: its TF-IDF value times its coefficient. Positive ones speak
// for removal.
type Contribution struct {
	NGram string
	Value float64
}

// Explain returns the decision function's intercept and the k n-grams of text that weigh most, by absolute value. All of them
// (k < 0) and the intercept add up to the decision function.
func (m *Model) Explain(text string, k int) (intercept float64, top []Contribution) {
	s := m.scratch.Get().(*scratch)
	defer m.release(s)
	cleaned := s.countText(m, text)
	m.words.decision(s.tally)
	for i, f := range s.tally.features {
		top = append(top, Contribution{Value: s.tally.values[i] * m.words.coef(f)})
		top[i].NGram = m.words.name(f)
	}
	if m.blocks != nil {
		top = m.blocks.explain(top, cleaned)
	}
	slices.SortStableFunc(top, func(a, b Contribution) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)), cmp.Compare(a.NGram, b.NGram))
	})
	if k >= 0 && k < len(top) {
		top = top[:k]
	}
	return m.intercept, top
}
