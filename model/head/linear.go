package head

import (
	"math"

	"reddit-classifier/model/features"
)

// Linear is a linear classifier: LogisticRegression, SGDClassifier, LinearSVC, RidgeClassifier, Perceptron,
// PassiveAggressiveClassifier, or a naive Bayes classifier, whose joint log likelihood is linear.
type Linear struct {
	// Coef is coef_ by feature: the coefficients of feature f are Coef[f*Stride+Offset:][:Outputs].
	Coef      []float64
	Stride    int
	Offset    int
	Outputs   int
	Intercept []float64 // one for each output
	Link      Link
	Precision Precision
	// Multilabel says that each output decides about a label.
	Multilabel bool
	// Rest says that this represents a OneVsRestClassifier of linear classifiers, in which probabilities that are all 0
	// remain 0.
	Rest bool
	// LastTie says that the last of equal outputs wins, as in OneVsRestClassifier before scikit-learn 1.8.
	LastTie bool
	// Binarize is BernoulliNB's binarize: a value counts as 1 if it is above Threshold, and else as 0.
	Binarize  bool
	Threshold float64
}

// Link says how a linear classifier's decision values become a prediction.
type Link uint8

// The links.
const (
	// LinkNone has no probabilities. A single output decides between two classes by its sign; of several outputs the
	// largest wins.
	LinkNone Link = iota
	// LinkLogistic applies the logistic function to each output. A single output gives the probabilities of two classes;
	// several are divided by their sum (one versus rest).
	LinkLogistic
	// LinkSoftmax is multinomial regression. A single output d counts as two classes, -d and d.
	LinkSoftmax
	// LinkModifiedHuber is SGDClassifier's loss modified_huber.
	LinkModifiedHuber
	// LinkBayes has joint log likelihoods as outputs. There is no decision function.
	LinkBayes
	linkEnd
)

// Precision is the floating-point precision in which scikit-learn computes.
type Precision uint8

// The precisions.
const (
	Double Precision = iota
	// SingleSum has products and sums in single precision, and the rest, from the intercept on, in double.
	SingleSum
	// Single has all operations in single precision.
	Single
	precisionEnd
)

// Shape returns the shape of the predictions.
func (l *Linear) Shape() Shape {
	classes := l.Outputs
	if l.Outputs == 1 && l.Link != LinkBayes && !l.Multilabel {
		classes = 2
	}
	decisions := l.Outputs
	if l.Link == LinkBayes {
		decisions = 0
	}
	return Shape{
		Features:   len(l.Coef) / l.Stride,
		Classes:    classes,
		Proba:      l.Link != LinkNone,
		Decision:   decisions,
		Multilabel: l.Multilabel,
	}
}

// Predict sets p for the document x.
func (l *Linear) Predict(x features.Vector, s *Scratch, p *Prediction) {
	used := s.used
	d := s.alloc(l.Outputs)
	if l.Precision == Double {
		l.sum(x, d)
	} else {
		l.sumSingle(x, d)
	}
	for i := range d {
		if d[i] += l.Intercept[i]; l.Precision == Single {
			d[i] = round(d[i])
		}
	}
	l.Finish(d, p)
	s.used = used
}

// sum sets d to the weighted sums of the coefficients, added in the order of the features, as SciPy multiplies a sparse
// matrix by a dense one.
func (l *Linear) sum(x features.Vector, d []float64) {
	if len(d) == 1 && !l.Binarize {
		d[0] = l.sumOne(x)
		return
	}
	clear(d)
	for i, f := range x.Index {
		row := l.row(f, len(d))
		v := l.value(x.Value[i])
		for k := range row {
			d[k] += float64(v * row[k])
		}
	}
}

// sumOne is sum for a single output.
func (l *Linear) sumOne(x features.Vector) (d float64) {
	for i, f := range x.Index {
		if at := uint64(f)*uint64(l.Stride) + uint64(l.Offset); at < uint64(len(l.Coef)) {
			d += float64(x.Value[i] * l.Coef[at])
		}
	}
	return d
}

func (l *Linear) sumSingle(x features.Vector, d []float64) {
	clear(d)
	for i, f := range x.Index {
		row := l.row(f, len(d))
		v := float32(l.value(x.Value[i]))
		for k := range row {
			product := v * float32(row[k])
			d[k] = float64(float32(d[k]) + product)
		}
	}
}

// row returns the n coefficients of a feature, or nil if the classifier does not have the feature.
func (l *Linear) row(f uint32, n int) []float64 {
	if from := uint64(f)*uint64(l.Stride) + uint64(l.Offset); from+uint64(n) <= uint64(len(l.Coef)) {
		return l.Coef[from:][:n]
	}
	return nil
}

// value returns v, or 1 or 0 if values are binarized.
func (l *Linear) value(v float64) float64 {
	switch {
	case !l.Binarize:
		return v
	case v > l.Threshold:
		return 1
	}
	return 0
}

// Finish sets p to the prediction for the decision values d, one for each output with its intercept. It takes the same
// operations in the same order as scikit-learn.
func (l *Linear) Finish(d []float64, p *Prediction) {
	p.Proba, p.Decision, p.Labels = p.Proba[:0], append(p.Decision[:0], d...), p.Labels[:0]
	p.Label = 0
	switch l.Link {
	case LinkLogistic:
		for _, v := range d {
			p.Proba = append(p.Proba, l.expit(v))
		}
		l.finishIndependent(p)
	case LinkModifiedHuber:
		for _, v := range d {
			p.Proba = append(p.Proba, l.huber(v))
		}
		l.finishIndependent(p)
	case LinkSoftmax:
		p.Proba = l.softmax(p.Proba, d)
	case LinkBayes:
		p.Proba = posterior(p.Proba, d)
		p.Decision = p.Decision[:0]
	}
	switch {
	case l.Multilabel:
		for i := range d {
			if d[i] > 0 {
				p.Labels = append(p.Labels, i)
			}
		}
	case len(d) > 1 && l.LastTie:
		p.Label = lastArgmax(d)
	case len(d) > 1 || l.Link == LinkBayes:
		p.Label = argmax(d)
	case d[0] > 0:
		p.Label = 1
	}
}

// finishIndependent completes probabilities that were computed from each output separately. If there is only one, it
// adds the probability of the first of two classes; several are divided by their sum.
func (l *Linear) finishIndependent(p *Prediction) {
	if l.Multilabel {
		return
	}
	single := l.Precision == Single
	if len(p.Proba) == 1 {
		p.Proba = append(p.Proba, p.Proba[0])
		if p.Proba[0] = 1 - p.Proba[1]; single && l.Link == LinkLogistic {
			p.Proba[0] = round(p.Proba[0])
		}
		if !l.Rest {
			return
		}
	}
	total := Sum(p.Proba)
	if single {
		total = sumSingle(p.Proba)
	}
	for i := range p.Proba {
		switch {
		case total != 0:
			p.Proba[i] /= total
		case !l.Rest:
			p.Proba[i] = 1 / float64(len(p.Proba))
		}
		if single {
			p.Proba[i] = round(p.Proba[i])
		}
	}
}

func (l *Linear) expit(d float64) float64 {
	if l.Precision == Single {
		return expitSingle(d)
	}
	return expit(d)
}

// huber is the probability for SGDClassifier's loss modified_huber. For two classes scikit-learn computes it in double
// precision always.
func (l *Linear) huber(d float64) float64 {
	d = min(max(d, -1), 1) + 1
	if l.Precision == Single && l.Outputs > 1 {
		return round(round(d) / 2)
	}
	return d / 2
}

// softmax appends sklearn.utils.extmath.softmax of d, or of (-d, d) if it is one number.
func (l *Linear) softmax(proba, d []float64) []float64 {
	if l.Precision != Single {
		return softmax(proba, d)
	}
	from := len(proba)
	if proba = append(proba, d...); len(d) == 1 {
		proba = append(proba[:from], -d[0], d[0])
	}
	softmaxSingle(proba[from:])
	return proba
}

// Bias returns the intercept of the decision value for a class. For naive Bayes it is the class's log prior minus the
// mean of the others' log priors, where priors of 0 are left out.
func (l *Linear) Bias(class int) float64 {
	return min(max(l.valueForClass(l.Intercept, class), -math.MaxFloat64), math.MaxFloat64)
}

// Weight returns what a feature with the value 1 adds to the decision value for a class.
func (l *Linear) Weight(feature uint32, class int) float64 {
	return l.valueForClass(l.row(feature, l.Outputs), class)
}

// valueForClass returns the number for a class, from numbers for each output.
func (l *Linear) valueForClass(numbers []float64, class int) float64 {
	switch {
	case len(numbers) == 0:
		return 0
	case len(numbers) == 1:
		return numbers[0]
	case l.Link != LinkBayes:
		return numbers[class]
	}
	sum, n := 0.0, 0
	for k, v := range numbers {
		if k != class && !math.IsInf(l.Intercept[k], -1) {
			sum += v
			n++
		}
	}
	return numbers[class] - sum/float64(max(n, 1))
}

// encode has the fields Outputs, Link, Precision, Multilabel, Rest, LastTie, Binarize and Threshold; the array of the
// coefficients by feature, Outputs for each, unless they are joined with those of others; and the array Intercept.
func (l *Linear) encode(c *codec, features int) {
	c.int(&l.Outputs, maxClasses)
	enum(c, &l.Link, linkEnd)
	enum(c, &l.Precision, precisionEnd)
	c.bool(&l.Multilabel)
	c.bool(&l.Rest)
	c.bool(&l.LastTie)
	c.bool(&l.Binarize)
	c.float(&l.Threshold)
	c.check(!l.Multilabel || l.Link == LinkNone || l.Link == LinkLogistic || l.Link == LinkModifiedHuber,
		"labels of a kind that has none")
	if c.joined != nil {
		c.joined.assignCoef(c, l)
	} else if c.reading {
		l.Stride = l.Outputs
		c.numbersOf(&l.Coef)
		c.check(len(l.Coef) == features*l.Outputs,
			"a linear classifier of %d outputs and %d features has %d coefficients",
			l.Outputs, features, len(l.Coef))
	} else {
		coef := l.contiguousCoef()
		c.numbersOf(&coef)
	}
	array(c, &l.Intercept)
	if c.reading {
		c.check(l.Outputs > 0 && len(l.Intercept) == l.Outputs, "a linear classifier of %d outputs has %d intercepts",
			l.Outputs, len(l.Intercept))
		c.check(c.err != nil || l.interceptsFinite(), "a linear classifier's intercepts are not finite")
	}
}

// interceptsFinite reports whether no intercept can lead to NaN. In naive Bayes, a class without documents has the
// intercept -Inf, the logarithm of its prior.
func (l *Linear) interceptsFinite() bool {
	finite := 0
	for _, v := range l.Intercept {
		switch {
		case v >= -maxNumber && v <= maxNumber:
			finite++
		case l.Link != LinkBayes || !(v < 0):
			return false
		}
	}
	return finite > 0
}

// contiguousCoef returns the coefficients without those of other classifiers between them.
func (l *Linear) contiguousCoef() []float64 {
	if l.Stride == l.Outputs {
		return l.Coef
	}
	var coef []float64
	for from := l.Offset; from+l.Outputs <= len(l.Coef); from += l.Stride {
		coef = append(coef, l.Coef[from:][:l.Outputs]...)
	}
	return coef
}
