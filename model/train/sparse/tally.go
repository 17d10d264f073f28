package sparse

// Tally is a matrix of counts, whole numbers above 0 where there is an entry. Most counts are 1, so a row is two lists:
// the columns that have 1, and those that have more, with how many. It needs a third of the memory of a Matrix, and a
// product waits a third of the time for it.
type Tally struct {
	Rows, Cols int
	ones       []int32 // columns
	more       []int32 // columns
	times      []int32 // their counts
	ends       []rowEnd
	most       int32 // the largest count
}

// rowEnd is where the lists of a row end.
type rowEnd struct{ ones, more int }

// NewTally returns a tally without rows, with room for as many and so many entries.
func NewTally(cols, rows, ones, more int) *Tally {
	return &Tally{Cols: cols, ones: make([]int32, 0, ones), more: make([]int32, 0, more), times: make([]int32, 0, more),
		ends: make([]rowEnd, 1, rows+1), most: 1}
}

// Add adds an entry to the row that EndRow will end. A column must not have two in a row.
func (t *Tally) Add(column, count int32) {
	if count == 1 {
		t.ones = append(t.ones, column)
		return
	}
	t.more, t.times = append(t.more, column), append(t.times, count)
	t.most = max(t.most, count)
}

// EndRow ends a row.
func (t *Tally) EndRow() {
	t.Rows++
	t.ends = append(t.ends, rowEnd{len(t.ones), len(t.more)})
}

// Append appends the rows of u, which has the same columns.
func (t *Tally) Append(u *Tally) {
	at := t.ends[t.Rows]
	t.ones, t.more, t.times = append(t.ones, u.ones...), append(t.more, u.more...), append(t.times, u.times...)
	for _, e := range u.ends[1:] {
		t.ends = append(t.ends, rowEnd{at.ones + e.ones, at.more + e.more})
	}
	t.Rows += u.Rows
	t.most = max(t.most, u.most)
}

// Reset removes all rows and keeps their memory.
func (t *Tally) Reset() {
	*t = Tally{Cols: t.Cols, ones: t.ones[:0], more: t.more[:0], times: t.times[:0], ends: t.ends[:1], most: 1}
}

// Row returns the columns of row i that have 1, and those that have more with their counts.
func (t *Tally) Row(i int) (ones, more, times []int32) {
	lo, hi := t.ends[i], t.ends[i+1]
	return t.ones[lo.ones:hi.ones], t.more[lo.more:hi.more], t.times[lo.more:hi.more]
}

// Most returns the largest count, at least 1.
func (t *Tally) Most() int { return int(t.most) }

// SelectColumns returns the tally of the columns for which to is not negative; column j becomes to[j].
func (t *Tally) SelectColumns(to []int32, cols int) *Tally {
	var ones, more int
	for _, j := range t.ones {
		if to[j] >= 0 {
			ones++
		}
	}
	for _, j := range t.more {
		if to[j] >= 0 {
			more++
		}
	}
	s := NewTally(cols, t.Rows, ones, more)
	for i := range t.Rows {
		ones, more, times := t.Row(i)
		for _, j := range ones {
			if to[j] >= 0 {
				s.ones = append(s.ones, to[j])
			}
		}
		for k, j := range more {
			if to[j] >= 0 {
				s.Add(to[j], times[k])
			}
		}
		s.EndRow()
	}
	return s
}
