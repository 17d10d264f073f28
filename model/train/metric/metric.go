// Package metric scores probabilities and decisions against the true labels. Each score is scikit-learn's of the
// same name (within rounding), without sample weights: Evaluate for two classes, 1 being the positive one,
// EvaluateClasses for any number of classes, EvaluateLabels for several labels a text.
//
// What is undefined (the area under a curve where only one class occurs) is NaN; a ratio without a denominator is 0, as
// scikit-learn's zero_division has it.
package metric

import (
	"math"
	"slices"
)

// Confusion counts decisions by truth and prediction.
type Confusion struct {
	TrueNegative  int `json:"true_negative"`
	FalsePositive int `json:"false_positive"`
	FalseNegative int `json:"false_negative"`
	TruePositive  int `json:"true_positive"`
}

// ConfusionAt counts the decisions "1 where the probability is at least the threshold".
func ConfusionAt(y []int, p []float64, threshold float64) Confusion {
	return Predictions{P: p, Threshold: threshold}.confusion(y)
}

func (m Predictions) confusion(y []int) Confusion {
	var c Confusion
	for i, truth := range y {
		switch one := m.One(i); {
		case truth == 1 && one:
			c.TruePositive++
		case truth == 1:
			c.FalseNegative++
		case one:
			c.FalsePositive++
		default:
			c.TrueNegative++
		}
	}
	return c
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Accuracy is the share of right decisions.
func (c Confusion) Accuracy() float64 {
	return ratio(c.TruePositive+c.TrueNegative, c.TruePositive+c.TrueNegative+c.FalsePositive+c.FalseNegative)
}

// Precision is the share of predicted positives that are positive.
func (c Confusion) Precision() float64 { return ratio(c.TruePositive, c.TruePositive+c.FalsePositive) }

// Recall is the share of positives that are predicted.
func (c Confusion) Recall() float64 { return ratio(c.TruePositive, c.TruePositive+c.FalseNegative) }

// F1 is the harmonic mean of precision and recall.
func (c Confusion) F1() float64 {
	return ratio(2*c.TruePositive, 2*c.TruePositive+c.FalsePositive+c.FalseNegative)
}

// LogLoss is the mean of −ln of the probability given to the truth. Probabilities are kept a rounding error away from 0
// and 1.
func LogLoss(y []int, p []float64) float64 {
	const eps = 0x1p-52
	var sum float64
	for i, truth := range y {
		q := min(max(p[i], eps), 1-eps)
		if truth == 0 {
			q = min(max(1-p[i], eps), 1-eps)
		}
		sum -= math.Log(q)
	}
	return sum / float64(len(y))
}

// Brier is the mean squared difference between probability and truth.
func Brier(y []int, p []float64) float64 {
	var sum float64
	for i, truth := range y {
		d := p[i] - float64(truth)
		sum += d * d
	}
	return sum / float64(len(y))
}

// Bin is a range of probabilities: how many there are, their mean, and the share of positives.
type Bin struct {
	Low, High float64
	Count     int
	Mean      float64
	Positive  float64
}

// Calibration sorts the probabilities into bins of equal width, as scikit-learn's calibration_curve does; empty bins
// are left out.
func Calibration(y []int, p []float64, bins int) []Bin {
	edges := make([]float64, bins+1)
	for i := range edges {
		edges[i] = float64(i) / float64(bins)
	}
	all := make([]Bin, bins)
	for i, truth := range y {
		// A probability on an inner edge belongs to the lower bin: numpy's searchsorted(edges[1:-1], p).
		k, _ := slices.BinarySearch(edges[1:bins], p[i])
		b := &all[k]
		b.Count++
		b.Mean += p[i]
		b.Positive += float64(truth)
	}
	var filled []Bin
	for k, b := range all {
		if b.Count > 0 {
			b.Low, b.High = edges[k], edges[k+1]
			b.Mean /= float64(b.Count)
			b.Positive /= float64(b.Count)
			filled = append(filled, b)
		}
	}
	return filled
}

// ECE is the expected calibration error: the mean distance of probability and share of positives over bins of equal
// width, weighted by how many fall into each (M. P. Naeini, G. Cooper, M. Hauskrecht, AAAI 2015).
func ECE(y []int, p []float64, bins int) float64 {
	var sum float64
	for _, b := range Calibration(y, p, bins) {
		sum += float64(b.Count) * math.Abs(b.Mean-b.Positive)
	}
	return sum / float64(len(y))
}
