package head

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/features"
)

// TestInOrder predicts a vector in reverse order. Its sums are exact in any order.
func TestInOrder(t *testing.T) {
	ascending := features.Vector{Index: []uint32{0, 1, 3}, Value: []float64{1, 0.5, 2}}
	descending := features.Vector{Index: []uint32{3, 1, 0}, Value: []float64{2, 0.5, 1}}
	var s Scratch
	n := 0
	for name, c := range samples() {
		if !InOrder(c) {
			continue
		}
		n++
		var p, q Prediction
		c.Predict(ascending, &s, &p)
		c.Predict(descending, &s, &q)
		if diff := cmp.Diff(p, q); diff != "" {
			t.Errorf("%s: another prediction from the last feature to the first:\n%s", name, diff)
		}
	}
	if n < 10 || InOrder(samples()["svc rbf"]) || InOrder(samples()["pipeline"]) {
		t.Errorf("%d classifiers take any order", n)
	}
}

// TestInOrderSums checks that a sum that depends on the order is added in the order of the vector.
func TestInOrderSums(t *testing.T) {
	l := &Linear{Coef: []float64{1e16, 1, -1e16}, Stride: 1, Outputs: 1, Intercept: []float64{0}}
	for _, test := range []struct {
		index []uint32
		want  float64
	}{{[]uint32{0, 1, 2}, 0}, {[]uint32{2, 1, 0}, 0}, {[]uint32{0, 2, 1}, 1}} {
		var p Prediction
		l.Predict(features.Vector{Index: test.index, Value: []float64{1, 1, 1}}, new(Scratch), &p)
		if p.Decision[0] != test.want {
			t.Errorf("%v: %v, want %v", test.index, p.Decision[0], test.want)
		}
	}
}

func TestTranspose(t *testing.T) {
	// 0 3 0
	// 1 0 2
	start, index, value := Transpose([]int32{0, 1, 3}, []int32{1, 0, 2}, []float64{3, 1, 2}, 3)
	if diff := cmp.Diff([]int32{0, 1, 2, 3}, start); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{1, 0, 1}, index); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{1, 3, 2}, value); diff != "" {
		t.Error(diff)
	}
}

// TestExpSingle has results of NumPy on x86-64, whose function is off by up to 2.5 units in the last place.
func TestExpSingle(t *testing.T) {
	for _, test := range []struct{ x, want float32 }{
		{0, 1}, {-1.e+00, 3.6787942e-01}, {-5.e-01, 6.0653067e-01},
		{-2.025e+01, 1.6052282e-09}, {-8.75e+01, 9.982351e-39}, {-1.005e+02, 2.2e-44},
		{3.7e+00, 4.0447308e+01}, {-4.406383e+00, 1.2199222e-02}, {-2.3272378e+00, 9.756487e-02},
		{-1.657943e+00, 1.9053048e-01}, {-3.5264788e+00, 2.9408285e-02}, {-104, 0},
	} {
		if got := float32(expSingle(float64(test.x))); got != test.want {
			t.Errorf("exp(%v) = %v, want %v", test.x, got, test.want)
		}
	}
}
