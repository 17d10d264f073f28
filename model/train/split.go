package train

import (
	"context"
	"fmt"

	"reddit-classifier/model/train/chars"
	"reddit-classifier/model/train/sparse"
	"reddit-classifier/model/train/tfidf"
)

// fold is the rows that a model learns from, those that it is measured on, and the n-grams chosen on the former.
type fold struct {
	training, test []int // training is nil if it is all rows
	words          *tfidf.Vectorizer
	chars          *chars.Vectorizer // nil without the block
}

// splits is the comments as cross-validation splits them, with the counts of the n-grams that some fold has chosen.
type splits struct {
	*features
	table *tfidf.Table
	all   *fold   // what the model that is kept learns from
	folds []*fold // what the models of cross-validation learn from
}

// split chooses n-grams on all comments, and for each of k folds on the comments outside the fold, as if the fold did
// not exist. Counts of n-grams that are not chosen anywhere are dropped.
func (f *features) split(folds []int, k int, p *progress) (*splits, error) {
	p.stage("choosing n-grams", "", 0)
	d := &splits{features: f, all: &fold{}, folds: make([]*fold, k)}
	for i := range k {
		d.folds[i] = &fold{}
		d.folds[i].training, d.folds[i].test = trainTest(folds, i)
	}
	if err := d.chooseWords(p.ctx); err != nil || f.options.Rich == nil {
		return d, err
	}
	return d, d.chooseChars(p.ctx)
}

func (d *splits) chooseWords(ctx context.Context) error {
	o, counts := d.options.Vectorizer, d.words
	frequencies := counts.Frequencies(nil)
	var err error
	if d.all.words, err = frequencies.Fit(o); err != nil {
		return err
	}
	errs := make([]error, len(d.folds))
	sparse.ParallelGrain(len(d.folds), 1, func(k, _ int) {
		if errs[k] = ctx.Err(); errs[k] == nil {
			d.folds[k].words, errs[k] = frequencies.Without(counts.Frequencies(d.folds[k].test)).Choose(o)
		}
	})
	vectorizers := []*tfidf.Vectorizer{d.all.words}
	for k, p := range d.folds {
		if errs[k] != nil {
			return fmt.Errorf("cross-validation, %d folds: %w", len(d.folds), errs[k])
		}
		vectorizers = append(vectorizers, p.words)
	}
	d.table = tfidf.NewTable(frequencies, vectorizers...)
	d.words = nil
	return ctx.Err()
}

// chooseChars leaves a fold without character n-grams if none of them is in enough comments.
func (d *splits) chooseChars(ctx context.Context) error {
	tests := make([][]int, len(d.folds))
	for k, p := range d.folds {
		tests[k] = p.test
	}
	if len(tests) == 0 {
		tests = quarters(len(d.labels))
	}
	frequencies, err := d.chars.Frequencies(ctx, tests)
	if err != nil {
		return err
	}
	minDF := d.options.Rich.CharMinDF
	var vectorizers []*chars.Vectorizer
	if d.all.chars = d.chars.Fit(chars.Sum(frequencies), minDF); d.all.chars != nil {
		vectorizers = append(vectorizers, d.all.chars)
	}
	for k, p := range d.folds {
		rest := append(append([]*chars.Frequencies(nil), frequencies[:k]...), frequencies[k+1:]...)
		if p.chars = d.chars.Fit(chars.Sum(rest), minDF); p.chars != nil {
			vectorizers = append(vectorizers, p.chars)
		}
	}
	d.chars.Keep(vectorizers...)
	return ctx.Err()
}

// quarters splits n rows into four parts of equal size.
func quarters(n int) [][]int {
	rows := make([][]int, 4)
	for i := range n {
		rows[4*i/n] = append(rows[4*i/n], i)
	}
	return rows
}
