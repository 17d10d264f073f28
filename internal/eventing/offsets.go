package eventing

// offsetTracker finds the offset up to which a partition may be committed while its records are finished in any order.
// It never passes an unfinished record. Offsets can have gaps (compaction, transactions), so it remembers them instead
// of counting.
type offsetTracker struct {
	pending []int64 // the offsets that were started, in rising order
	done    map[int64]bool
}

// start notes that the record at offset is being delivered. Offsets must rise.
func (t *offsetTracker) start(offset int64) { t.pending = append(t.pending, offset) }

// finish notes that the record at offset needs no more work. It returns the last offset before the first unfinished
// one; ok is false when the earliest record is unfinished.
func (t *offsetTracker) finish(offset int64) (last int64, ok bool) {
	if t.done == nil {
		t.done = make(map[int64]bool)
	}
	t.done[offset] = true
	n := 0
	for n < len(t.pending) && t.done[t.pending[n]] {
		last = t.pending[n]
		delete(t.done, last)
		n++
	}
	t.pending = t.pending[n:]
	return last, n > 0
}
