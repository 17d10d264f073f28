// Package sparse holds matrices of which most entries are zero, and the few products that training needs.
//
// Every product gives the same bits however many processors take part: an element of a result is summed by one goroutine, in
// the order of the indices, and nothing is ever added up across goroutines.
package sparse

import "slices"

// Matrix is a compressed sparse row matrix, laid out as SciPy's csr_matrix: the entries of row i are
// Data[Indptr[i]:Indptr[i+1]], in the columns Indices[Indptr[i]:Indptr[i+1]], which ascend.
type Matrix struct {
	Rows, Cols int
	Indptr     []int
	Indices    []int32
	Data       []float64
}

// Row returns the columns and values of row i; both are parts of the matrix.
func (m *Matrix) Row(i int) ([]int32, []float64) {
	lo, hi := m.Indptr[i], m.Indptr[i+1]
	return m.Indices[lo:hi], m.Data[lo:hi]
}

// MulVec sets dst to m·x. It needs len(dst) = Rows and len(x) = Cols.
func (m *Matrix) MulVec(dst, x []float64) {
	Parallel(m.Rows, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			dst[i] = m.rowDot(i, x)
		}
	})
}

// rowDot sums in four lanes, because a processor can start the next addition long before the last one is done.
func (m *Matrix) rowDot(i int, x []float64) float64 {
	columns, values := m.Row(i)
	var a, b, c, d float64
	for len(columns) >= 4 && len(values) >= 4 {
		a += values[0] * x[columns[0]]
		b += values[1] * x[columns[1]]
		c += values[2] * x[columns[2]]
		d += values[3] * x[columns[3]]
		columns, values = columns[4:], values[4:]
	}
	for k, j := range columns {
		a += values[k] * x[j]
	}
	return a + b + (c + d)
}

// Transpose returns the transposed matrix. Its rows are the columns of m, so that what is summed over rows here (as the
// product with the transposed matrix) is a plain MulVec there.
func (m *Matrix) Transpose() *Matrix {
	t := &Matrix{Rows: m.Cols, Cols: m.Rows, Indptr: make([]int, m.Cols+1),
		Indices: make([]int32, len(m.Indices)), Data: make([]float64, len(m.Data))}
	for _, j := range m.Indices {
		t.Indptr[j+1]++
	}
	for j := range m.Cols {
		t.Indptr[j+1] += t.Indptr[j]
	}
	next := slices.Clone(t.Indptr)
	for i := range m.Rows {
		columns, values := m.Row(i)
		for k, j := range columns {
			at := next[j]
			next[j]++
			t.Indices[at], t.Data[at] = int32(i), values[k]
		}
	}
	return t
}

// SelectRows returns the matrix of the rows given, in that order.
func (m *Matrix) SelectRows(rows []int) *Matrix {
	s := &Matrix{Rows: len(rows), Cols: m.Cols, Indptr: make([]int, len(rows)+1)}
	for k, i := range rows {
		s.Indptr[k+1] = s.Indptr[k] + m.Indptr[i+1] - m.Indptr[i]
	}
	s.Indices = make([]int32, s.Indptr[len(rows)])
	s.Data = make([]float64, s.Indptr[len(rows)])
	for k, i := range rows {
		columns, values := m.Row(i)
		copy(s.Indices[s.Indptr[k]:], columns)
		copy(s.Data[s.Indptr[k]:], values)
	}
	return s
}

// SelectColumns returns the matrix of the columns for which to is not negative; column j becomes to[j], and to ascends on
// these.
func (m *Matrix) SelectColumns(to []int32, cols int) *Matrix {
	s := &Matrix{Rows: m.Rows, Cols: cols, Indptr: make([]int, m.Rows+1)}
	for i := range m.Rows {
		columns, _ := m.Row(i)
		n := s.Indptr[i]
		for _, j := range columns {
			if to[j] >= 0 {
				n++
			}
		}
		s.Indptr[i+1] = n
	}
	s.Indices = make([]int32, s.Indptr[m.Rows])
	s.Data = make([]float64, s.Indptr[m.Rows])
	Parallel(m.Rows, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			columns, values := m.Row(i)
			at := s.Indptr[i]
			for k, j := range columns {
				if to[j] >= 0 {
					s.Indices[at], s.Data[at] = to[j], values[k]
					at++
				}
			}
		}
	})
	return s
}

// DocumentFrequency returns for each column in how many rows it has an entry.
func (m *Matrix) DocumentFrequency() []int {
	df := make([]int, m.Cols)
	for _, j := range m.Indices {
		df[j]++
	}
	return df
}

// ColumnSums returns the sum of each column.
func (m *Matrix) ColumnSums() []float64 {
	sums := make([]float64, m.Cols)
	for k, j := range m.Indices {
		sums[j] += m.Data[k]
	}
	return sums
}
