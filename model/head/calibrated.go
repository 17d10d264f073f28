package head

import (
	"math"
	"sort"

	"reddit-classifier/model/features"
)

// Calibrated is CalibratedClassifierCV: the mean of several classifiers' calibrated probabilities.
type Calibrated struct {
	Members []Classifier // of calibrated_classifiers_
	// Calibrators turn each member's scores into probabilities: one for each class, or one for two classes or for a
	// temperature.
	Calibrators [][]Calibrator

	joint joint
}

// Calibrator turns a score into a probability.
type Calibrator struct {
	Method CalibrationMethod
	A, B   float64   // sigmoid: a_ and b_; temperature: A is beta_
	X, Y   []float64 // isotonic: the points of the curve, X ascending
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
	mean, proba := s.take(n), s.take(n)
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

// calibrate sets proba to the calibrated probabilities of a prediction.
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

// scores returns what calibration starts from: the decision function, or else the probabilities, of two classes the
// second's.
func (p *Prediction) scores() []float64 {
	switch {
	case len(p.Decision) > 0:
		return p.Decision
	case len(p.Proba) == 2:
		return p.Proba[1:]
	}
	return p.Proba
}

// at returns the probability for a score.
func (c *Calibrator) at(score float64) float64 {
	if c.Method == Sigmoid {
		return expit(-(float64(c.A*score) + c.B))
	}
	return interpolate(c.X, c.Y, score)
}

// interpolate returns the height of a curve of straight lines at x, as numpy.interp does. Outside, it is that of the
// nearest end.
func interpolate(xs, ys []float64, x float64) float64 {
	i := sort.Search(len(xs), func(i int) bool { return !(xs[i] <= x) }) - 1 // the last point at x or before
	switch {
	case i < 0:
		return ys[0]
	case i >= len(xs)-1 || xs[i] == x || !(xs[i+1] > xs[i]):
		return ys[min(i, len(ys)-1)]
	}
	slope := (ys[i+1] - ys[i]) / (xs[i+1] - xs[i])
	return float64(slope*(x-xs[i])) + ys[i]
}

// temperature sets proba to the softmax of the scores divided by the temperature. Scores that are probabilities count
// by their logarithms.
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

// areProbabilities is scikit-learn's guess whether numbers are probabilities or a decision function: from 0 to 1, with
// a sum near 1.
func areProbabilities(v []float64) bool {
	for _, x := range v {
		if !(x >= 0 && x <= 1) {
			return false
		}
	}
	return math.Abs(Sum(v)-1) <= 1e-8+1e-5
}

// encode has the members and, for each, the number of its calibrators and the calibrators: the method, and then the
// arrays X and Y for Isotonic, otherwise A and B.
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

// checkCalibrators checks that calibrators fit the classifier, and that it has as many classes as the others.
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
