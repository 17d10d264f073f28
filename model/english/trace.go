package english

import (
	"math"
	"sync"

	"reddit-classifier/model/english/internal/layout"
)

// trace is a run of the token_match automaton over a chunk. spaCy 2.3 applies token_match to the rest of the chunk
// after each affix that it cuts off, which would take quadratic time for long chunks. The trace stores states of the
// run. If only the end of the rest has moved, the result is a few characters away from a stored state. If the start has
// moved, a new run is needed only until it reaches a state of the old one.
type trace struct {
	stops  []uint32 // stop of the first character that starts in each block of the chunk
	origin int      // offset of the first block in the text
	from   int      // offset in the text at which the run started
	dead   int      // first offset from origin at which the automaton is dead
	buffer *[]uint32
}

const (
	// shortTrace is the maximum length in bytes of a rest for which a new run is cheaper than a trace.
	shortTrace = 48
	// stopBlock is the length in bytes of a block. A stop of 4 bytes is stored for each block.
	stopBlock = 8
)

// packStop packs the state before a character and the character's offset. The character is the first one that starts in
// its block, so it starts in the first four bytes.
func packStop(state uint32, offset int) uint32 { return state<<2 | uint32(offset%stopBlock&3) }

var traceBuffers = sync.Pool{New: func() any { return new([]uint32) }}

// tokenMatch reports whether token_match accepts the rest of the chunk.
func (c *cutter) tokenMatch() bool {
	a := &c.pack.tokenMatch
	if !a.exists() || c.traits&layout.TraitDot == 0 {
		return false
	}
	t := &c.trace
	if t.stops == nil {
		if c.end-c.start <= shortTrace {
			return c.pack.matchWhole(a, c.remaining())
		}
		t.open((c.end-c.start)/stopBlock + 1)
		t.origin = c.start
		c.run()
	} else if t.from != c.start {
		c.run()
	}
	return c.end-t.origin < t.dead && a.step(c.stateAtEnd(), a.end)&layout.MatchBefore != 0
}

// open gets a buffer for n blocks.
func (t *trace) open(n int) {
	t.buffer = traceBuffers.Get().(*[]uint32)
	if cap(*t.buffer) < n {
		*t.buffer = make([]uint32, n)
	}
	t.stops = (*t.buffer)[:n]
}

// close returns the buffer to the pool.
func (t *trace) close() {
	if t.buffer != nil {
		traceBuffers.Put(t.buffer)
		*t = trace{}
	}
}

// run updates the trace to a run that starts at c.start.
func (c *cutter) run() {
	t, a := &c.trace, &c.pack.tokenMatch
	t.from = c.start
	state, block := a.first(a.end), -1
	if start := c.start - t.origin; start%stopBlock != 0 {
		block = start / stopBlock
	}
	for at := c.start; ; {
		i := at - t.origin
		if state == 0 {
			t.dead = i
			return
		}
		if i/stopBlock != block {
			block = i / stopBlock
			here := packStop(state, i)
			if i < t.dead && t.stops[block] == here {
				return
			}
			t.stops[block] = here
		}
		if at == c.end {
			t.dead = math.MaxInt
			return
		}
		column, n := c.pack.column(a, c.text[at:])
		state = a.step(state, column) &^ layout.MatchBefore
		at += n
	}
}

// stateAtEnd returns the state at the end of the rest, if the automaton is not dead there.
func (c *cutter) stateAtEnd() uint32 {
	t, a := &c.trace, &c.pack.tokenMatch
	at, state := c.start, a.first(a.end)
	if block := (c.end - t.origin) / stopBlock; block != (c.start-t.origin)/stopBlock {
		at, state = t.origin+block*stopBlock+int(t.stops[block]&3), t.stops[block]>>2
	}
	for at < c.end {
		column, n := c.pack.column(a, c.text[at:])
		state = a.step(state, column) &^ layout.MatchBefore
		at += n
	}
	return state
}
