package tfidf

import "reddit-classifier/model/train/sparse"

// countColumns counts the columns of n documents, on all processors; add adds those of document i, as often as they
// occur. entries is how many there will be, about.
func countColumns(n, cols, entries int, add func(c *counter, i int)) *sparse.Tally {
	all := sparse.NewTally(cols, n, entries, entries/8)
	counters := make([]counter, max(1, sparse.Workers(n, blockSize)))
	const round = 64 * blockSize // documents; what is counted in one round is appended in order before the next
	blocks := make([]*sparse.Tally, round/blockSize)
	for start := 0; start < n; start += round {
		size := min(round, n-start)
		sparse.ParallelWorkers(size, blockSize, func(worker, lo, hi int) {
			c := &counters[worker]
			if c.counts == nil {
				c.counts = make([]int32, cols)
			}
			b := &blocks[lo/blockSize]
			if *b == nil {
				*b = sparse.NewTally(cols, blockSize, 0, 0)
			}
			(*b).Reset()
			for i := start + lo; i < start+hi; i++ {
				add(c, i)
				c.endRow(*b)
			}
		})
		for k := range (size + blockSize - 1) / blockSize {
			all.Append(blocks[k])
		}
	}
	return all
}

// counter counts the columns of one document after the other.
type counter struct {
	counts   []int32 // by column
	distinct []int32 // the columns that have a count
}

func (c *counter) add(column int32) {
	if c.counts[column] == 0 {
		c.distinct = append(c.distinct, column)
	}
	c.counts[column]++
}

// endRow writes a document's counts down.
func (c *counter) endRow(dst *sparse.Tally) {
	for _, j := range c.distinct {
		dst.Add(j, c.counts[j])
		c.counts[j] = 0
	}
	c.distinct = c.distinct[:0]
	dst.EndRow()
}
