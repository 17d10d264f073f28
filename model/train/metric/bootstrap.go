package metric

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"reddit-classifier/model/train/sparse"
)

// Interval is a 95 % confidence interval, from the percentiles of the bootstrap (B. Efron, R. Tibshirani, "An
// Introduction to the Bootstrap", 1993, chapter 13).
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Draws holds the scores of models on bootstrap samples of the documents. All models are measured on the same samples.
type Draws struct{ values [][][]float64 } // by round, model, and measure in the order of Names

// Bootstrap draws samples and measures the models on each. Every sample has a random source of its own, so that the
// result does not depend on the number of processors. drawn, unless nil, is called after each sample, from several
// goroutines; a cancelled context makes Bootstrap stop soon with the context's error.
func Bootstrap(
	ctx context.Context,
	y []int,
	rounds int,
	seed uint64,
	drawn func(),
	models ...Predictions,
) (*Draws, error) {
	d := &Draws{make([][][]float64, rounds)}
	sparse.ParallelGrain(rounds, 1, func(round, _ int) {
		if ctx.Err() != nil {
			return
		}
		d.values[round] = draw(y, rand.New(rand.NewPCG(seed, uint64(round))), models)
		if drawn != nil {
			drawn()
		}
	})
	return d, ctx.Err()
}

// draw measures the models on one sample.
func draw(y []int, random *rand.Rand, models []Predictions) [][]float64 {
	sample := make([]int, len(y))
	truth := make([]int, len(y))
	for i := range sample {
		sample[i] = random.IntN(len(y))
		truth[i] = y[sample[i]]
	}
	values := make([][]float64, len(models))
	for k, m := range models {
		m.P = pick(m.P, sample)
		if m.Ones != nil {
			m.Ones = pick(m.Ones, sample)
		}
		values[k] = m.Scores(truth).Values()
	}
	return values
}

// Intervals returns the interval of each measure in Names, for the model at that place in Bootstrap's arguments.
func (d *Draws) Intervals(model int) []Interval {
	return d.intervals(func(values [][]float64, k int) float64 { return values[model][k] })
}

// Differences returns the interval of a − b for each measure in Names: the difference is taken on each sample, which
// tells more than two intervals side by side.
func (d *Draws) Differences(a, b int) []Interval {
	return d.intervals(func(values [][]float64, k int) float64 { return values[a][k] - values[b][k] })
}

func (d *Draws) intervals(value func(values [][]float64, k int) float64) []Interval {
	intervals := make([]Interval, len(Names))
	for k := range intervals {
		column := make([]float64, 0, len(d.values))
		for _, values := range d.values {
			if v := value(values, k); !math.IsNaN(v) {
				column = append(column, v)
			}
		}
		slices.Sort(column)
		intervals[k] = Interval{Quantile(column, 0.025), Quantile(column, 0.975)}
	}
	return intervals
}

func pick[T any](values []T, sample []int) []T {
	picked := make([]T, len(sample))
	for i, k := range sample {
		picked[i] = values[k]
	}
	return picked
}

// Quantile interpolates linearly between the sorted values, as numpy.quantile does. Of no values it is NaN.
func Quantile(sorted []float64, q float64) float64 {
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
