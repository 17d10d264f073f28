// Package compare has the algorithms that the original was chosen from, to compare them on the same comments. They are
// scikit-learn's of the same name with its defaults, unless said otherwise, for two classes.
//
// No well-kept Go library has them for sparse vectors and as scikit-learn does them, so they are here; logistic
// regression and the support vector machine are package linear's.
package compare

import (
	"context"
	"math"

	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/sparse"
)

// Classifier is trained on vectors and their classes, 0 or 1.
type Classifier interface {
	// Fit trains the classifier. It is an error if a class has no row. If the context is cancelled, the error is the
	// context's.
	Fit(ctx context.Context, x *sparse.Matrix, y []int) error
	// Scores returns a number for each row. The higher it is, the more probable is class 1.
	Scores(x *sparse.Matrix) []float64
}

// Algorithm is a classifier with its name.
type Algorithm struct {
	Name string
	New  func() Classifier
}

// Algorithms are the algorithms that are compared.
var Algorithms = []Algorithm{
	{
		"logistic regression",
		func() Classifier { return &Logistic{Settings: linear.Logistic{C: 1, Balanced: true, Tol: 1e-3}} },
	},
	{"linear SVM", func() Classifier { return &SVM{Settings: linear.SVM{C: 0.1, Balanced: true, Tol: 1e-3}} }},
	{"multinomial naive Bayes", func() Classifier { return &NaiveBayes{Alpha: 1} }},
	{"complement naive Bayes", func() Classifier { return &NaiveBayes{Alpha: 1, Complement: true} }},
	{"k nearest neighbours", func() Classifier { return &Neighbours{K: 25} }},
	{"decision tree", func() Classifier { return &Tree{MaxDepth: 8, MinLeaf: 5} }},
	{"majority class", func() Classifier { return &Majority{} }},
}

// Logistic is logistic regression.
type Logistic struct {
	Settings linear.Logistic
	model    *linear.Model
}

// Fit trains the classifier.
func (l *Logistic) Fit(ctx context.Context, x *sparse.Matrix, y []int) (err error) {
	l.Settings.Watch = func(float64) error { return ctx.Err() }
	l.model, err = l.Settings.Fit(x, y)
	return err
}

// Scores returns the decision function.
func (l *Logistic) Scores(x *sparse.Matrix) []float64 { return l.model.DecisionFunction(x) }

// SVM is the linear support vector machine.
type SVM struct {
	Settings linear.SVM
	model    *linear.Model
}

// Fit trains the classifier.
func (s *SVM) Fit(ctx context.Context, x *sparse.Matrix, y []int) (err error) {
	s.Settings.Watch = func(float64) error { return ctx.Err() }
	s.model, err = s.Settings.Fit(x, y)
	return err
}

// Scores returns the decision function.
func (s *SVM) Scores(x *sparse.Matrix) []float64 { return s.model.DecisionFunction(x) }

// NaiveBayes is MultinomialNB or, with Complement, ComplementNB, which judges a class by what the other one has (J.
// Rennie and others, "Tackling the poor assumptions of naive Bayes text classifiers", ICML 2003).
type NaiveBayes struct {
	Alpha      float64 // added to the count of every feature
	Complement bool

	weights []float64
	offset  float64
}

// Fit trains the classifier.
func (n *NaiveBayes) Fit(_ context.Context, x *sparse.Matrix, y []int) error {
	counts, err := linear.ClassCounts(y)
	if err != nil {
		return err
	}
	var likely [2][]float64 // logarithms of the features' probabilities in each class
	for class := range likely {
		likely[class] = n.logProbabilities(x, y, class)
	}
	n.weights = make([]float64, x.Cols)
	for j := range n.weights {
		n.weights[j] = likely[1][j] - likely[0][j]
	}
	n.offset = 0
	if !n.Complement { // with two classes, ComplementNB does not look at how frequent they are
		n.offset = math.Log(float64(counts[1])) - math.Log(float64(counts[0]))
	}
	return nil
}

func (n *NaiveBayes) logProbabilities(x *sparse.Matrix, y []int, class int) []float64 {
	sums := make([]float64, x.Cols)
	total := 0.0
	for i := range y {
		columns, values := x.Row(i)
		if y[i] == class {
			for k, j := range columns {
				sums[j] += values[k]
			}
		}
	}
	for j := range sums {
		sums[j] += n.Alpha
		total += sums[j]
	}
	for j := range sums {
		sums[j] = math.Log(sums[j] / total)
	}
	return sums
}

// Scores returns the logarithm of the odds of class 1.
func (n *NaiveBayes) Scores(x *sparse.Matrix) []float64 {
	z := make([]float64, x.Rows)
	x.MulVec(z, n.weights)
	for i := range z {
		z[i] += n.offset
	}
	return z
}

// Majority is the baseline: it scores every row with the frequency of class 1, as DummyClassifier(strategy="prior").
type Majority struct{ share float64 }

// Fit trains the classifier.
func (m *Majority) Fit(_ context.Context, _ *sparse.Matrix, y []int) error {
	counts, err := linear.ClassCounts(y)
	m.share = float64(counts[1]) / float64(len(y))
	return err
}

// Scores returns the share of class 1, the same for every row.
func (m *Majority) Scores(x *sparse.Matrix) []float64 {
	scores := make([]float64, x.Rows)
	for i := range scores {
		scores[i] = m.share
	}
	return scores
}
