// Package drift compares comments with those that a model was trained on: by the distribution of their scores, and by
// the n-grams that have become more or less frequent.
package drift

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"reddit-classifier/model"
)

// The usual bounds of the population stability index: below Stable there is no drift, from Drifted on there is.
const (
	Stable  = 0.1
	Drifted = 0.25
	// Fewest is the number of comments that are needed to tell drift from chance.
	Fewest = 200
)

// bins is the number of bins of the index, each of which is two of the artifact's.
const bins = model.ScoreBins / 2

// Index returns the population stability index of two histograms: the sum of (p-q)·ln(p/q) over the bins, where p and q
// are the shares of a bin in the two. Half a comment is added to each bin so that none is empty. The index is 0 for
// equal shares and has no upper bound.
func Index(training, now [model.ScoreBins]uint64) float64 {
	p, q := shares(training), shares(now)
	sum := 0.0
	for i := range p {
		sum += (q[i] - p[i]) * math.Log(q[i]/p[i])
	}
	return sum
}

func shares(counts [model.ScoreBins]uint64) (s [bins]float64) {
	total := 0.5 * bins
	for i, n := range counts {
		s[i/2] += float64(n)
		total += float64(n)
	}
	for i := range s {
		s[i] = (s[i] + 0.5) / total
	}
	return s
}

// Report is the result of a comparison.
type Report struct {
	Comments int     `json:"comments"`
	Of       string  `json:"of"` // model.ScoresOfFolds or model.ScoresOfCheck
	Verdict  Verdict `json:"verdict"`
	Index    float64 `json:"psi"` // of the class with the largest one
	Classes  []Class `json:"classes"`
	Words    []Word  `json:"words"` // those that changed most; nil if the model does not say how frequent they were
}

// Verdict is the usual interpretation of a population stability index.
type Verdict string

// The verdicts.
const (
	IsStable  Verdict = "stable"
	IsMoved   Verdict = "moved"
	IsDrifted Verdict = "drifted"
	IsUnknown Verdict = "too few comments"
)

// Class compares the scores of one class.
type Class struct {
	Name     string                   `json:"class"`
	Index    float64                  `json:"psi"`
	Training [model.ScoreBins]float64 `json:"training"` // share of the comments in each bin
	Now      [model.ScoreBins]float64 `json:"now"`
}

// Word is an n-gram whose share of the comments has changed.
type Word struct {
	NGram    string  `json:"ngram"`
	Training float64 `json:"training"` // share of the training's comments with it
	Now      float64 `json:"now"`
	// Effect is what the n-gram adds, on average, to the decision value of a comment that has it; 0 if no comment has it.
	Effect float64 `json:"effect"`

	deviations float64
}

// Comparison collects the comments to compare.
type Comparison struct {
	model    *model.Model
	training *model.Scores
	now      *model.Scores
	comments int
	proba    []float64
	words    map[string]*ngramCount // nil if n-grams cannot be compared
}

type ngramCount struct {
	comments int
	sum      float64 // of what it added
}

// ErrNoScores says that the artifact has nothing to compare with.
var ErrNoScores = errors.New(
	"the artifact has no histogram of its training's scores: train the model again, or import it again with --check",
)

// New returns a comparison without comments. The error is [ErrNoScores].
func New(m *model.Model) (*Comparison, error) {
	training := m.Scores()
	if training == nil {
		return nil, ErrNoScores
	}
	c := &Comparison{model: m, training: training, now: model.NewScores("", len(training.Counts))}
	if m.TrainingShares() != nil {
		c.words = make(map[string]*ngramCount)
	}
	return c, nil
}

// Add counts a comment.
func (c *Comparison) Add(text string) {
	c.comments++
	c.proba = c.model.AppendProba(c.proba[:0], text)
	c.now.Add(c.proba)
	if c.words == nil {
		return
	}
	e, err := c.model.Explain(text, -1)
	if err != nil {
		return
	}
	for _, t := range e.Top {
		f := c.words[t.NGram]
		if f == nil {
			f = &ngramCount{}
			c.words[t.NGram] = f
		}
		f.comments++
		f.sum += t.Value
	}
}

// Report compares the added comments with those of the training, and names up to k n-grams.
func (c *Comparison) Report(k int) Report {
	r := Report{Comments: c.comments, Of: c.training.Of, Classes: []Class{}}
	names := c.model.Names()
	first := 0
	if len(names) == 2 { // the scores of the first class follow from the second's
		first = 1
	}
	for class := first; class < len(names); class++ {
		x := Class{
			Name:     names[class],
			Training: c.training.Shares(class),
			Now:      c.now.Shares(class),
			Index:    Index(c.training.Counts[class], c.now.Counts[class]),
		}
		r.Classes = append(r.Classes, x)
		r.Index = max(r.Index, x.Index)
	}
	r.Verdict = verdict(c.comments, r.Index)
	r.Words = c.changedWords(k)
	return r
}

// verdict says what an index of so many comments means.
func verdict(comments int, index float64) Verdict {
	switch {
	case comments < Fewest:
		return IsUnknown
	case index < Stable:
		return IsStable
	case index < Drifted:
		return IsMoved
	}
	return IsDrifted
}

// changedWords returns up to k n-grams whose share differs from the training's by at least three standard deviations,
// the largest difference first. The standard deviation is that of the number of comments with the n-gram, if their
// share were the training's.
func (c *Comparison) changedWords(k int) []Word {
	if c.words == nil || c.comments == 0 {
		return nil
	}
	n := float64(c.comments)
	var list []Word
	for ngram, was := range c.model.TrainingShares() {
		w := Word{NGram: ngram, Training: was}
		if f := c.words[ngram]; f != nil {
			w.Now, w.Effect = float64(f.comments)/n, f.sum/float64(f.comments)
		}
		expected := was * n
		if w.deviations = math.Abs(w.Now*n-expected) / math.Sqrt(max(expected*(1-was), 1)); w.deviations >= 3 {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b Word) int {
		return cmp.Or(cmp.Compare(b.deviations, a.deviations), cmp.Compare(a.NGram, b.NGram))
	})
	return list[:min(len(list), k)]
}
