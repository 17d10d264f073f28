package function

import (
	"sync/atomic"

	"reddit-classifier/internal/metrics"
	"reddit-classifier/model"
)

// scores is a histogram of the probabilities of each class, which costs two additions for each probability.
type scores struct{ classes []classScores }

type classScores struct {
	name string
	bins [model.ScoreBins]atomic.Uint64
	sum  atomic.Uint64 // in units of 1/sumUnit
}

const sumUnit = 1 << 32

// scoreBounds are the upper bounds of the bins.
var scoreBounds = func() (bounds []float64) {
	for b := range model.ScoreBins {
		bounds = append(bounds, float64(b+1)/model.ScoreBins)
	}
	return bounds
}()

// newScores registers the histograms of a model's classes, and those of the training if the artifact has them. Of two
// classes it registers only the second, because the probabilities of the first follow from it.
func newScores(r *metrics.Registry, m *model.Model) *scores {
	names, first := m.Names(), 0
	if len(names) == 2 {
		first = 1
	}
	s := &scores{make([]classScores, len(names)-first)}
	for i := range s.classes {
		s.classes[i].name = names[first+i]
	}
	r.Register(
		metrics.KindHistogram,
		namespace+"score",
		"Probabilities that comments got, by class; of two classes those of the second.",
		s.collect,
	)
	if training := m.Scores(); training != nil {
		const help = "Probabilities that the training's comments got, by class, as the model's artifact says."
		r.Register(metrics.KindHistogram, namespace+"training_score", help, func(x *metrics.Samples) {
			for i := range s.classes {
				collectTraining(x, training.Counts[first+i], s.classes[i].name)
			}
		})
	}
	return s
}

// count adds the probabilities of one comment.
func (s *scores) count(proba []float64) {
	proba = proba[len(proba)-len(s.classes):]
	for i := range s.classes {
		c, p := &s.classes[i], proba[i]
		c.bins[model.ScoreBin(p)].Add(1)
		c.sum.Add(uint64(p * sumUnit))
	}
}

func (s *scores) collect(x *metrics.Samples) {
	for i := range s.classes {
		c := &s.classes[i]
		counts := make([]uint64, model.ScoreBins+1) // the last, above 1, stays 0
		for b := range c.bins {
			counts[b] = c.bins[b].Load()
		}
		x.AddHistogram(scoreBounds, counts, float64(c.sum.Load())/sumUnit, "class", c.name)
	}
}

// collectTraining adds a histogram whose sum is computed from the middle of each bin.
func collectTraining(x *metrics.Samples, bins [model.ScoreBins]uint64, class string) {
	sum := 0.0
	for b, n := range bins {
		sum += (float64(b) + 0.5) / model.ScoreBins * float64(n)
	}
	x.AddHistogram(scoreBounds, append(bins[:], 0), sum, "class", class)
}
