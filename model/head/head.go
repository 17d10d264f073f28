// Package head implements scikit-learn's classifiers for the vectors of package features.
//
// A type has the name and the attributes of a scikit-learn estimator, or of several that predict in the same way. It
// computes what predict, predict_proba and decision_function return. [Encode] writes a classifier as a short program
// and an array of numbers. [Open] reads them back without copying the numbers.
package head

import "reddit-classifier/model/features"

// Prediction is the prediction of a classifier for one document.
type Prediction struct {
	// Proba is predict_proba: one probability for each class, in the order of classes_, or for each label of a multilabel
	// classifier. It is empty if the estimator has no predict_proba.
	Proba []float64
	// Decision is decision_function. It has one number where scikit-learn returns one, such as for two classes, and is
	// empty if the estimator has no decision_function.
	Decision []float64
	// Label is predict: the index of the class in classes_.
	Label int
	// Labels is predict of a multilabel classifier: the indices of the labels, ascending. It is empty for others.
	Labels []int
}

// Shape describes the predictions of a classifier.
type Shape struct {
	Features   int  // number of features of the vectors; 0 if the classifier accepts any
	Classes    int  // number of classes, or of labels
	Proba      bool // Prediction.Proba is set, with Classes numbers
	Decision   int  // length of Prediction.Decision
	Multilabel bool // Prediction.Labels is used instead of Label
}

// Classifier is a fitted classifier. It is immutable and safe for concurrent use.
type Classifier interface {
	// Predict sets p to the prediction for the document x. It reuses the slices of p and the scratch, and retains none of
	// them. Features of x that the classifier does not have are ignored.
	Predict(x features.Vector, s *Scratch, p *Prediction)
	// Shape describes what Predict sets.
	Shape() Shape

	// encode writes the fields to c, or reads them from it, for vectors with that number of features.
	encode(c *codec, features int)
}

// Scratch is memory that predictions reuse. The zero value is ready to use. It must not be used by several predictions
// at the same time.
type Scratch struct {
	floats []float64
	used   int
	nested []*Prediction
	depth  int
	spread []float64 // all zeros when not in use

	buffers []*features.Buffer
	opened  int
}

// alloc returns n numbers with arbitrary values. They belong to the caller until it resets s.used.
func (s *Scratch) alloc(n int) []float64 {
	if len(s.floats)-s.used < n {
		s.floats, s.used = make([]float64, 2*len(s.floats)+n), 0 // slices taken earlier stay valid in the old array
	}
	s.used += n
	return s.floats[s.used-n : s.used : s.used]
}

// predict returns the prediction of a nested classifier, which stays valid until release.
func (s *Scratch) predict(c Classifier, x features.Vector) *Prediction {
	p := s.next()
	c.Predict(x, s, p)
	return p
}

// next returns a prediction that belongs to the caller until release.
func (s *Scratch) next() *Prediction {
	if s.depth == len(s.nested) {
		s.nested = append(s.nested, new(Prediction))
	}
	s.depth++
	return s.nested[s.depth-1]
}

// release returns the last prediction to the scratch.
func (s *Scratch) release() { s.depth-- }

// dense returns x as a dense vector of n features, which the caller returns with clear.
func (s *Scratch) dense(x features.Vector, n int) []float64 {
	if len(s.spread) < n {
		s.spread = make([]float64, n)
	}
	d := s.spread[:n]
	for i, f := range x.Index {
		if int(f) < n {
			d[f] = x.Value[i]
		}
	}
	return d
}

// clear returns the vector that dense made of x.
func (s *Scratch) clear(x features.Vector, d []float64) {
	for _, f := range x.Index {
		if int(f) < len(d) {
			d[f] = 0
		}
	}
}

// Explained returns the linear classifier whose coefficients explain the predictions of c, or nil if there is none.
func Explained(c Classifier) *Linear {
	l, _ := c.(*Linear)
	return l
}

// argmax returns the index of the largest number, the first one if there are several, like numpy.argmax.
func argmax(v []float64) int {
	best := 0
	for i := range v {
		if v[i] > v[best] {
			best = i
		}
	}
	return best
}

// InOrder reports whether c sums the contributions of the features in the order of the vector, so that the vector may
// also be given from the last feature to the first.
func InOrder(c Classifier) bool {
	switch c := c.(type) {
	case *Linear, *Constant, *Forest, *Boosting:
		return true
	case *Calibrated:
		return allInOrder(c.Members)
	case *OneVsRest:
		return allInOrder(c.Members)
	case *OneVsOne:
		return allInOrder(c.Members)
	case *Voting:
		return allInOrder(c.Members)
	}
	return false
}

func allInOrder(members []Classifier) bool {
	for _, member := range members {
		if !InOrder(member) {
			return false
		}
	}
	return true
}
