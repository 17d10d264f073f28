package head

import (
	"math"
	"sort"

	"reddit-classifier/model/features"
)

// Calibrated is CalibratedClassifierCV: the mean of the calibrated probabilities of several classifiers.
type Calibrated struct {
	Members []Classifier // the estimators of calibrated_classifiers_
	// Calibrators has the calibrators of each member: one for each class, or a single one if there are two classes or the
	// method is Temperature.
	Calibrators [][]Calibrator

	joint jointLinear
}

// Calibrator converts a score to a probability.
type Calibrator struct {
	Method CalibrationMethod
	A, B   float64   // Sigmoid: a_ and b_; Temperature: A is beta_
	X, Y   []float64 // Isotonic: the points of the curve, X ascending
}

// CalibrationMethod is CalibratedClassifierCV's method.
type CalibrationMethod uint8

// The methods.
const (
	Sigmoid CalibrationMethod = iota
	Isotonic
	Temperature
	calibrationEnd
)

// Shape returns the shape of the predictions.
func (k *Calibrated) Shape() Shape {
	s := k.Members[0].Shape()
	return Shape{Features: s.Features, Classes: s.Classes, Proba: true}
}

// Predict sets p for the document x.
func (k *Calibrated) Predict(x features.Vector, s *Scratch, p *Prediction) {
	n := k.Shape().Classes
	used := s.used
	all := k.joint.sum(x, s)
	mean, proba := s.alloc(n), s.alloc(n)
	clear(mean)
	for i, member := range k.Members {
		q := s.predictMember(member, x, all)
		calibrate(q, k.Calibrators[i], proba)
		s.release()
		for j := range mean {
			mean[j] += proba[j]
		}
	}
	for j := range mean {
		mean[j] /= float64(len(k.Members))
	}
	p.Proba, p.Decision, p.Labels = append(p.Proba[:0], mean...), p.Decision[:0], p.Labels[:0]
	p.Label = argmax(p.Proba)
	s.used = used
}

// calibrate sets proba to the calibrated probabilities of the prediction.
func calibrate(q *Prediction, calibrators []Calibrator, proba []float64) {
	scores := q.scores()
	switch {
	case calibrators[0].Method == Temperature:
		calibrators[0].temperature(q, proba)
	case len(proba) == 2:
		proba[1] = calibrators[0].at(scores[0])
		proba[0] = 1 - proba[1]
	default:
		for i := range proba {
			proba[i] = calibrators[i].at(scores[i])
		}
		normalize(proba)
	}
	for i, v := range proba {
		if 1 < v && v <= 1+1e-5 {
			proba[i] = 1
		}
	}
}

// scores returns the scores that are calibrated: the decision function or, without one, the probabilities. Of two
// classes it returns only the second's probability.
func (p *Prediction) scores() []float64 {
	switch {
	case len(p.Decision) > 0:
		return p.Decision
	case len(p.Proba) == 2:
		return p.Proba[1:]
	}
	return p.Proba
}

// at returns the probability for the score.
func (c *Calibrator) at(score float64) float64 {
	if c.Method == Sigmoid {
		return expit(-(float64(c.A*score) + c.B))
	}
	return interpolate(c.X, c.Y, score)
}

// interpolate returns the value at x of the piecewise linear curve through the points, like numpy.interp. Outside the
// points it is the value at the nearest end.
func interpolate(xs, ys []float64, x float64) float64 {
	i := sort.Search(len(xs), func(i int) bool { return !(xs[i] <= x) }) - 1 // last point at or before x
	switch {
	case i < 0:
		return ys[0]
	case i >= len(xs)-1 || xs[i] == x || !(xs[i+1] > xs[i]):
		return ys[min(i, len(ys)-1)]
	}
	slope := (ys[i+1] - ys[i]) / (xs[i+1] - xs[i])
	return float64(slope*(x-xs[i])) + ys[i]
}

// temperature sets proba to the softmax of the scores divided by the temperature. If the scores are probabilities,
// their logarithms are used.
func (c *Calibrator) temperature(q *Prediction, proba []float64) {
	switch {
	case len(q.Decision) == 1:
		proba[0], proba[1] = -q.Decision[0], q.Decision[0]
	case len(q.Decision) > 0:
		copy(proba, q.Decision)
	case len(proba) == 2:
		proba[0], proba[1] = 1-q.Proba[1], q.Proba[1]
	default:
		copy(proba, q.Proba)
	}
	if len(q.Decision) != 1 && areProbabilities(proba) {
		for i, v := range proba {
			proba[i] = math.Log(v + 1e-12)
		}
	}
	for i := range proba {
		proba[i] *= c.A
	}
	softmaxInPlace(proba)
}

// areProbabilities is scikit-learn's guess whether numbers are probabilities or decision values: they are probabilities
// if all are from 0 to 1 and their sum is near 1.
func areProbabilities(v []float64) bool {
	for _, x := range v {
		if !(x >= 0 && x <= 1) {
			return false
		}
	}
	return math.Abs(Sum(v)-1) <= 1e-8+1e-5
}

// encode has the members and, for each of them, the number of its calibrators and the calibrators. A calibrator is its
// method, and then the arrays X and Y for Isotonic, or else A and B.
func (k *Calibrated) encode(c *codec, features int) {
	k.joint.encode(c, features, &k.Members)
	if c.reading {
		k.Calibrators = make([][]Calibrator, len(k.Members))
	}
	for i := range k.Calibrators {
		for j := range list(c, &k.Calibrators[i]) {
			k.Calibrators[i][j].encode(c)
		}
	}
	if c.err == nil && c.reading {
		for i, member := range k.Members {
			checkCalibrators(c, member.Shape(), k.Calibrators[i], k.Members[0].Shape().Classes)
		}
	}
}

// checkCalibrators checks that the calibrators fit the classifier with the shape, and that it has the number of classes
// that the other members have.
func checkCalibrators(c *codec, shape Shape, calibrators []Calibrator, classes int) {
	scores := shape.Decision
	if scores == 0 && shape.Proba {
		scores = shape.Classes
	}
	method := calibrators[0].Method
	need := shape.Classes
	if shape.Classes == 2 || method == Temperature {
		need = 1
	}
	c.check(shape.Classes == classes && classes > 1 && !shape.Multilabel && len(calibrators) == need && scores >= need,
		"%d calibrators for a classifier of %d classes", len(calibrators), shape.Classes)
	for _, each := range calibrators {
		c.check(each.Method == method, "calibrators of several methods")
	}
	c.check(method != Temperature || shape.Decision <= 1 || shape.Decision == classes,
		"a temperature for %d decision values", shape.Decision)
}

func (k *Calibrator) encode(c *codec) {
	enum(c, &k.Method, calibrationEnd)
	if k.Method == Isotonic {
		c.numbersOf(&k.X)
		c.numbersOf(&k.Y)
		c.check(len(k.X) > 0 && len(k.X) == len(k.Y), "a calibration curve of %d and %d numbers", len(k.X), len(k.Y))
		return
	}
	c.float(&k.A)
	c.float(&k.B)
}
