package function

import (
	"math"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// scoreBins is how many equal parts the probabilities from 0 to 1 are counted in.
const scoreBins = 20

// scores counts probabilities by class. It is a histogram that costs two additions for each of them, a third of what a general one does.
type scores struct {
	desc    *prometheus.Desc
	classes []classScores
}

type classScores struct {
	name string
	bins [scoreBins]atomic.Uint64
	sum  atomic.Uint64 // in parts of sumUnit
}

const sumUnit = 1 << 32

// newScores counts those of the classes named; of two classes only the second, since the first one's are what is left to 1.
func newScores(names []string) *scores {
	if len(names) == 2 {
		names = names[1:]
	}
	s := &scores{desc: prometheus.NewDesc(namespace+"_score",
		"Probabilities that comments got, by class; of two classes those of the second.", []string{"class"}, nil)}
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
		c.bins[scoreBin(p)].Add(1)
		c.sum.Add(uint64(p * sumUnit))
	}
}

// scoreBin returns the part that p is in: number i goes from i/scoreBins, without that, to (i+1)/scoreBins.
func scoreBin(p float64) int {
	return min(max(int(math.Ceil(p*scoreBins))-1, 0), scoreBins-1)
}

// Describe implements prometheus.Collector.
func (s *scores) Describe(to chan<- *prometheus.Desc) { to <- s.desc }

// Collect implements prometheus.Collector.
func (s *scores) Collect(to chan<- prometheus.Metric) {
	for i := range s.classes {
		c := &s.classes[i]
		buckets := make(map[float64]uint64, scoreBins)
		var n uint64
		for b := range c.bins {
			n += c.bins[b].Load()
			buckets[float64(b+1)/scoreBins] = n
		}
		to <- prometheus.MustNewConstHistogram(s.desc, n, float64(c.sum.Load())/sumUnit, buckets, c.name)
	}
}
