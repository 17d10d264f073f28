package compare

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/sparse"
)

// dense returns rows of few different values, some of them negative, many zero, and their classes.
func dense(n int, seed uint64) (rows [][]float64, y []int) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		row := make([]float64, 4)
		for j := range row {
			if r.IntN(3) > 0 {
				row[j] = float64(r.IntN(5)-1) / 2
			}
		}
		y = append(y, min(1, max(0, int(math.Round(row[0]+0.3*r.NormFloat64())))))
		if i < 2 {
			y[i] = i
		}
		rows = append(rows, row)
	}
	return rows, y
}

func matrix(rows [][]float64) *sparse.Matrix {
	m := &sparse.Matrix{Rows: len(rows), Cols: len(rows[0]), Indptr: []int{0}}
	for _, row := range rows {
		for j, v := range row {
			if v != 0 {
				m.Indices, m.Data = append(m.Indices, int32(j)), append(m.Data, v)
			}
		}
		m.Indptr = append(m.Indptr, len(m.Indices))
	}
	return m
}

func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d scores, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			t.Errorf("%s: row %d scores %v, want %v", what, i, got[i], want[i])
		}
	}
}

func scores(t *testing.T, c Classifier, rows [][]float64, y []int, unseen [][]float64) []float64 {
	t.Helper()
	if err := c.Fit(t.Context(), matrix(rows), y); err != nil {
		t.Fatal(err)
	}
	return c.Scores(matrix(unseen))
}

// TestNaiveBayes has probabilities counted by hand: class 0 has the features 3 and 1 times in 2 rows, class 1 0 and 2
// times in 1.
func TestNaiveBayes(t *testing.T) {
	rows, y := [][]float64{{1, 1}, {2, 0}, {0, 2}}, []int{0, 0, 1}
	unseen := [][]float64{{1, 0}, {0, 1}, {2, 3}, {0, 0}}
	// With alpha 1: 4/6 and 2/6 of class 0, 1/4 and 3/4 of class 1.
	a, b, prior := math.Log(0.25/(4.0/6)), math.Log(0.75/(2.0/6)), math.Log(1.0/2)
	near(t, "multinomial", scores(t, &NaiveBayes{Alpha: 1}, rows, y, unseen),
		[]float64{a + prior, b + prior, 2*a + 3*b + prior, prior})
	near(t, "complement", scores(t, &NaiveBayes{Alpha: 1, Complement: true}, rows, y, unseen),
		[]float64{a, b, 2*a + 3*b, 0})
	a = math.Log(0.5 / 3 / (3.5 / 5))
	near(t, "alpha", scores(t, &NaiveBayes{Alpha: 0.5, Complement: true}, rows, y, unseen[:1]), []float64{a})
}

// TestNeighbours compares with all distances, sorted. Of equally near rows the first counts.
func TestNeighbours(t *testing.T) {
	rows, y := dense(120, 1)
	unseen, _ := dense(60, 2)
	for _, k := range []int{1, 2, 7, 200} {
		var want []float64
		for _, u := range unseen {
			order := make([]int, len(rows))
			distance := make([]float64, len(rows))
			for i, row := range rows {
				order[i] = i
				for j := range row {
					distance[i] += (row[j] - u[j]) * (row[j] - u[j])
				}
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(distance[a], distance[b]) })
			share, n := 0.0, min(k, len(rows))
			for _, i := range order[:n] {
				share += float64(y[i]) / float64(n)
			}
			want = append(want, share)
		}
		near(t, "neighbours", scores(t, &Neighbours{K: k}, rows, y, unseen), want)
	}
}

// plainTree is CART on dense rows: every threshold of every column is tried.
func plainTree(rows [][]float64, y, at []int, depth, minLeaf int) func(row []float64) float64 {
	var total [2]float64
	for _, i := range at {
		total[y[i]]++
	}
	leaf := func([]float64) float64 { return total[1] / (total[0] + total[1]) }
	impurity := func(c [2]float64) float64 { return c[0] + c[1] - (c[0]*c[0]+c[1]*c[1])/(c[0]+c[1]) }
	best, column, threshold := impurity(total), -1, 0.0
	if depth == 0 || best == 0 {
		return leaf
	}
	for j := range rows[0] {
		var values []float64
		for _, i := range at {
			values = append(values, rows[i][j])
		}
		slices.Sort(values)
		values = slices.Compact(values)
		for k := range len(values) - 1 {
			split := (values[k] + values[k+1]) / 2
			var left [2]float64
			for _, i := range at {
				if rows[i][j] <= split {
					left[y[i]]++
				}
			}
			right := [2]float64{total[0] - left[0], total[1] - left[1]}
			if min(left[0]+left[1], right[0]+right[1]) < float64(minLeaf) {
				continue
			}
			if v := impurity(left) + impurity(right); v < best-1e-9 {
				best, column, threshold = v, j, split
			}
		}
	}
	if column < 0 {
		return leaf
	}
	var left, right []int
	for _, i := range at {
		if rows[i][column] <= threshold {
			left = append(left, i)
		} else {
			right = append(right, i)
		}
	}
	l, r := plainTree(rows, y, left, depth-1, minLeaf), plainTree(rows, y, right, depth-1, minLeaf)
	return func(row []float64) float64 {
		if row[column] <= threshold {
			return l(row)
		}
		return r(row)
	}
}

// TestTree compares with a tree that tries every split of dense rows.
func TestTree(t *testing.T) {
	unseen, _ := dense(80, 9)
	for seed := range uint64(20) {
		rows, y := dense(60, seed)
		all := make([]int, len(rows))
		for i := range all {
			all[i] = i
		}
		for _, c := range []Tree{{MaxDepth: 1}, {MaxDepth: 3, MinLeaf: 5}, {MinLeaf: 2}, {}, {MinLeaf: 30}, {MinLeaf: 31}} {
			depth := c.MaxDepth
			if depth == 0 {
				depth = 100
			}
			predict := plainTree(rows, y, all, depth, max(1, c.MinLeaf))
			var want []float64
			for _, row := range unseen {
				want = append(want, predict(row))
			}
			near(t, "tree", scores(t, &c, rows, y, unseen), want)
		}
	}
}

// TestMajority scores every row with the share of class 1.
func TestMajority(t *testing.T) {
	near(t, "majority", scores(t, &Majority{}, [][]float64{{1}, {2}, {3}, {4}}, []int{0, 1, 0, 0}, [][]float64{{9}, {0}}),
		[]float64{0.25, 0.25})
}

// TestSettings are those that the documentation names.
func TestSettings(t *testing.T) {
	for i, want := range []Classifier{
		&Logistic{Settings: linear.Logistic{C: 1, Balanced: true, Tol: 1e-3}},
		&SVM{Settings: linear.SVM{C: 0.1, Balanced: true, Tol: 1e-3}},
		&NaiveBayes{Alpha: 1}, &NaiveBayes{Alpha: 1, Complement: true}, &Neighbours{K: 25},
		&Tree{MaxDepth: 8, MinLeaf: 5}, &Majority{},
	} {
		rows, y := dense(100, 3)
		unseen, _ := dense(40, 4)
		near(t, Algorithms[i].Name, scores(t, Algorithms[i].New(), rows, y, unseen), scores(t, want, rows, y, unseen))
	}
}
