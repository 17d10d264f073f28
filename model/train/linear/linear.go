// Package linear fits linear classifiers of two classes: logistic regression, and the support vector machine with
// squared hinge loss. Both minimise
//
//	½·wᵀw + Σᵢ Cᵢ·loss(yᵢ·(w·xᵢ + b)),   yᵢ ∈ {−1, +1}
//
// which is what scikit-learn's LogisticRegression and LinearSVC minimise, so that at a tight tolerance the optimum is
// theirs.
package linear

import (
	"errors"
	"fmt"
	"math"
)

// Matrix is what a classifier is fitted to, a row for each comment: a sparse.Matrix, or a matrix that is computed from
// something smaller. In the products d stands for a diagonal matrix.
type Matrix interface {
	Dims() (rows, cols int)
	// MulVec sets dst to M·x.
	MulVec(dst, x []float64)
	// MulTransVec sets dst to Mᵀ·r.
	MulTransVec(dst, r []float64)
	// MulNormal sets dst to Mᵀ·d·(M·x + b), and returns the sum of d·(M·x + b).
	MulNormal(dst, x []float64, b float64, d []float64) float64
	// Diagonal sets dst to the diagonal of Mᵀ·d·M, or to positive numbers near it: how fast a fit is depends on them, its
	// result does not.
	Diagonal(dst, d []float64)
}

// Logistic holds the settings of a logistic regression, under scikit-learn's names.
type Logistic struct {
	C        float64 // inverse strength of the regularisation, above 0; 0 means 1
	Balanced bool    // class_weight="balanced": classes weigh inversely to how often they occur
	Tol      float64 // stop when the gradient's norm is below Tol times the one at the start; 0 means 1e-10
	MaxIter  int     // Newton steps at most; 0 means 200
	// Watch, unless nil, is called after every pass over the rows with the approximate share of the fit that is done. Its
	// error ends the fit.
	Watch func(share float64) error
}

// SVM holds the settings of a linear support vector machine: LinearSVC with loss="squared_hinge" and
// intercept_scaling=1, whose intercept is regularised like a weight.
type SVM struct {
	C        float64
	Balanced bool
	Tol      float64
	MaxIter  int
	Watch    func(share float64) error
}

// Model is a fitted linear classifier. The decision function is Coef·x + Intercept; above 0 it speaks for class 1.
type Model struct {
	Coef       []float64
	Intercept  float64
	Iterations int  // Newton steps taken
	Converged  bool // the tolerance was reached
}

// DecisionFunction returns Coef·x + Intercept for every row.
func (m *Model) DecisionFunction(x Matrix) []float64 {
	rows, _ := x.Dims()
	z := make([]float64, rows)
	x.MulVec(z, m.Coef)
	for i := range z {
		z[i] += m.Intercept
	}
	return z
}

// Fit fits the model to the rows of x and their classes, 0 or 1.
func (l Logistic) Fit(x Matrix, y []int) (*Model, error) {
	return fit(x, y, problem{c: l.C, balanced: l.Balanced, loss: logLoss, watch: l.Watch}, l.Tol, l.MaxIter)
}

// Fit fits the model to the rows of x and their classes, 0 or 1.
func (s SVM) Fit(x Matrix, y []int) (*Model, error) {
	return fit(
		x,
		y,
		problem{c: s.C, balanced: s.Balanced, loss: squaredHinge, penaliseIntercept: true, watch: s.Watch},
		s.Tol,
		s.MaxIter,
	)
}

// A loss returns value, first and second derivative at the margin m = y·(w·x + b).
type loss func(m float64) (value, slope, curvature float64)

// logLoss is log(1 + exp(−m)), computed without overflow.
func logLoss(m float64) (value, slope, curvature float64) {
	e := math.Exp(-math.Abs(m))
	value = math.Log1p(e)
	p := e / (1 + e) // probability of the class that is not the margin's sign
	if m < 0 {
		value -= m
		return value, -1 / (1 + e), p / (1 + e)
	}
	return value, -p, p / (1 + e)
}

// squaredHinge is max(0, 1−m)². Its second derivative jumps at 1; the generalised one that is used there is
// Mangasarian's, "A finite Newton method for classification" (2002).
func squaredHinge(m float64) (value, slope, curvature float64) {
	if m >= 1 {
		return 0, 0, 0
	}
	return (1 - m) * (1 - m), -2 * (1 - m), 2
}

// ClassCounts returns how many of y are 0 and 1. It is an error if a class is missing or a value is neither.
func ClassCounts(y []int) (counts [2]int, err error) {
	for i, c := range y {
		if c != 0 && c != 1 {
			return counts, fmt.Errorf("label %d of row %d is neither 0 nor 1", c, i)
		}
		counts[c]++
	}
	for class, n := range counts {
		if n == 0 {
			return counts, fmt.Errorf("no row is of class %d: both classes are needed to learn what tells them apart", class)
		}
	}
	return counts, nil
}

func fit(x Matrix, y []int, p problem, tol float64, maxIter int) (*Model, error) {
	if rows, _ := x.Dims(); rows != len(y) {
		return nil, fmt.Errorf("%d rows, but %d labels", rows, len(y))
	}
	counts, err := ClassCounts(y)
	if err != nil {
		return nil, err
	}
	if p.c == 0 {
		p.c = 1
	}
	if p.c < 0 || math.IsNaN(p.c) || math.IsInf(p.c, 0) {
		return nil, errors.New("option C must be above 0")
	}
	if tol == 0 {
		tol = 1e-10
	}
	if maxIter == 0 {
		maxIter = 200
	}
	p.tol = tol
	if p.watch == nil {
		p.watch = func(float64) error { return nil }
	}
	p.prepare(x, y, counts)
	return p.newton(maxIter)
}
