package compare

import (
	"cmp"
	"context"
	"slices"

	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/sparse"
)

// Neighbours is KNeighborsClassifier: the share of class 1 among the K rows that are nearest by Euclidean distance, of
// equally near ones those that come first.
type Neighbours struct {
	K int

	columns *sparse.Matrix // the rows learned, transposed
	squares []float64      // of their lengths
	y       []int
}

// Fit stores the rows.
func (n *Neighbours) Fit(_ context.Context, x *sparse.Matrix, y []int) error {
	if _, err := linear.ClassCounts(y); err != nil {
		return err
	}
	n.columns, n.y, n.squares = x.Transpose(), y, make([]float64, x.Rows)
	for i := range n.squares {
		_, values := x.Row(i)
		for _, v := range values {
			n.squares[i] += v * v
		}
	}
	return nil
}

// Scores returns the share of class 1 among the neighbours.
func (n *Neighbours) Scores(x *sparse.Matrix) []float64 {
	scores := make([]float64, x.Rows)
	k := min(n.K, len(n.y))
	sparse.ParallelGrain(x.Rows, 16, func(lo, hi int) { // a row takes long
		distances, order := make([]float64, len(n.y)), make([]int, len(n.y))
		for i := lo; i < hi; i++ {
			n.squaredDistances(distances, x, i)
			for t := range order {
				order[t] = t
			}
			nearest(order, distances, k)
			for _, t := range order[:k] {
				scores[i] += float64(n.y[t]) / float64(k)
			}
		}
	})
	return scores
}

// squaredDistances sets distances to the squared ones of row i, less the square of the row itself, which is the same
// for all.
func (n *Neighbours) squaredDistances(distances []float64, x *sparse.Matrix, i int) {
	copy(distances, n.squares)
	columns, values := x.Row(i)
	for k, j := range columns {
		rows, others := n.columns.Row(int(j))
		for t, row := range rows {
			distances[row] -= 2 * values[k] * others[t]
		}
	}
}

// nearest moves the k nearest to the front. It keeps a sorted list of them, which for few neighbours is fastest.
func nearest(order []int, distances []float64, k int) {
	by := func(a, b int) int { return cmp.Or(cmp.Compare(distances[a], distances[b]), cmp.Compare(a, b)) }
	list := order[:k:k]
	slices.SortFunc(list, by)
	for t := k; t < len(distances); t++ {
		if by(t, list[k-1]) < 0 {
			at, _ := slices.BinarySearchFunc(list, t, by)
			copy(list[at+1:], list[at:k-1])
			list[at] = t
		}
	}
}
