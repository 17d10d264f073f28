package tfidf

import (
	"cmp"
	"math"
	"slices"

	"reddit-classifier/model/train/sparse"
)

// Transform returns the vectors of rows of the counts that the vectorizer was fitted on; of all of them if rows is nil.
func (v *Vectorizer) Transform(c *Counts, rows []int) *sparse.Matrix {
	x := newTable(c.Frequencies(nil), rows, v).Vectors(v, nil)
	n, cols := x.Dims()
	m := &sparse.Matrix{Rows: n, Cols: cols, Indptr: make([]int, n+1)}
	type entry struct {
		column int32
		value  float64
	}
	var row []entry
	for k := range n {
		row = row[:0]
		x.each(k, func(column int32, value float64) { row = append(row, entry{x.term[column], value}) })
		slices.SortFunc(row, func(a, b entry) int { return cmp.Compare(a.column, b.column) })
		for _, e := range row {
			m.Indices, m.Data = append(m.Indices, e.column), append(m.Data, e.value)
		}
		m.Indptr[k+1] = len(m.Indices)
	}
	return m
}

// Table holds the counts of the n-grams that some vectorizers have chosen. The most frequent n-grams come first, so
// that their numbers lie close together in the processor's caches.
type Table struct {
	*sparse.Tally
	columns []int32 // of the counts
}

// NewTable returns the table for vectorizers that were fitted on the counts whose frequencies are given.
func NewTable(all *Frequencies, vectorizers ...*Vectorizer) *Table {
	return newTable(all, nil, vectorizers...)
}

// newTable has only some rows, unless they are nil.
func newTable(all *Frequencies, rows []int, vectorizers ...*Vectorizer) *Table {
	c, df := all.counts, all.df
	t := &Table{}
	to := make([]int32, c.Cols)
	for _, v := range vectorizers {
		for j, term := range v.column {
			if term >= 0 {
				to[j] = 1
			}
		}
	}
	for j, chosen := range to {
		if to[j] = -1; chosen == 1 {
			t.columns = append(t.columns, int32(j))
		}
	}
	slices.SortStableFunc(t.columns, func(a, b int32) int { return df[b] - df[a] })
	for k, j := range t.columns {
		to[j] = int32(k)
	}
	t.Tally = c.selectColumns(to, len(t.columns), rows)
	return t
}

// Vectors are the TF-IDF vectors of documents, a linear.Matrix that is not stored: an entry is computed as the term
// frequency times the idf, divided by the norm of the document.
type Vectors struct {
	tally sparse.Weighted
	term  []int32   // by column of the table: the vectorizer's term, or −1
	idf   []float64 // by column of the table; 0 where there is no term
	terms int
}

// Vectors returns the vectors of rows; of all of them if rows is nil.
func (t *Table) Vectors(v *Vectorizer, rows []int) *Vectors {
	x := &Vectors{tally: sparse.Weighted{Tally: t.Tally, Value: v.Options.termFrequencies(t.Most())},
		term: make([]int32, t.Cols),
		idf:  make([]float64, t.Cols), terms: v.size}
	if rows != nil {
		x.tally.Select = make([]int32, len(rows))
		for k, i := range rows {
			x.tally.Select[k] = int32(i)
		}
	}
	for j, column := range t.columns {
		x.term[j] = v.column[column]
		switch {
		case x.term[j] < 0:
		case v.IDF == nil:
			x.idf[j] = 1
		default:
			x.idf[j] = v.IDF[x.term[j]]
		}
	}
	x.normalise(v.Options.Norm)
	return x
}

// normalise divides the vectors by their norms.
func (x *Vectors) normalise(norm Norm) {
	if norm == NoNorm {
		return
	}
	// The sum of the values, or of their squares: a product too.
	w, weight := x.tally, x.idf
	if norm == L2 {
		w.Value, weight = squares(w.Value), squares(weight)
	}
	x.tally.Scale = make([]float64, w.Len())
	w.MulVec(x.tally.Scale, weight)
	for k, length := range x.tally.Scale {
		if norm == L2 {
			length = math.Sqrt(length)
		}
		if length != 0 {
			x.tally.Scale[k] = 1 / length
		}
	}
}

func squares(values []float64) []float64 {
	s := make([]float64, len(values))
	for i, v := range values {
		s[i] = v * v
	}
	return s
}

// each calls f for the entries of row k.
func (x *Vectors) each(k int, f func(column int32, value float64)) {
	scale := 1.0
	if x.tally.Scale != nil {
		scale = x.tally.Scale[k]
	}
	i := k
	if x.tally.Select != nil {
		i = int(x.tally.Select[k])
	}
	ones, more, times := x.tally.Row(i)
	for _, j := range ones {
		if x.term[j] >= 0 {
			f(j, scale*x.tally.Value[1]*x.idf[j])
		}
	}
	for n, j := range more {
		if x.term[j] >= 0 {
			f(j, scale*x.tally.Value[times[n]]*x.idf[j])
		}
	}
}

// Dims returns the number of documents and of terms.
func (x *Vectors) Dims() (rows, cols int) { return x.tally.Len(), x.terms }

// toColumns returns a number for each term as one for each column, times the idf.
func (x *Vectors) toColumns(v []float64) []float64 {
	u := make([]float64, len(x.term))
	for j, term := range x.term {
		if term >= 0 {
			u[j] = v[term] * x.idf[j]
		}
	}
	return u
}

// toTerms is the way back: it sets dst to the numbers of the terms' columns, times the weight of the column.
func (x *Vectors) toTerms(dst, u, weight []float64) {
	for j, term := range x.term {
		if term >= 0 {
			dst[term] = u[j] * weight[j]
		}
	}
}

// MulVec sets dst to the product with v.
func (x *Vectors) MulVec(dst, v []float64) { x.tally.MulVec(dst, x.toColumns(v)) }

// MulTransVec sets dst to the product of the transposed matrix with r.
func (x *Vectors) MulTransVec(dst, r []float64) {
	u := make([]float64, len(x.term))
	x.tally.MulTransVec(u, r)
	x.toTerms(dst, u, x.idf)
}

// MulNormal is linear.Matrix's.
func (x *Vectors) MulNormal(dst, v []float64, b float64, d []float64) float64 {
	u := make([]float64, len(x.term))
	total := x.tally.MulNormal(u, x.toColumns(v), b, d)
	x.toTerms(dst, u, x.idf)
	return total
}

// Diagonal is linear.Matrix's.
func (x *Vectors) Diagonal(dst, d []float64) {
	u := make([]float64, len(x.term))
	x.tally.Diagonal(u, d)
	x.toTerms(dst, u, squares(x.idf))
}
