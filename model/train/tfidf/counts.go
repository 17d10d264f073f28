package tfidf

import (
	"context"

	"reddit-classifier/model/train/sparse"
)

// Counts says which n-grams each document has. Its columns are in the alphabetical order of the n-grams (by code point,
// as Python sorts).
type Counts struct {
	Rows, Cols int
	trie       *trie
	nodes      []int32      // by column
	all        *Frequencies // in all rows
}

// Term returns the n-gram of a column: its tokens joined by a space.
func (c *Counts) Term(column int) string { return c.trie.term(c.nodes[column]) }

// CountFor counts the n-grams that a vectorizer with these options can choose, whichever documents it is fitted to. The
// error is the context's.
func CountFor(ctx context.Context, c *Corpus, o Options) (*Counts, error) {
	return Count(ctx, c, o.NgramRange[0], o.NgramRange[1], o.MinDF.atLeast())
}

// Count counts the n-grams of lo to hi tokens that are in at least minDF documents, and some more where different ones
// read the same. Its error is the context's.
func Count(ctx context.Context, c *Corpus, lo, hi, minDF int) (*Counts, error) {
	t, err := newTrie(ctx, c, lo, hi, minDF)
	if err != nil {
		return nil, err
	}
	counts := &Counts{Rows: c.Len(), trie: t}
	var same []int32
	if t.hasAmbiguousTerms() {
		same = t.equalTerms()
		minDF = 1 // which of them are in enough documents shows when they are one
	}
	t.each(func(node int32, n *frequency) {
		if n.df > 0 && int(n.df) >= minDF && (same == nil || same[node] == node) {
			counts.nodes = append(counts.nodes, node)
		}
	})
	t.sort(counts.nodes)
	column := counts.assignColumns(same)
	if same != nil {
		counts.all = counts.Frequencies(nil)
		return counts, ctx.Err()
	}
	counts.all = &Frequencies{counts, c.Len(), make([]int, counts.Cols), make([]int, counts.Cols)}
	t.each(func(node int32, n *frequency) {
		if j := column[node]; j >= 0 {
			counts.all.df[j], counts.all.tf[j] = int(n.df), int(n.tf)
		}
	})
	return counts, ctx.Err()
}

// assignColumns replaces the nodes of the documents by columns, and removes nodes without a column. It returns the
// column of each node, −1 for none.
func (c *Counts) assignColumns(same []int32) (column []int32) {
	c.Cols = len(c.nodes)
	column = make([]int32, c.trie.size())
	for node := range column {
		column[node] = -1
	}
	for j, node := range c.nodes {
		column[node] = int32(j)
	}
	for node, first := range same {
		column[node] = column[first]
	}
	sparse.ParallelGrain(shards, 1, func(s, _ int) {
		part := &c.trie.shards[s]
		kept, start := part.nodes[:0], 0
		for i, end := range part.ends {
			for _, node := range part.nodes[start:end] {
				if j := column[node]; j >= 0 {
					kept = append(kept, j)
				}
			}
			part.ends[i], start = len(kept), end
		}
		part.nodes = kept
	})
	return column
}

// parts returns the columns of row i, as often as they occur, in the parts that the shards have.
func (c *Counts) parts(i int) (parts [shards][]int32) {
	for s := range parts {
		part := &c.trie.shards[s]
		parts[s] = part.nodes[part.ends[i]:part.ends[i+1]]
	}
	return parts
}

// selectColumns returns the counts in some rows, or in all if rows is nil, of the columns for which to is not negative;
// column j becomes to[j].
func (c *Counts) selectColumns(to []int32, cols int, rows []int) *sparse.Tally {
	n, entries := c.Rows, 0
	if rows != nil {
		n = len(rows)
	}
	for j, k := range to {
		if k >= 0 {
			entries += c.all.df[j]
		}
	}
	return countColumns(n, cols, entries, func(k *counter, i int) {
		if rows != nil {
			i = rows[i]
		}
		for _, part := range c.parts(i) {
			for _, j := range part {
				if to[j] >= 0 {
					k.add(to[j])
				}
			}
		}
	})
}

// Frequencies holds, for some documents, in how many of them each n-gram is, and how often it occurs.
type Frequencies struct {
	counts    *Counts
	documents int
	df, tf    []int // by column
}

// Frequencies returns those in the rows; nil stands for all rows.
func (c *Counts) Frequencies(rows []int) *Frequencies {
	if rows == nil && c.all != nil {
		return c.all
	}
	f := &Frequencies{counts: c, documents: len(rows), df: make([]int, c.Cols), tf: make([]int, c.Cols)}
	seen := make([]int32, c.Cols)
	if rows != nil {
		for _, i := range rows {
			f.add(i, seen)
		}
		return f
	}
	f.documents = c.Rows
	for i := range c.Rows {
		f.add(i, seen)
	}
	return f
}

// add adds row i; seen has for each column 1 more than the last row that had it.
func (f *Frequencies) add(i int, seen []int32) {
	for _, part := range f.counts.parts(i) {
		for _, j := range part {
			f.tf[j]++
			if seen[j] != int32(i+1) {
				seen[j] = int32(i + 1)
				f.df[j]++
			}
		}
	}
}

// Without returns the frequencies in the documents of f that are not documents of g. All documents of g must be in f.
func (f *Frequencies) Without(g *Frequencies) *Frequencies {
	rest := &Frequencies{f.counts, f.documents - g.documents, make([]int, len(f.df)), make([]int, len(f.tf))}
	for j := range f.df {
		rest.df[j], rest.tf[j] = f.df[j]-g.df[j], f.tf[j]-g.tf[j]
	}
	return rest
}
