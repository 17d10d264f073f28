package tfidf

import (
	"slices"

	"reddit-classifier/model/train/sparse"
)

// Counts says how often each n-gram occurs in each document. Its columns are in the alphabetical order of the n-grams (by
// code point, as Python sorts).
type Counts struct {
	*sparse.Matrix
	trie  *trie
	nodes []int32 // by column
}

// Term returns the n-gram of a column: its tokens joined by a space.
func (c *Counts) Term(column int) string { return c.trie.term(c.nodes[column]) }

// Count counts the n-grams of lo to hi tokens that are in at least minDF documents.
func Count(c *Corpus, lo, hi, minDF int) *Counts {
	t := newTrie(c, lo, hi)
	rows := t.rows()
	t.mergeEqualTerms(rows)
	df := make([]int32, t.size())
	for _, row := range rows {
		for _, e := range row {
			df[e.node]++
		}
	}
	var nodes []int32
	for node, n := range df {
		if n > 0 && int(n) >= minDF {
			nodes = append(nodes, int32(node))
		}
	}
	t.sort(nodes)
	return &Counts{Matrix: arrange(rows, nodes, len(df)), trie: t, nodes: nodes}
}

// arrange lays the counts of the nodes out as a matrix, a column for each node in the order given.
func arrange(rows [][]entry, nodes []int32, size int) *sparse.Matrix {
	column := make([]int32, size)
	for node := range column {
		column[node] = -1
	}
	for j, node := range nodes {
		column[node] = int32(j)
	}
	m := &sparse.Matrix{Rows: len(rows), Cols: len(nodes), Indptr: make([]int, len(rows)+1)}
	for i, row := range rows {
		n := m.Indptr[i]
		for _, e := range row {
			if column[e.node] >= 0 {
				n++
			}
		}
		m.Indptr[i+1] = n
	}
	m.Indices = make([]int32, m.Indptr[len(rows)])
	m.Data = make([]float64, m.Indptr[len(rows)])
	sparse.Parallel(len(rows), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			fill(m, i, rows[i], column)
		}
	})
	return m
}

// fill writes row i of m, with the columns ascending.
func fill(m *sparse.Matrix, i int, row []entry, column []int32) {
	kept := row[:0]
	for _, e := range row {
		if j := column[e.node]; j >= 0 {
			kept = append(kept, entry{node: j, count: e.count})
		}
	}
	slices.SortFunc(kept, func(a, b entry) int { return int(a.node) - int(b.node) })
	indices, data := m.Row(i)
	for k, e := range kept {
		indices[k], data[k] = e.node, float64(e.count)
	}
}
