package sklearn

import (
	"math"

	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// readLogistic converts a LogisticRegression or a LogisticRegressionCV. Up to release 1.7, multi_class and the solver
// decide whether it is multinomial or one-versus-rest; since 1.8 only the number of classes does.
func readLogistic(a attributes, at position) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	link := head.LinkLogistic
	if a.multinomial(len(classes)) {
		link = head.LinkSoftmax
	}
	return a.linear(classes, link, false, at), classes
}

func (a attributes) multinomial(classes int) bool {
	r, known := releaseOf(a.Object)
	if known && !r.before(1, 8) || !a.Has("multi_class") {
		return classes > 2
	}
	switch method := a.text("multi_class", ""); method {
	case "multinomial":
		return true
	case "ovr", "warn":
	case "auto", "deprecated":
		solver := a.text("solver", "")
		return classes > 2 && solver != "liblinear" && !(solver == "newton-cholesky" && r.before(1, 6))
	default:
		a.p.add("", "multi_class=%q is not supported", method)
	}
	return false
}

// readSGD converts an SGDClassifier. It has probabilities for the losses log_loss and modified_huber.
func readSGD(a attributes, at position) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	link := head.LinkNone
	switch a.text("loss", "hinge") {
	case "log", "log_loss":
		link = head.LinkLogistic
	case "modified_huber":
		link = head.LinkModifiedHuber
	}
	return a.linear(classes, link, false, at), classes
}

// readMargin converts a linear classifier without probabilities.
func readMargin(a attributes, at position) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	return a.linear(classes, head.LinkNone, false, at), classes
}

// readRidge converts a RidgeClassifier or a RidgeClassifierCV. It reads the classes of the LabelBinarizer, because the
// first releases had no others.
func readRidge(a attributes, at position) (head.Classifier, []head.Class) {
	binarizer, err := a.Object.Object("_label_binarizer")
	if err != nil {
		a.p.fail(err)
		return nil, nil
	}
	b := attributes{binarizer, a.p}
	classes := readClasses(b, "classes_")
	l := a.linear(classes, head.LinkNone, isMultilabel(b), at)
	if isMultilabel(b) {
		if r, _ := releaseOf(a.Object); r.before(1, 0) {
			a.p.add("fit it with a newer release",
				"a %s of several labels from before scikit-learn 1.0 is not supported", a.Class)
		}
	}
	return l, classes
}

// isMultilabel reports whether a LabelBinarizer was fitted on multilabel data.
func isMultilabel(binarizer attributes) bool {
	switch binarizer.text("y_type_", "") {
	case "multilabel-indicator", "multilabel-sequences":
		return true
	}
	return false
}

func (a attributes) linear(classes []head.Class, link head.Link, multilabel bool, at position) head.Classifier {
	before := a.p.count()
	coef, rows, columns := a.matrix("coef_")
	if a.p.count() > before {
		return nil
	}
	outputs := len(classes)
	if outputs == 2 && !multilabel {
		outputs = 1
	}
	if rows != outputs || outputs == 0 || columns == 0 {
		a.p.add("", "coef_ is of %d rows and %d columns, for %d classes", rows, columns, len(classes))
		return nil
	}
	l := newLinear(coef, rows, columns, a.intercept("intercept_", rows), link)
	l.Multilabel = multilabel
	if at.in.single && a.isSingle("coef_") {
		l.Precision = a.precision(at.in.dense)
	}
	a.finite("coef_", l.Coef)
	a.finite("intercept_", l.Intercept)
	return l
}

// precision returns the precision in which scikit-learn computes if both vectors and coefficients are float32.
func (a attributes) precision(dense bool) head.Precision {
	if dense {
		a.p.add(doubleAdvice, "products of dense vectors in single precision (coef_ is of float32) are not supported")
	}
	if a.isDouble("intercept_") {
		return head.SingleSum
	}
	return head.Single
}

const doubleAdvice = "fit it on numbers of double precision: the vectorizer's dtype=numpy.float64"

// newLinear returns a linear classifier for coefficients that are ordered by output; it reorders them by feature.
func newLinear(coef []float64, outputs, features int, intercept []float64, link head.Link) *head.Linear {
	l := &head.Linear{Coef: coef, Stride: outputs, Outputs: outputs, Intercept: intercept, Link: link}
	if outputs > 1 {
		l.Coef = make([]float64, len(coef))
		for k := range outputs {
			for f := range features {
				l.Coef[f*outputs+k] = coef[k*features+f]
			}
		}
	}
	return l
}

// intercept returns the n numbers of an attribute that has one number for all outputs, or one for each.
func (a attributes) intercept(name string, n int) []float64 {
	out := make([]float64, n)
	v, _ := a.Attr(name)
	if number, ok := pickle.Number(v); ok {
		for i := range out {
			out[i] = number
		}
		return out
	}
	values, _ := a.floats(name)
	switch len(values) {
	case n:
		copy(out, values)
	case 1:
		for i := range out {
			out[i] = values[0]
		}
	default:
		a.p.add("", "%s has %d numbers, for %d outputs", name, len(values), n)
	}
	return out
}

// finite reports an obstacle if a number is not finite or is above 1e100.
func (a attributes) finite(name string, values []float64) {
	for _, v := range values {
		if !(math.Abs(v) <= 1e100) {
			a.p.add("", "%s of %s holds the number %v", name, a.Class, v)
			return
		}
	}
}

// isSingle reports whether an array or a sparse matrix is of float32.
func (a attributes) isSingle(name string) bool { return a.floatSize(name) == 4 }

func (a attributes) isDouble(name string) bool { return a.floatSize(name) == 8 }

// floatSize returns the size in bytes of the numbers in an array, or 0 if it is not an array of floats.
func (a attributes) floatSize(name string) int {
	v, _ := a.Attr(name)
	if o, ok := v.(*pickle.Object); ok {
		v, _ = o.Attr("data")
	}
	if array, ok := v.(*pickle.Array); ok && array.DType.Kind == 'f' {
		return array.DType.Width
	}
	return 0
}
