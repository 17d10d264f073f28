package eventing

// progress says up to which offset a partition may be committed while its records are finished in any order: never past
// one that is not. Offsets may have gaps (compaction, transactions), so they are remembered, not counted.
type progress struct {
	pending []int64 // handed out, in order of offset
	done    map[int64]bool
}

// start notes that the record at offset is being worked on. Offsets must rise.
func (p *progress) start(offset int64) { p.pending = append(p.pending, offset) }

// finish notes that the record at offset needs no more work, and returns the last offset of those finished without a
// gap; ok is false when an earlier one is still being worked on.
func (p *progress) finish(offset int64) (last int64, ok bool) {
	if p.done == nil {
		p.done = make(map[int64]bool)
	}
	p.done[offset] = true
	n := 0
	for n < len(p.pending) && p.done[p.pending[n]] {
		last = p.pending[n]
		delete(p.done, last)
		n++
	}
	p.pending = p.pending[n:]
	return last, n > 0
}
