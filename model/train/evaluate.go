package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/sparse"
)

// Evaluation holds the scores of a model on labelled comments.
type Evaluation struct {
	Model  string `json:"model"`
	Digest string `json:"digest"`
	// Threshold is the probability that the decisions were made at. It is 0 if the classifier made them itself.
	Threshold float64 `json:"threshold,omitempty"`
	metric.Scores
	// Intervals are the 95 % confidence intervals of the scores, by name.
	Intervals map[string]metric.Interval `json:"intervals"`
	// TrainedOn are the files that the model was trained on, as its artifact says: scores on them say nothing about new
	// comments.
	TrainedOn []string `json:"trained_on,omitempty"`

	P    []float64 `json:"-"` // probability of class 1 of each comment
	ones []bool    // whether the model decides for class 1
}

// Comparison compares a model with a baseline on the same comments.
type Comparison struct {
	Comments int         `json:"comments"`
	Removed  int         `json:"removed"`
	Model    Evaluation  `json:"model"`
	Baseline *Evaluation `json:"against,omitempty"`
	// Differences are the model's scores minus the baseline's, by name.
	Differences map[string]Difference `json:"differences,omitempty"`
	// Changed are the comments that the two models decide differently.
	Changed []Change `json:"changed,omitempty"`
}

// Difference is a paired difference of a score with its 95 % confidence interval. It is significant if the interval
// does not contain 0.
type Difference struct {
	Value float64 `json:"value"`
	metric.Interval
}

// Change is a comment that model and baseline decide differently.
type Change struct {
	ID       string  `json:"id"`
	Label    int     `json:"label"`
	Baseline float64 `json:"against"` // the probability that the baseline gives
	Model    float64 `json:"model"`   // and that the model gives
}

// Subject is a model under evaluation, with the threshold to decide at. 0 takes the artifact's own. If that has none,
// the classifier decides, as predict does in scikit-learn: not all classifiers follow their probabilities.
type Subject struct {
	Name      string
	Model     *model.Model
	Threshold float64
}

// Rounds are how many bootstrap samples Evaluate draws.
const Rounds = 1000

// Evaluate measures a model on labelled comments, and compares it with a baseline unless that is nil. If the context is
// cancelled, it returns the context's error soon.
func Evaluate(
	ctx context.Context,
	data *dataset.Dataset,
	m Subject,
	baseline *Subject,
	seed uint64,
	report ProgressFunc,
) (*Comparison, error) {
	counts, err := classCounts(data.Labels)
	if err == nil && !slices.ContainsFunc(data.Texts, func(text string) bool { return strings.TrimSpace(text) != "" }) {
		err = errors.New("all of them are blank: look whether the column of the texts is the right one")
	}
	if err != nil {
		return nil, fmt.Errorf("these comments cannot be evaluated on: %w", err)
	}
	subjects := []Subject{m}
	if baseline != nil {
		subjects = append(subjects, *baseline)
	}
	p := newProgress(ctx, report)
	evaluations, draws, err := evaluate(data, subjects, seed, p)
	if err != nil {
		return nil, err
	}
	digests := data.Digests()
	for k, s := range subjects {
		evaluations[k].TrainedOn = trainedOn(s.Model, data, digests)
	}
	c := &Comparison{Comments: data.Len(), Removed: counts[1], Model: evaluations[0]}
	if baseline != nil {
		c.Baseline = &evaluations[1]
		c.compare(data, draws)
	}
	return c, nil
}

// trainedOn returns the names of the files of data whose digests the manifest of the model has.
func trainedOn(m *model.Model, data *dataset.Dataset, digests []string) (names []string) {
	known := map[string]bool{}
	for _, s := range m.Manifest().Sources {
		known[s.SHA256] = s.What == trainingComments
	}
	for k, digest := range digests {
		switch {
		case !known[digest]:
		case data.Files == nil:
			names = append(names, "the comments")
		default:
			names = append(names, data.Files[k].Name)
		}
	}
	return names
}

// evaluate measures the models, all on the same bootstrap samples.
func evaluate(
	data *dataset.Dataset,
	subjects []Subject,
	seed uint64,
	p *progress,
) ([]Evaluation, *metric.Draws, error) {
	evaluations := make([]Evaluation, len(subjects))
	predictions := make([]metric.Predictions, len(subjects))
	p.stage("predicting", "prediction", len(subjects)*data.Len())
	for k, s := range subjects {
		e := &evaluations[k]
		*e = Evaluation{
			Model:     s.Name,
			Digest:    s.Model.Digest(),
			Threshold: s.threshold(),
			Intervals: map[string]metric.Interval{},
		}
		e.P, e.ones = s.predict(data.Texts, p)
		if p.err() != nil {
			return nil, nil, p.err()
		}
		predictions[k] = metric.Predictions{P: e.P, Ones: e.ones}
		e.Scores = predictions[k].Scores(data.Labels)
	}
	p.stage("resampling", "sample", Rounds)
	draws, err := metric.Bootstrap(p.ctx, data.Labels, Rounds, seed, func() { p.add(1) }, predictions...)
	if err != nil {
		return nil, nil, err
	}
	for k := range evaluations {
		for i, interval := range draws.Intervals(k) {
			evaluations[k].Intervals[metric.Names[i]] = interval
		}
	}
	return evaluations, draws, nil
}

// compare fills in Differences and Changed.
func (c *Comparison) compare(data *dataset.Dataset, draws *metric.Draws) {
	a, b := &c.Model, c.Baseline
	intervals := draws.Differences(0, 1)
	c.Differences = map[string]Difference{}
	before := b.Values()
	for k, v := range a.Values() {
		c.Differences[metric.Names[k]] = Difference{v - before[k], intervals[k]}
	}
	for i, id := range data.IDs {
		if a.ones[i] != b.ones[i] {
			c.Changed = append(c.Changed, Change{id, data.Labels[i], b.P[i], a.P[i]})
		}
	}
}

// threshold returns the threshold that was asked for, or the artifact's, or 0.
func (s Subject) threshold() float64 { return cmp.Or(s.Threshold, s.Model.Manifest().Threshold) }

// predict returns the probability of class 1 of every text, and whether the model decides for that class. If the
// context of progress is cancelled, the remaining texts have neither.
func (s Subject) predict(texts []string, progress *progress) (p []float64, ones []bool) {
	p, ones = make([]float64, len(texts)), make([]bool, len(texts))
	threshold := s.threshold()
	sparse.Parallel(len(texts), func(lo, hi int) {
		var prediction head.Prediction
		for i := lo; i < hi && progress.err() == nil; i++ {
			s.Model.Predict(texts[i], &prediction)
			p[i] = prediction.Proba[1]
			if ones[i] = prediction.Label == 1; threshold > 0 {
				ones[i] = p[i] >= threshold
			}
		}
		progress.add(hi - lo)
	})
	return p, ones
}
