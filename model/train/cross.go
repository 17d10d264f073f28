package train

import (
	"math"

	"reddit-classifier/model"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/sparse"
)

// CrossValidation holds the scores of k-fold cross-validation: each fold is predicted by a model that was trained on
// the other folds.
type CrossValidation struct {
	Folds int    `json:"folds"`
	Seed  uint64 `json:"seed"`
	// ROCAUC is the area under the ROC curve in each fold.
	ROCAUC []float64 `json:"roc_auc"`
	Mean   float64   `json:"roc_auc_mean"`
	Std    float64   `json:"roc_auc_std"`
	// Calibration is fitted to the out-of-fold decisions of all comments. Threshold has the best F1 on P.
	Calibration Sigmoid `json:"calibration"`
	Threshold   float64 `json:"threshold"`
	// Scores are those of P at the threshold.
	Scores metric.Scores `json:"scores"`

	Decisions []float64 `json:"-"` // out-of-fold, of each comment, before calibration
	P         []float64 `json:"-"` // of each comment: Decisions, calibrated on the decisions of the other folds
}

// crossValidate fits a model for each fold and measures it on the fold.
func (d *splits) crossValidate(folds []int, p *progress) (*CrossValidation, error) {
	o := d.options
	cv := &CrossValidation{
		Folds:     o.CV,
		Seed:      o.Seed,
		Decisions: make([]float64, len(d.labels)),
		P:         make([]float64, len(d.labels)),
	}
	p.stage("cross-validating", "fold", o.CV)
	for _, fold := range d.folds {
		m, err := d.fit(fold, crossValidationTolerance, func(float64) error { return p.err() })
		if err != nil {
			return nil, err
		}
		decisions := d.decisions(m, fold.test)
		for k, i := range fold.test {
			cv.Decisions[i] = decisions[k]
		}
		cv.ROCAUC = append(cv.ROCAUC, metric.ROCAUC(d.labelsOf(fold.test), decisions))
		p.add(1)
		if p.err() != nil {
			return nil, p.err()
		}
	}
	cv.Mean, cv.Std = moments(cv.ROCAUC)
	cv.calibrate(d.features, folds)
	cv.Threshold = threshold(d.labels, cv.P)
	cv.Scores = metric.Evaluate(d.labels, cv.P, cv.Threshold)
	return cv, nil
}

// histogram returns the distribution of the out-of-fold probabilities, nil without folds.
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

// calibrate fits the calibration of the model that is kept to all decisions, and computes P.
func (cv *CrossValidation) calibrate(f *features, folds []int) {
	cv.Calibration = Sigmoid{Slope: 1}
	if f.options.Calibrate {
		cv.Calibration = FitSigmoid(cv.Decisions, f.labels)
	}
	sparse.ParallelGrain(cv.Folds, 1, func(fold, _ int) {
		rest, test := trainTest(folds, fold)
		c := cv.Calibration
		if f.options.Calibrate {
			c = FitSigmoid(selectRows(cv.Decisions, rest), f.labelsOf(rest))
		}
		for _, i := range test {
			cv.P[i] = c.Probability(cv.Decisions[i])
		}
	})
}

// threshold returns the threshold with the best F1, rounded down to four digits: more would be chance.
func threshold(y []int, p []float64) float64 {
	best, _ := metric.NewCurve(y, p).BestF1()
	if math.IsInf(best, 0) {
		return 0.5
	}
	return math.Floor(best*1e4) / 1e4
}

func selectRows(values []float64, rows []int) []float64 {
	s := make([]float64, len(rows))
	for k, i := range rows {
		s[k] = values[i]
	}
	return s
}

// moments returns the mean and the standard deviation of the values (the population's, as numpy.std).
func moments(values []float64) (mean, std float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		std += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, math.Sqrt(std)
}
