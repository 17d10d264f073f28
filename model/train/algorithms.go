package train

import (
	"context"
	"errors"
	"time"

	"reddit-classifier/model/train/compare"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/sparse"
	"reddit-classifier/model/train/tfidf"
)

// AlgorithmScore holds the scores of an algorithm in cross-validation.
type AlgorithmScore struct {
	Name           string    `json:"name"`
	ROCAUC         []float64 `json:"roc_auc"` // by fold
	Mean           float64   `json:"roc_auc_mean"`
	Std            float64   `json:"roc_auc_std"`
	FitSeconds     float64   `json:"fit_seconds"`     // mean over the folds
	PredictSeconds float64   `json:"predict_seconds"` // mean over the folds
}

// Compare cross-validates the algorithms of package compare on the same folds and the same vectors, TF-IDF of the words
// as the options say.
func Compare(ctx context.Context, data *dataset.Dataset, o Options, report ProgressFunc) ([]AlgorithmScore, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if o.CV == 0 {
		return nil, errors.New("--cv is 0: comparing algorithms needs 2 folds or more")
	}
	folds, err := Folds(data.Labels, o.CV, o.Seed)
	if err != nil {
		return nil, err
	}
	o.Rich = nil
	p := newProgress(ctx, report)
	f, err := extract(data.Texts, data.Labels, o, p)
	if err != nil {
		return nil, err
	}
	scores := make([]AlgorithmScore, len(compare.Algorithms))
	p.stage("comparing", "fit", o.CV*len(scores))
	for fold := range o.CV {
		training, test := trainTest(folds, fold)
		if err := f.compareFold(scores, training, test, p); err != nil {
			return nil, err
		}
	}
	for k := range scores {
		s := &scores[k]
		s.Mean, s.Std = moments(s.ROCAUC)
		s.FitSeconds /= float64(o.CV)
		s.PredictSeconds /= float64(o.CV)
	}
	return scores, nil
}

// scoreAtOnce is how many rows are scored between two looks at the context: the nearest neighbours of so many take a
// fraction of a second.
const scoreAtOnce = 256

// scoresOf returns the scores of all rows, or of some if the context is cancelled.
func scoresOf(c compare.Classifier, x *sparse.Matrix, p *progress) []float64 {
	scores := make([]float64, x.Rows)
	for lo := 0; lo < x.Rows && p.err() == nil; lo += scoreAtOnce {
		hi := min(lo+scoreAtOnce, x.Rows)
		copy(
			scores[lo:],
			c.Scores(&sparse.Matrix{Rows: hi - lo, Cols: x.Cols, Indptr: x.Indptr[lo : hi+1], Indices: x.Indices, Data: x.Data}),
		)
	}
	return scores
}

func (f *features) compareFold(scores []AlgorithmScore, training, test []int, p *progress) error {
	v, err := tfidf.Fit(f.words, training, f.options.Vectorizer)
	if err != nil {
		return err
	}
	x, unseen := v.Transform(f.words, training), v.Transform(f.words, test)
	y, truth := f.labelsOf(training), f.labelsOf(test)
	for k, algorithm := range compare.Algorithms {
		s := &scores[k]
		s.Name = algorithm.Name
		classifier := algorithm.New()
		start := time.Now()
		if err := classifier.Fit(p.ctx, x, y); err != nil {
			return err
		}
		fitted := time.Now()
		predicted := scoresOf(classifier, unseen, p)
		if p.err() != nil {
			return p.err()
		}
		s.FitSeconds += fitted.Sub(start).Seconds()
		s.PredictSeconds += time.Since(fitted).Seconds()
		s.ROCAUC = append(s.ROCAUC, metric.ROCAUC(truth, predicted))
		p.add(1)
	}
	return nil
}
