// Package sparse holds matrices of which most entries are zero, and the few products that training needs.
//
// Every product gives the same bits however many processors take part: what is summed is summed in an order that
// depends on the matrix alone.
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

// MulTransVec sets dst to mᵀ·r. It needs len(dst) = Cols and len(r) = Rows.
func (m *Matrix) MulTransVec(dst, r []float64) {
	accumulate(dst, m.Rows, func(sum []float64, lo, hi int) float64 {
		for i := lo; i < hi; i++ {
			m.addRow(sum, i, r[i])
		}
		return 0
	})
}

// MulNormal sets dst to mᵀ·d·(m·x + b), where d stands for a diagonal matrix, and returns the sum of d·(m·x + b).
func (m *Matrix) MulNormal(dst, x []float64, b float64, d []float64) float64 {
	return accumulate(dst, m.Rows, func(sum []float64, lo, hi int) (total float64) {
		for i := lo; i < hi; i++ {
			r := d[i] * (m.rowDot(i, x) + b)
			total += r
			m.addRow(sum, i, r)
		}
		return total
	})
}

// Diagonal sets dst to the diagonal of mᵀ·d·m.
func (m *Matrix) Diagonal(dst, d []float64) {
	accumulate(dst, m.Rows, func(sum []float64, lo, hi int) float64 {
		for i := lo; i < hi; i++ {
			columns, values := m.Row(i)
			for k, j := range columns {
				sum[j] += d[i] * values[k] * values[k]
			}
		}
		return 0
	})
}

// Dims returns the number of rows and columns.
func (m *Matrix) Dims() (rows, cols int) { return m.Rows, m.Cols }

// addRow adds r times row i to sum.
func (m *Matrix) addRow(sum []float64, i int, r float64) {
	columns, values := m.Row(i)
	values = values[:len(columns)]
	for k, j := range columns {
		sum[j] += r * values[k]
	}
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
