package sparse

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// both makes a tally with weights, of some of its rows, and the same matrix written down.
func both(rows, cols int) (*Weighted, *Matrix) {
	r := rand.New(rand.NewPCG(5, 6))
	t := NewTally(cols, rows, 0, 0)
	w := &Weighted{Value: []float64{0, 1, 1.5, 1.75, 2}}
	m := &Matrix{Cols: cols, Indptr: []int{0}}
	for i := range rows {
		taken := i%5 != 2
		scale := 0.5 + r.Float64()
		for j := range cols {
			count := max(0, r.IntN(9)-4)
			if count == 0 {
				continue
			}
			t.Add(int32(j), int32(count))
			if taken {
				m.Indices, m.Data = append(m.Indices, int32(j)), append(m.Data, scale*w.Value[count])
			}
		}
		t.EndRow()
		if taken {
			w.Select, w.Scale = append(w.Select, int32(i)), append(w.Scale, scale)
			m.Rows++
			m.Indptr = append(m.Indptr, len(m.Indices))
		}
	}
	w.Tally = t
	return w, m
}

// TestWeighted compares with the matrix, and each product with itself on several processors.
func TestWeighted(t *testing.T) {
	for _, rows := range []int{1, 70, 6000} {
		w, m := both(rows, 40)
		r := rand.New(rand.NewPCG(7, 8))
		x, d := make([]float64, m.Cols), make([]float64, m.Rows)
		for j := range x {
			x[j] = r.NormFloat64()
		}
		for i := range d {
			d[i] = r.Float64()
		}
		for name, product := range map[string]struct {
			size         int
			ours, theirs func(dst []float64)
		}{
			"MulVec": {m.Rows, func(dst []float64) { w.MulVec(dst, x) }, func(dst []float64) { m.MulVec(dst, x) }},
			"MulTransVec": {m.Cols, func(dst []float64) { w.MulTransVec(dst, d) },
				func(dst []float64) { m.MulTransVec(dst, d) }},
			"MulNormal": {m.Cols + 1, func(dst []float64) { dst[m.Cols] = w.MulNormal(dst[:m.Cols], x, -0.7, d) },
				func(dst []float64) { dst[m.Cols] = m.MulNormal(dst[:m.Cols], x, -0.7, d) }},
			"Diagonal": {m.Cols, func(dst []float64) { w.Diagonal(dst, d) }, func(dst []float64) { m.Diagonal(dst, d) }},
		} {
			want := make([]float64, product.size)
			product.theirs(want)
			var first []float64
			for _, n := range []int{1, 2, 7} {
				before := runtime.GOMAXPROCS(n)
				got := make([]float64, product.size)
				product.ours(got)
				runtime.GOMAXPROCS(before)
				if first == nil {
					first = got
				}
				if !slices.Equal(got, first) {
					t.Errorf("%s: other bits on %d processors", name, n)
				}
			}
			for k, v := range want {
				if math.Abs(first[k]-v) > 1e-9*max(1, math.Abs(v)) {
					t.Fatalf("%d rows, %s: %d is %v, want %v", rows, name, k, first[k], v)
				}
			}
		}
	}
}

func TestTally(t *testing.T) {
	a := NewTally(4, 2, 0, 0)
	a.Add(3, 1)
	a.Add(1, 5)
	a.EndRow()
	a.EndRow()
	b := NewTally(4, 1, 0, 0)
	b.Add(0, 2)
	b.Add(2, 1)
	b.EndRow()
	a.Append(b)
	s := a.SelectColumns([]int32{1, -1, 0, 2}, 3)
	ones, more, times := s.Row(2)
	if a.Rows != 3 || a.Most() != 5 || s.Rows != 3 || s.Most() != 2 || !slices.Equal(ones, []int32{0}) ||
		!slices.Equal(more, []int32{1}) || !slices.Equal(times, []int32{2}) {
		t.Errorf("%+v, of which some columns are %+v", a, s)
	}
	if ones, more, _ := a.Row(1); len(ones)+len(more) != 0 {
		t.Error("the empty row is not")
	}
}

func TestTranspose(t *testing.T) {
	_, m := both(50, 7)
	x := make([]float64, m.Rows)
	for i := range x {
		x[i] = float64(i)
	}
	got, want := make([]float64, m.Cols), make([]float64, m.Cols)
	m.Transpose().MulVec(got, x)
	m.MulTransVec(want, x)
	for j := range want {
		if math.Abs(got[j]-want[j]) > 1e-9 {
			t.Errorf("column %d: %v and %v", j, got[j], want[j])
		}
	}
}
