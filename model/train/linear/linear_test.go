package linear

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"reddit-classifier/model/train/sparse"
)

// task makes vectors of which some columns speak for a class.
func task(seed uint64, rows, cols int) (*sparse.Matrix, []int) {
	r := rand.New(rand.NewPCG(seed, 0))
	m := &sparse.Matrix{Rows: rows, Cols: cols, Indptr: []int{0}}
	y := make([]int, rows)
	for i := range rows {
		y[i] = i % 2
		for j := range cols {
			if r.IntN(12) <= y[i]*(j%3) {
				m.Indices, m.Data = append(m.Indices, int32(j)), append(m.Data, r.Float64())
			}
		}
		m.Indptr = append(m.Indptr, len(m.Indices))
	}
	return m, y
}

// TestOptimum checks what makes a point the optimum, whatever found it: there the slope of what is minimised is 0.
func TestOptimum(t *testing.T) {
	x, y := task(1, 600, 80)
	for _, c := range []float64{0.01, 1, 100} {
		m, err := Logistic{C: c}.Fit(x, y)
		if err != nil || !m.Converged {
			t.Fatalf("C=%g: %v, converged %v", c, err, m.Converged)
		}
		slope := append(slices.Clone(m.Coef), 0)
		for i, z := range m.DecisionFunction(x) {
			residual := c * (1/(1+math.Exp(-z)) - float64(y[i]))
			addToSlope(slope, x, i, residual)
		}
		for j, g := range slope {
			if math.Abs(g) > 1e-8*c*float64(len(y)) {
				t.Errorf("C=%g: the slope of variable %d is %g", c, j, g)
			}
		}
	}
}

// addToSlope adds what row i contributes: residual times its values, and residual for the intercept, which comes last.
func addToSlope(slope []float64, x *sparse.Matrix, i int, residual float64) {
	columns, values := x.Row(i)
	for k, j := range columns {
		slope[j] += residual * values[k]
	}
	slope[x.Cols] += residual
}

// TestOptimumOfSVM is TestOptimum for the squared hinge loss, whose intercept is regularised like a weight, with and
// without balanced classes.
func TestOptimumOfSVM(t *testing.T) {
	x, y := task(5, 600, 80)
	y[1], y[3], y[5] = 0, 0, 0 // not as many of each class
	var counts [2]float64
	for _, class := range y {
		counts[class]++
	}
	for _, balanced := range []bool{false, true} {
		const c = 0.3
		m, err := SVM{C: c, Balanced: balanced}.Fit(x, y)
		if err != nil || !m.Converged {
			t.Fatalf("balanced %t: %v, converged %v", balanced, err, m.Converged)
		}
		slope := append(slices.Clone(m.Coef), m.Intercept)
		for i, z := range m.DecisionFunction(x) {
			sign, cost := float64(2*y[i]-1), c
			if balanced {
				cost *= float64(len(y)) / (2 * counts[y[i]])
			}
			residual := -2 * cost * sign * max(0, 1-sign*z)
			addToSlope(slope, x, i, residual)
		}
		for j, g := range slope {
			if math.Abs(g) > 1e-7*c*float64(len(y)) {
				t.Errorf("balanced %t: the slope of variable %d is %g", balanced, j, g)
			}
		}
	}
}

// TestWatch: what is done only grows, up to the end, and an error ends the fit.
func TestWatch(t *testing.T) {
	x, y := task(3, 600, 80)
	var shares []float64
	if _, err := (Logistic{Watch: func(share float64) error { shares = append(shares, share); return nil }}).Fit(x,
		y); err != nil {
		t.Fatal(err)
	}
	if n := len(shares); n < 3 || !slices.IsSorted(shares) || shares[0] != 0 || shares[n-1] < 0.5 || shares[n-1] > 1 {
		t.Errorf("%v", shares)
	}
	enough := errors.New("enough")
	passes := 0
	if _, err := (Logistic{Watch: func(float64) error { passes++; return enough }}).Fit(x, y); err != enough ||
		passes != 1 {
		t.Errorf("error %v after %d passes", err, passes)
	}
}

// TestSameBits fits with one processor and with several.
func TestSameBits(t *testing.T) {
	x, y := task(2, 3000, 50)
	var first *Model
	for _, n := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(n)
		m, err := Logistic{C: 1, Balanced: true}.Fit(x, y)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = m
		}
		if !slices.Equal(m.Coef, first.Coef) || m.Intercept != first.Intercept {
			t.Errorf("%d processors give other bits than 1", n)
		}
	}
}

func TestBadTasks(t *testing.T) {
	x, y := task(3, 20, 5)
	for name, c := range map[string]struct {
		fit  Logistic
		y    []int
		want string
	}{
		"one class":    {Logistic{C: 1}, make([]int, 20), "no row is of class 1"},
		"a third":      {Logistic{C: 1}, append([]int{2}, y[1:]...), "neither 0 nor 1"},
		"labels short": {Logistic{C: 1}, y[:10], "20 rows, but 10 labels"},
		"negative C":   {Logistic{C: -1}, y, "option C must be above 0"},
	} {
		if _, err := c.fit.Fit(x, c.y); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// TestSeparable has classes that a line divides, where without regularisation there would be no optimum.
func TestSeparable(t *testing.T) {
	x := &sparse.Matrix{Rows: 4, Cols: 1, Indptr: []int{0, 1, 2, 3, 4}, Indices: []int32{0, 0, 0, 0},
		Data: []float64{-2, -1, 1, 2}}
	for _, c := range []float64{1, 1e6} {
		m, err := Logistic{C: c}.Fit(x, []int{0, 0, 1, 1})
		if err != nil || !m.Converged || math.IsNaN(m.Coef[0]) || m.Coef[0] <= 0 {
			t.Errorf("C=%g: %+v, %v", c, m, err)
		}
	}
}

func BenchmarkLogistic(b *testing.B) {
	x, y := task(4, 5000, 400)
	for b.Loop() {
		if _, err := (Logistic{C: 1, Balanced: true}).Fit(x, y); err != nil {
			b.Fatal(err)
		}
	}
}
