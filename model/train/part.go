package train

import (
	"context"
	"fmt"

	"reddit-classifier/model/train/chars"
	"reddit-classifier/model/train/sparse"
	"reddit-classifier/model/train/tfidf"
)

// part is some of the comments to learn from, the others to measure on, and the n-grams to learn weights for.
type part struct {
	training, test []int // no training rows (nil) are all
	words          *tfidf.Vectorizer
	chars          *chars.Vectorizer // nil without the block
}

// division is the comments divided for cross-validation, with the vectors of all that is looked at, and nothing else.
type division struct {
	*features
	table *tfidf.Table
	all   *part   // what the model itself learns from
	folds []*part // what cross-validation learns from
}

// divide chooses the n-grams for all comments together, and for the comments outside each of k folds as if the others
// did not exist. The counts of n-grams that nobody chose are dropped.
func (f *features) divide(folds []int, k int, p *progress) (*division, error) {
	p.stage("choosing n-grams", 0)
	d := &division{features: f, all: &part{}, folds: make([]*part, k)}
	for fold := range k {
		d.folds[fold] = &part{}
		d.folds[fold].training, d.folds[fold].test = parts(folds, fold)
	}
	if err := d.chooseWords(p.ctx); err != nil || f.options.Rich == nil {
		return d, err
	}
	return d, d.chooseChars(p.ctx)
}

func (d *division) chooseWords(ctx context.Context) error {
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

// chooseChars leaves parts without the block where there is too little text for n-grams to be in several comments.
func (d *division) chooseChars(ctx context.Context) error {
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

// quarters divides n rows into four parts.
func quarters(n int) [][]int {
	rows := make([][]int, 4)
	for i := range n {
		rows[4*i/n] = append(rows[4*i/n], i)
	}
	return rows
}
