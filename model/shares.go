package model

import (
	"iter"
	"math"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/head"
)

// TrainingShares returns which part of the training's documents had each n-gram, as the inverse document frequencies
// have it: 1/e^(idf-1), smoothed where they are. It returns nil for a model without them, and for one whose features
// are not those of one vectorizer.
func (m *Model) TrainingShares() iter.Seq2[string, float64] {
	linear, ok := m.classifier.(*head.Linear)
	if !ok || !m.extractor.SharesIDF() {
		return nil
	}
	names, err := m.extractor.Names("")
	if err != nil {
		return nil
	}
	weights := artifact.Floats(m.section("weights"))
	return func(yield func(string, float64) bool) {
		for f := range m.extractor.Features() {
			if !yield(names(uint32(f)), math.Exp(1-weights[f*linear.Stride])) {
				return
			}
		}
	}
}
