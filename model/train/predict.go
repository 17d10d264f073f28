package train

import (
	"context"

	"reddit-classifier/model"
	"reddit-classifier/model/train/sparse"
)

// Predict returns the probability of class 1 for every text, on all processors.
func Predict(m *model.Model, texts []string) []float64 {
	return predict(m, texts, newProgress(context.Background(), nil))
}

// predict is Predict with progress. If the context is cancelled, the remaining probabilities are 0.
func predict(m *model.Model, texts []string, progress *progress) []float64 {
	p := make([]float64, len(texts))
	sparse.Parallel(len(texts), func(lo, hi int) {
		for i := lo; i < hi && progress.err() == nil; i++ {
			p[i] = m.PredictProba(texts[i])[1]
		}
		progress.add(hi - lo)
	})
	return p
}
