package train

import (
	"fmt"

	"reddit-classifier/model"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/metric"
)

// Evaluation is what a model is worth on labelled comments.
type Evaluation struct {
	Model     string  `json:"model"`
	Digest    string  `json:"digest"`
	Threshold float64 `json:"threshold"`
	metric.Scores
	// Intervals hold the true values with 95 % confidence, by the measures' names.
	Intervals map[string]metric.Interval `json:"intervals"`

	P []float64 `json:"-"` // of each comment
}

// Comparison holds two models against each other, on the same comments.
type Comparison struct {
	Comments int         `json:"comments"`
	Removed  int         `json:"removed"`
	Model    Evaluation  `json:"model"`
	Against  *Evaluation `json:"against,omitempty"`
	// Differences are model less against, by the measures' names.
	Differences map[string]Difference `json:"differences,omitempty"`
	// Changed are the comments on which the models decide differently.
	Changed []Change `json:"changed,omitempty"`
}

// Difference is a paired difference of a measure, with its interval: where that does not hold 0, it is not chance.
type Difference struct {
	Value float64 `json:"value"`
	metric.Interval
}

// Change is a comment that changed side.
type Change struct {
	ID      string  `json:"id"`
	Label   int     `json:"label"`
	Against float64 `json:"against"` // its probability before
	Model   float64 `json:"model"`
}

// Subject is a model under evaluation, with the threshold to decide at; 0 takes the artifact's own, and 0.5 if it has none.
type Subject struct {
	Name      string
	Model     *model.Model
	Threshold float64
}

// Rounds are how many bootstrap samples Evaluate draws.
const Rounds = 1000

// Evaluate measures a model on labelled comments, and against another one unless that is nil.
func Evaluate(data *dataset.Dataset, m Subject, against *Subject, seed uint64) (*Comparison, error) {
	counts, err := linear.ClassCounts(data.Labels)
	if err != nil {
		return nil, fmt.Errorf("these comments cannot be evaluated on: %w", err)
	}
	c := &Comparison{Comments: data.Len(), Removed: counts[1], Model: *evaluate(data, m, seed)}
	if against == nil {
		return c, nil
	}
	c.Against = evaluate(data, *against, seed)
	a, b := c.Model.predictions(), c.Against.predictions()
	intervals := metric.BootstrapDifference(data.Labels, a, b, Rounds, seed)
	c.Differences = map[string]Difference{}
	before := c.Against.Values()
	for k, v := range c.Model.Values() {
		c.Differences[metric.Names[k]] = Difference{v - before[k], intervals[k]}
	}
	for i, id := range data.IDs {
		if (a.P[i] >= a.Threshold) != (b.P[i] >= b.Threshold) {
			c.Changed = append(c.Changed, Change{id, data.Labels[i], b.P[i], a.P[i]})
		}
	}
	return c, nil
}

func (e *Evaluation) predictions() metric.Predictions {
	return metric.Predictions{P: e.P, Threshold: e.Threshold}
}

func evaluate(data *dataset.Dataset, m Subject, seed uint64) *Evaluation {
	e := &Evaluation{Model: m.Name, Digest: m.Model.Digest(), Threshold: m.Threshold, Intervals: map[string]metric.Interval{}}
	if e.Threshold == 0 {
		e.Threshold = m.Model.Manifest().Threshold
	}
	if e.Threshold == 0 {
		e.Threshold = 0.5
	}
	e.P = Predict(m.Model, data.Texts)
	e.Scores = metric.Evaluate(data.Labels, e.P, e.Threshold)
	for k, interval := range metric.Bootstrap(data.Labels, e.predictions(), Rounds, seed) {
		e.Intervals[metric.Names[k]] = interval
	}
	return e
}
