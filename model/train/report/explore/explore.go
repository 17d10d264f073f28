// Package explore computes what the training report shows, from the comments and from the model that was trained on
// them.
//
// The model's quality is measured on the out-of-fold probabilities of cross-validation: each comment was predicted by a
// model that was not trained on it. The comparison of ways to tokenize and the learning curve fit the block of words
// again and again, to a lower tolerance than the model itself and without naive Bayes.
package explore

import (
	"context"
	"errors"
	"strings"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/report"
	"reddit-classifier/model/train/sparse"
)

// Input is what a report is about.
type Input struct {
	Data      *dataset.Dataset // as it was read
	Files     []string         // names to show
	Options   train.Options    // that the training had
	Result    *train.Result    // of that training
	Anonymize bool
}

// explorer holds what several sections of the report need.
type explorer struct {
	Input
	ctx      context.Context
	progress train.ProgressFunc
	pack     *english.Pack

	all      []string // every comment, cleaned
	training *dataset.Dataset
	rows     []int    // of training in the data; nil when all are
	cleaned  []string // those of training
	folds    []int    // of training
}

// ErrNoFolds is the error for a training without cross-validation: there are no out-of-fold probabilities to report.
var ErrNoFolds = errors.New("--report needs cross-validation, but --cv is 0: give it 2 folds or more")

// Gather computes a report's data; progress may be nil. A cancelled context makes it stop soon with the context's
// error.
func Gather(ctx context.Context, in Input, progress train.ProgressFunc) (report.Data, error) {
	if in.Options.CV == 0 {
		return report.Data{}, ErrNoFolds
	}
	if progress == nil {
		progress = func(string, string, int, int) {}
	}
	e := &explorer{Input: in, ctx: ctx, progress: progress}
	d := report.Data{
		Name: in.Options.Name, Version: in.Result.Model.Version(), Digest: in.Result.Model.Digest(), Files: in.Files,
		Settings: settings(in.Options), Threshold: in.Result.Threshold, Anonymize: in.Anonymize,
	}
	if err := e.prepare(); err != nil {
		return d, err
	}
	stages := []struct {
		name string
		run  func(*report.Data) error
	}{
		{
			"describing",
			e.describe,
		}, {"comparing tokens", e.tokenizations}, {"comparing algorithms", e.algorithms}, {"learning curve", e.learning},
		{"measuring", e.quality}, {"explaining", e.explain}, {"partial dependence", e.dependence}, {"slices", e.slices},
	}
	for _, s := range stages {
		progress(s.name, "", 0, 0)
		if err := s.run(&d); err != nil {
			return d, err
		}
		if err := ctx.Err(); err != nil {
			return d, err
		}
	}
	return d, nil
}

// prepare finds the comments that the model was trained on, and cleans all.
func (e *explorer) prepare() (err error) {
	if e.pack, err = packs.Open(e.Options.Language); err != nil {
		return err
	}
	e.all = make([]string, e.Data.Len())
	sparse.Parallel(len(e.all), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			e.all[i] = e.Options.Cleaner.Clean(e.Data.Texts[i])
		}
	})
	e.training, e.cleaned = e.Data, e.all
	if e.Options.TestSize > 0 {
		e.rows, _ = train.Split(e.Data.Labels, e.Options.TestSize, e.Options.Seed)
		e.training, e.cleaned = e.Data.Select(e.rows), make([]string, len(e.rows))
		for k, i := range e.rows {
			e.cleaned[k] = e.all[i]
		}
	}
	e.folds, err = train.Folds(e.training.Labels, e.Options.CV, e.Options.Seed)
	return err
}

// parts returns the rows of training outside a fold, and in it.
func (e *explorer) parts(fold int) (training, test []int) {
	for i, f := range e.folds {
		if f == fold {
			test = append(test, i)
		} else {
			training = append(training, i)
		}
	}
	return training, test
}

// words counts by white space.
func words(text string) (n int) {
	for range strings.FieldsSeq(text) {
		n++
	}
	return n
}
