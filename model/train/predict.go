package train

import (
	"reddit-classifier/model"
	"reddit-classifier/model/train/sparse"
)

// Predict returns the probability of class 1 for every text, on all processors.
func Predict(m *model.Model, texts []string) []float64 {
	p := make([]float64, len(texts))
	sparse.Parallel(len(texts), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			p[i] = m.PredictProba(texts[i])[1]
		}
	})
	return p
}
