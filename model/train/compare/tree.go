package compare

import (
	"cmp"
	"context"
	"slices"

	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/sparse"
)

// Tree is DecisionTreeClassifier: CART with Gini's impurity (L. Breiman and others, "Classification and Regression
// Trees", 1984). Of equally good splits it takes the one of the first column and the lowest threshold;
// scikit-learn takes a random one.
type Tree struct {
	MaxDepth int // 0: no limit
	MinLeaf  int // rows that a leaf needs at least; 0 means 1

	ctx   context.Context // of Fit
	nodes []node
}

// node is a question, or a leaf.
type node struct {
	column      int32 // −1 in a leaf
	threshold   float64
	left, right int     // where values of at most the threshold go, and the others
	share       float64 // of class 1
}

// Fit grows the tree.
func (t *Tree) Fit(ctx context.Context, x *sparse.Matrix, y []int) error {
	if _, err := linear.ClassCounts(y); err != nil {
		return err
	}
	rows := make([]int, x.Rows)
	for i := range rows {
		rows[i] = i
	}
	t.ctx, t.nodes = ctx, nil
	t.grow(x, y, rows, 0)
	return ctx.Err()
}

// grow adds the node for rows, and what is below it, and returns its place.
func (t *Tree) grow(x *sparse.Matrix, y, rows []int, depth int) int {
	total := classes(y, rows)
	at := len(t.nodes)
	t.nodes = append(t.nodes, node{column: -1, share: total[1] / float64(len(rows))})
	if total[0] == 0 || total[1] == 0 || t.MaxDepth > 0 && depth == t.MaxDepth {
		return at
	}
	column, threshold, ok := t.bestSplit(x, y, rows, total)
	if !ok {
		return at
	}
	var left, right []int
	for _, i := range rows {
		if value(x, i, column) <= threshold {
			left = append(left, i)
		} else {
			right = append(right, i)
		}
	}
	l := t.grow(x, y, left, depth+1)
	r := t.grow(x, y, right, depth+1)
	n := &t.nodes[at]
	n.column, n.threshold, n.left, n.right = column, threshold, l, r
	return at
}

func classes(y, rows []int) (total [2]float64) {
	for _, i := range rows {
		total[y[i]]++
	}
	return total
}

// valueCounts is an entry of a column, or its zeros together.
type valueCounts struct {
	value  float64
	counts [2]float64
}

// bestSplit returns the split that leaves the children purest; none, once the context is cancelled.
func (t *Tree) bestSplit(x *sparse.Matrix, y, rows []int, total [2]float64) (column int32, threshold float64, ok bool) {
	purest := purity(total, [2]float64{})
	for j, cells := range byColumn(x, y, rows) {
		if len(cells) == 0 {
			continue
		}
		if t.ctx.Err() != nil {
			return 0, 0, false
		}
		slices.SortFunc(cells, func(a, b valueCounts) int { return cmp.Compare(a.value, b.value) })
		split, pure := t.split(withZeros(cells, total), total)
		if pure > purest*(1+1e-12) {
			purest, column, threshold, ok = pure, int32(j), split, true
		}
	}
	return column, threshold, ok
}

// byColumn returns the entries of the rows, by their columns.
func byColumn(x *sparse.Matrix, y, rows []int) [][]valueCounts {
	counts := make([]int, x.Cols)
	entries := 0
	for _, i := range rows {
		columns, _ := x.Row(i)
		entries += len(columns)
		for _, j := range columns {
			counts[j]++
		}
	}
	all, columns := make([]valueCounts, entries), make([][]valueCounts, x.Cols)
	for j, n := range counts {
		columns[j], all = all[:0:n], all[n:]
	}
	for _, i := range rows {
		at, values := x.Row(i)
		for k, j := range at {
			c := valueCounts{value: values[k]}
			c.counts[y[i]] = 1
			columns[j] = append(columns[j], c)
		}
	}
	return columns
}

// withZeros inserts the rows that have no entry in the column.
func withZeros(cells []valueCounts, total [2]float64) []valueCounts {
	zero := valueCounts{counts: total}
	at := 0
	for i, c := range cells {
		zero.counts[0] -= c.counts[0]
		zero.counts[1] -= c.counts[1]
		if c.value < 0 {
			at = i + 1
		}
	}
	if zero.counts[0]+zero.counts[1] == 0 {
		return cells
	}
	return slices.Insert(slices.Clone(cells), at, zero)
}

// split returns the best threshold of one column, and how pure its children are.
func (t *Tree) split(cells []valueCounts, total [2]float64) (threshold, pure float64) {
	var left [2]float64
	least := float64(max(1, t.MinLeaf))
	for k := 0; k+1 < len(cells); k++ {
		left[0] += cells[k].counts[0]
		left[1] += cells[k].counts[1]
		n := left[0] + left[1]
		if cells[k].value == cells[k+1].value || n < least || total[0]+total[1]-n < least {
			continue
		}
		if p := purity(left, [2]float64{total[0] - left[0], total[1] - left[1]}); p > pure {
			pure, threshold = p, cells[k].value/2+cells[k+1].value/2
		}
	}
	return threshold, pure
}

// purity returns a number that is the higher the lower the weighted impurity of two children is.
func purity(a, b [2]float64) (sum float64) {
	for _, c := range [][2]float64{a, b} {
		if n := c[0] + c[1]; n > 0 {
			sum += (c[0]*c[0] + c[1]*c[1]) / n
		}
	}
	return sum
}

func value(x *sparse.Matrix, i int, column int32) float64 {
	columns, values := x.Row(i)
	if k, ok := slices.BinarySearch(columns, column); ok {
		return values[k]
	}
	return 0
}

// Scores returns the share of class 1 in the leaf that a row comes to.
func (t *Tree) Scores(x *sparse.Matrix) []float64 {
	scores := make([]float64, x.Rows)
	for i := range scores {
		n := &t.nodes[0]
		for n.column >= 0 {
			if value(x, i, n.column) <= n.threshold {
				n = &t.nodes[n.left]
			} else {
				n = &t.nodes[n.right]
			}
		}
		scores[i] = n.share
	}
	return scores
}
