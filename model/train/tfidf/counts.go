package tfidf

import "reddit-classifier/model/train/sparse"

// Counts says how often each n-gram occurs in each document. Its columns are in the alphabetical order of the n-grams (by
// code point, as Python sorts).
type Counts struct {
	*sparse.Tally
	trie  *trie
	nodes []int32 // by column
}

// Term returns the n-gram of a column: its tokens joined by a space.
func (c *Counts) Term(column int) string { return c.trie.term(c.nodes[column]) }

// CountFor counts what a vectorizer with these options can need, whichever documents it is fitted on.
func CountFor(c *Corpus, o Options) *Counts {
	return Count(c, o.NgramRange[0], o.NgramRange[1], o.MinDF.atLeast())
}

// Count counts the n-grams of lo to hi tokens that are in at least minDF documents.
func Count(c *Corpus, lo, hi, minDF int) *Counts {
	t := newTrie(c, lo, hi, minDF)
	var nodes []int32
	for node, n := range t.df {
		if n > 0 && int(n) >= minDF {
			nodes = append(nodes, int32(node))
		}
	}
	t.sort(nodes)
	column := make([]int32, t.size())
	for node := range column {
		column[node] = -1
	}
	for j, node := range nodes {
		column[node] = int32(j)
	}
	counts := &Counts{Tally: t.tally(column, len(nodes)), trie: t, nodes: nodes}
	t.table, t.df, t.seen, t.same, t.rare = nil, nil, nil, nil, nil // all is counted: terms are all that is asked for from now on
	t.corpus = &Corpus{Tokens: c.Tokens}
	return counts
}

// Frequencies say in how many of some documents each n-gram is, and how often it occurs in them.
type Frequencies struct {
	counts    *Counts
	documents int
	df, tf    []int // by column
}

// Frequencies returns those in the rows; nil stands for all rows.
func (c *Counts) Frequencies(rows []int) *Frequencies {
	f := &Frequencies{counts: c, documents: len(rows), df: make([]int, c.Cols), tf: make([]int, c.Cols)}
	if rows != nil {
		for _, i := range rows {
			f.add(i)
		}
		return f
	}
	f.documents = c.Rows
	for i := range c.Rows {
		f.add(i)
	}
	return f
}

func (f *Frequencies) add(i int) {
	ones, more, times := f.counts.Row(i)
	for _, j := range ones {
		f.df[j]++
		f.tf[j]++
	}
	for k, j := range more {
		f.df[j]++
		f.tf[j] += int(times[k])
	}
}

// Without returns the frequencies in the documents that are not among those of g, all of which are among those of f.
func (f *Frequencies) Without(g *Frequencies) *Frequencies {
	rest := &Frequencies{f.counts, f.documents - g.documents, make([]int, len(f.df)), make([]int, len(f.tf))}
	for j := range f.df {
		rest.df[j], rest.tf[j] = f.df[j]-g.df[j], f.tf[j]-g.tf[j]
	}
	return rest
}
