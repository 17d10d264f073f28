package function

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"reddit-classifier/model"
)

// scores counts probabilities by class. It is a histogram that costs two additions for each of them, a third of what a general one does.
type scores struct {
	desc     *prometheus.Desc
	training *prometheus.Desc
	classes  []classScores
	trained  []prometheus.Metric // the training's histogram of each class; nil: not known
}

type classScores struct {
	name string
	bins [model.ScoreBins]atomic.Uint64
	sum  atomic.Uint64 // in parts of sumUnit
}

const sumUnit = 1 << 32

// newScores counts those of a model's classes; of two classes only the second, since the first one's are what is left to 1.
func newScores(m *model.Model) *scores {
	names := m.Names()
	first := 0
	if len(names) == 2 {
		first = 1
	}
	names = names[first:]
	s := &scores{desc: prometheus.NewDesc(namespace+"_score",
		"Probabilities that comments got, by class; of two classes those of the second.", []string{"class"}, nil)}
	s.training = prometheus.NewDesc(namespace+"_training_score",
		"Probabilities that the training's comments got, by class, as the model's artifact says.", []string{"class"}, nil)
	if training := m.Scores(); training != nil {
		for i, name := range names {
			s.trained = append(s.trained, constant(s.training, training.Counts[first+i], name))
		}
	}
	s.classes = make([]classScores, len(names))
	for i, name := range names {
		s.classes[i].name = name
	}
	return s
}

// count counts the probabilities of one comment.
func (s *scores) count(proba []float64) {
	proba = proba[len(proba)-len(s.classes):]
	for i := range s.classes {
		c, p := &s.classes[i], proba[i]
		c.bins[model.ScoreBin(p)].Add(1)
		c.sum.Add(uint64(p * sumUnit))
	}
}

// Describe implements prometheus.Collector.
func (s *scores) Describe(to chan<- *prometheus.Desc) {
	to <- s.desc
	to <- s.training
}

// Collect implements prometheus.Collector.
func (s *scores) Collect(to chan<- prometheus.Metric) {
	for i := range s.classes {
		c := &s.classes[i]
		buckets := make(map[float64]uint64, model.ScoreBins)
		var n uint64
		for b := range c.bins {
			n += c.bins[b].Load()
			buckets[float64(b+1)/model.ScoreBins] = n
		}
		to <- prometheus.MustNewConstHistogram(s.desc, n, float64(c.sum.Load())/sumUnit, buckets, c.name)
		if s.trained != nil {
			to <- s.trained[i]
		}
	}
}

// constant returns a histogram that does not change. Its sum takes each probability for the middle of its bin.
func constant(desc *prometheus.Desc, counts [model.ScoreBins]uint64, class string) prometheus.Metric {
	buckets, n, sum := make(map[float64]uint64, model.ScoreBins), uint64(0), 0.0
	for b, count := range counts {
		n += count
		sum += (float64(b) + 0.5) / model.ScoreBins * float64(count)
		buckets[float64(b+1)/model.ScoreBins] = n
	}
	return prometheus.MustNewConstHistogram(desc, n, sum, buckets, class)
}
