// Package head holds the classifiers: what scikit-learn's estimators make of a document's vector.
//
// Each type has the name and the attributes of an estimator, or of several that decide alike, and predicts what
// scikit-learn's predict, predict_proba and decision_function return. Encode writes a classifier as a short program and
// an array of numbers, and Open reads them without a copy of the numbers.
package head

import "reddit-classifier/model/features"

// Prediction is what a classifier says of one document.
type Prediction struct {
	// Proba has one probability for each class, in the order of classes_ (for a multilabel classifier, for each label).
	// It is empty where scikit-learn's class has no predict_proba.
	Proba []float64
	// Decision is decision_function: one number where scikit-learn gives one. It is empty where the class has none.
	Decision []float64
	// Label is the number of the class that predict returns.
	Label int
	// Labels are the labels that a multilabel classifier predicts, by their numbers; empty otherwise.
	Labels []int
}

// Shape says what a classifier's predictions consist of.
type Shape struct {
	Features   int  // of the vectors that the classifier is for; 0 if it takes any
	Classes    int  // classes, or labels
	Proba      bool // Proba has a probability for each class
	Decision   int  // numbers in Decision
	Multilabel bool // Labels holds what is predicted, and Label nothing
}

// Classifier is a fitted classifier. It is immutable and safe for any number of goroutines.
type Classifier interface {
	// Predict sets p for the document x. It reuses p's slices and the scratch, and keeps none of them. Features beyond
	// those of the classifier count nothing.
	Predict(x features.Vector, s *Scratch, p *Prediction)
	// Shape returns the shape of what Predict sets.
	Shape() Shape

	// encode writes the fields to c, or reads them from it, for vectors of that many features.
	encode(c *codec, features int)
}

// Scratch is memory that predictions reuse. The zero value is ready. It serves one prediction at a time.
type Scratch struct {
	floats []float64
	used   int
	nested []*Prediction
	depth  int
	spread []float64 // zeros, between uses

	buffers []*features.Buffer
	opened  int
}

// take returns n numbers of any value, which stay the caller's until it sets s.used back.
func (s *Scratch) take(n int) []float64 {
	if len(s.floats)-s.used < n {
		s.floats, s.used = make([]float64, 2*len(s.floats)+n), 0 // what was taken before stays valid where it is
	}
	s.used += n
	return s.floats[s.used-n : s.used : s.used]
}

// predict has a classifier within another predict, and returns a prediction that stays valid until release.
func (s *Scratch) predict(c Classifier, x features.Vector) *Prediction {
	p := s.next()
	c.Predict(x, s, p)
	return p
}

// next returns a prediction that stays the caller's until release.
func (s *Scratch) next() *Prediction {
	if s.depth == len(s.nested) {
		s.nested = append(s.nested, new(Prediction))
	}
	s.depth++
	return s.nested[s.depth-1]
}

// release gives the last prediction back.
func (s *Scratch) release() { s.depth-- }

// dense writes out a vector of n features. The caller gives it back with clear.
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

// clear gives back what dense returned for x.
func (s *Scratch) clear(x features.Vector, d []float64) {
	for _, f := range x.Index {
		if int(f) < len(d) {
			d[f] = 0
		}
	}
}

// Explained returns the linear classifier whose coefficients explain c's predictions, nil if there is none.
func Explained(c Classifier) *Linear {
	l, _ := c.(*Linear)
	return l
}

// argmax returns the first place of the largest number, as numpy.argmax does.
func argmax(v []float64) int {
	best := 0
	for i := range v {
		if v[i] > v[best] {
			best = i
		}
	}
	return best
}

// InOrder reports whether c adds up what the features contribute in the order in which a vector has them, so that it
// can be given a vector from the last feature to the first.
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
