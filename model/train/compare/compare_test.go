package compare

import (
	"context"
	"slices"
	"testing"

	"reddit-classifier/model/train/sparse"
)

// TestAlgorithmsLearn: all but the majority tell apart what is easy to tell apart, and none takes one class for two.
func TestAlgorithmsLearn(t *testing.T) {
	x := &sparse.Matrix{Rows: 60, Cols: 3, Indptr: []int{0}}
	y := make([]int, 60)
	for i := range y {
		y[i] = i % 2
		x.Indices = append(x.Indices, int32(y[i]), 2)
		x.Data = append(x.Data, 1, float64(i)/60)
		x.Indptr = append(x.Indptr, len(x.Indices))
	}
	for _, a := range Algorithms {
		c := a.New()
		if err := c.Fit(t.Context(), x, y); err != nil {
			t.Fatal(err)
		}
		scores := c.Scores(x)
		for i := range y {
			if want := a.Name != "majority class"; i > 0 && y[i] != y[0] && scores[i] > scores[0] != want {
				t.Errorf("%s scores row %d (class 1) %v, row 0 (class 0) %v", a.Name, i, scores[i], scores[0])
			}
		}
		if err := a.New().Fit(t.Context(), x, make([]int, 60)); err == nil {
			t.Errorf("%s learns from one class", a.Name)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.New().Fit(ctx, x, y); err != nil && err != context.Canceled ||
			err == nil && slices.Contains([]string{"logistic regression", "linear SVM", "decision tree"}, a.Name) {
			t.Errorf("%s, cancelled: error %v", a.Name, err)
		}
	}
}

func TestNearest(t *testing.T) {
	order := []int{0, 1, 2, 3, 4, 5}
	nearest(order, []float64{5, 3, 4, 3, 1, 9}, 3)
	if order[0] != 4 || order[1] != 1 || order[2] != 3 {
		t.Errorf("%v, want 4 1 3", order[:3])
	}
}
