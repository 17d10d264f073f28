package train

import (
	"math"

	"reddit-classifier/model"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/sparse"
)

// CrossValidation is what models learned from all folds but one are worth on that one.
type CrossValidation struct {
	Folds int    `json:"folds"`
	Seed  uint64 `json:"seed"`
	// ROCAUC is the area under the curve in each fold.
	ROCAUC []float64 `json:"roc_auc"`
	Mean   float64   `json:"roc_auc_mean"`
	Std    float64   `json:"roc_auc_std"`
	// Calibration is fitted to the decisions on all folds, Threshold has the best F1 on the probabilities that it gives.
	Calibration Sigmoid `json:"calibration"`
	Threshold   float64 `json:"threshold"`
	// Scores are of all folds together, each calibrated by what was fitted to the others.
	Scores metric.Scores `json:"scores"`

	Decisions []float64 `json:"-"` // of each comment, before calibration
	P         []float64 `json:"-"` // of each comment, calibrated by what was fitted to the other folds
}

// crossValidate fits and measures fold by fold.
func (f *division) crossValidate(folds []int, p *progress) (*CrossValidation, error) {
	o := f.options
	cv := &CrossValidation{
		Folds:     o.CV,
		Seed:      o.Seed,
		Decisions: make([]float64, len(f.labels)),
		P:         make([]float64, len(f.labels)),
	}
	p.stage("cross-validating", o.CV)
	for _, fold := range f.folds {
		m, err := f.fit(fold, measure, func(float64) error { return p.err() })
		if err != nil {
			return nil, err
		}
		d := f.decisions(m, fold.test)
		for k, i := range fold.test {
			cv.Decisions[i] = d[k]
		}
		cv.ROCAUC = append(cv.ROCAUC, metric.ROCAUC(f.labelsOf(fold.test), d))
		p.add(1)
		if p.err() != nil {
			return nil, p.err()
		}
	}
	cv.Mean, cv.Std = moments(cv.ROCAUC)
	cv.calibrate(f.features, folds)
	cv.Threshold = threshold(f.labels, cv.P)
	cv.Scores = metric.Evaluate(f.labels, cv.P, cv.Threshold)
	return cv, nil
}

// histogram returns how the probabilities of the folds are distributed, nil without folds.
func (cv *CrossValidation) histogram() *model.Scores {
	if len(cv.P) == 0 {
		return nil
	}
	scores := model.NewScores(model.ScoresOfFolds, 2)
	for _, p := range cv.P {
		scores.Add([]float64{1 - p, p})
	}
	return scores
}

func (cv *CrossValidation) calibrate(f *features, folds []int) {
	cv.Calibration = Sigmoid{Slope: 1}
	if f.options.Calibrate {
		cv.Calibration = FitSigmoid(cv.Decisions, f.labels)
	}
	sparse.ParallelGrain(cv.Folds, 1, func(fold, _ int) {
		rest, test := parts(folds, fold)
		c := cv.Calibration
		if f.options.Calibrate {
			c = FitSigmoid(selected(cv.Decisions, rest), f.labelsOf(rest))
		}
		for _, i := range test {
			cv.P[i] = c.Probability(cv.Decisions[i])
		}
	})
}

// threshold is the one with the best F1, to four digits: more would be chance.
func threshold(y []int, p []float64) float64 {
	best, _ := metric.NewCurve(y, p).BestF1()
	if math.IsInf(best, 0) {
		return 0.5
	}
	return math.Floor(best*1e4) / 1e4
}

func selected(values []float64, rows []int) []float64 {
	s := make([]float64, len(rows))
	for k, i := range rows {
		s[k] = values[i]
	}
	return s
}

// moments returns mean and standard deviation (of the values, as numpy.std has it).
func moments(values []float64) (mean, std float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		std += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, math.Sqrt(std)
}
