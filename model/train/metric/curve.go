package metric

import (
	"cmp"
	"math"
	"slices"
)

// Point counts the positive decisions at one threshold: the right and the wrong ones.
type Point struct {
	Threshold     float64
	TruePositive  int
	FalsePositive int
}

// Curve holds a point for each distinct score, the highest first: scikit-learn's confusion_matrix_at_thresholds. The
// last point calls all positive.
type Curve struct {
	Points               []Point
	Positives, Negatives int
}

// NewCurve ranks the scores, which may be probabilities or any others of which higher speaks for class 1.
func NewCurve(y []int, score []float64) Curve {
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	var c Curve
	var at Point
	for k, i := range order {
		if y[i] == 1 {
			at.TruePositive++
		} else {
			at.FalsePositive++
		}
		if k+1 == len(order) || score[order[k+1]] != score[i] {
			at.Threshold = score[i]
			c.Points = append(c.Points, at)
		}
	}
	c.Positives, c.Negatives = at.TruePositive, at.FalsePositive
	return c
}

// ROCAUC is the area under the receiver operating characteristic: the probability that a positive scores above a
// negative, ties counting half. It is exact up to one division.
func (c Curve) ROCAUC() float64 {
	if c.Positives == 0 || c.Negatives == 0 {
		return math.NaN()
	}
	twice := 0
	var last Point
	for _, p := range c.Points {
		twice += (p.FalsePositive - last.FalsePositive) * (p.TruePositive + last.TruePositive)
		last = p
	}
	return float64(twice) / 2 / (float64(c.Positives) * float64(c.Negatives))
}

// AveragePrecision is the mean of precision over the steps of recall: Σ (Rₙ − Rₙ₋₁)·Pₙ.
func (c Curve) AveragePrecision() float64 {
	if c.Positives == 0 {
		return 0
	}
	var sum float64
	last := 0
	for _, p := range c.Points {
		sum += float64(p.TruePositive-last) / float64(c.Positives) * ratio(p.TruePositive, p.TruePositive+p.FalsePositive)
		last = p.TruePositive
	}
	return sum
}

// BestF1 returns the threshold with the highest F1, and that F1. Of equals it is the highest threshold.
func (c Curve) BestF1() (threshold, f1 float64) {
	threshold = math.Inf(1)
	for _, p := range c.Points {
		if f := ratio(2*p.TruePositive, p.TruePositive+p.FalsePositive+c.Positives); f > f1 {
			threshold, f1 = p.Threshold, f
		}
	}
	return threshold, f1
}

// ROCAUC is the area under the receiver operating characteristic.
func ROCAUC(y []int, score []float64) float64 { return NewCurve(y, score).ROCAUC() }

// AveragePrecision summarises the precision–recall curve.
func AveragePrecision(y []int, score []float64) float64 { return NewCurve(y, score).AveragePrecision() }
