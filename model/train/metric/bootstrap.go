package metric

import (
	"math"
	"math/rand/v2"
	"slices"

	"reddit-classifier/model/train/sparse"
)

// Interval is a range that holds the true value with 95 % confidence, by the percentiles of the bootstrap (B. Efron,
// R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Predictions are a model's probabilities and its threshold.
type Predictions struct {
	P         []float64
	Threshold float64
}

// Bootstrap returns an interval for each measure in Names: the documents are drawn anew, with repetition, rounds times.
func Bootstrap(y []int, a Predictions, rounds int, seed uint64) []Interval {
	return resample(y, rounds, seed, func(sample []int, truth []int) []float64 {
		return Evaluate(truth, pick(a.P, sample), a.Threshold).Values()
	})
}

// BootstrapDifference returns an interval for a − b of each measure in Names; both models are measured on the same draws.
func BootstrapDifference(y []int, a, b Predictions, rounds int, seed uint64) []Interval {
	return resample(y, rounds, seed, func(sample []int, truth []int) []float64 {
		x := Evaluate(truth, pick(a.P, sample), a.Threshold).Values()
		for k, v := range Evaluate(truth, pick(b.P, sample), b.Threshold).Values() {
			x[k] -= v
		}
		return x
	})
}

// resample computes the values of every draw, each with a random source of its own so that the result does not depend on the
// number of processors.
func resample(y []int, rounds int, seed uint64, values func(sample, truth []int) []float64) []Interval {
	draws := make([][]float64, rounds)
	sparse.ParallelGrain(rounds, 1, func(round, _ int) {
		random := rand.New(rand.NewPCG(seed, uint64(round)))
		sample := make([]int, len(y))
		truth := make([]int, len(y))
		for i := range sample {
			sample[i] = random.IntN(len(y))
			truth[i] = y[sample[i]]
		}
		draws[round] = values(sample, truth)
	})
	intervals := make([]Interval, len(Names))
	for k := range intervals {
		column := make([]float64, 0, rounds)
		for _, d := range draws {
			if !math.IsNaN(d[k]) {
				column = append(column, d[k])
			}
		}
		slices.Sort(column)
		intervals[k] = Interval{quantile(column, 0.025), quantile(column, 0.975)}
	}
	return intervals
}

func pick(p []float64, sample []int) []float64 {
	q := make([]float64, len(sample))
	for i, k := range sample {
		q[i] = p[k]
	}
	return q
}

// quantile interpolates linearly between the sorted values, as numpy.quantile does.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	k := int(at)
	if k+1 == len(sorted) {
		return sorted[k]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}
