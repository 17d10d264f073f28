package english

import (
	"math"
	"sync"

	"reddit-classifier/model/english/internal/layout"
)

// trace is a run of the token_match automaton over a chunk. spaCy 2.3 asks token_match again for what is left whenever
// an affix was cut off, which done naively would make long chunks quadratic. The trace keeps states on the way: when
// only the end has moved, the answer is a few characters from one of them; when the start has moved, a new run goes on
// only until it meets the old one, from where both are the same.
type trace struct {
	stops  []uint32 // one per block of the chunk: of the first character that starts in it, see stop
	origin int      // offset in the text of the first block
	from   int      // where the run started
	dead   int      // the first offset from origin at which the automaton is dead
	buffer *[]uint32
}

const (
	// shortTrace is the length in bytes up to which starting afresh costs less than keeping a trace.
	shortTrace = 48
	// stopBlock is the length in bytes of a block: half a byte is kept per byte of the chunk.
	stopBlock = 8
)

// stop packs the state before a character that starts at this offset. As the character is the first one of a block, it
// starts in its first four bytes.
func stop(state uint32, offset int) uint32 { return state<<2 | uint32(offset%stopBlock&3) }

var traceBuffers = sync.Pool{New: func() any { return new([]uint32) }}

// tokenMatch reports whether token_match accepts what is left.
func (c *cutter) tokenMatch() bool {
	a := &c.pack.tokenMatch
	if !a.exists() || c.traits&layout.TraitDot == 0 {
		return false
	}
	t := &c.trace
	if t.stops == nil {
		if c.end-c.start <= shortTrace {
			return c.pack.matchWhole(a, c.left())
		}
		t.open((c.end-c.start)/stopBlock + 1)
		t.origin = c.start
		c.run()
	} else if t.from != c.start {
		c.run()
	}
	return c.end-t.origin < t.dead && a.step(c.stateAtEnd(), a.end)&layout.MatchBefore != 0
}

// open gets room for n blocks.
func (t *trace) open(n int) {
	t.buffer = traceBuffers.Get().(*[]uint32)
	if cap(*t.buffer) < n {
		*t.buffer = make([]uint32, n)
	}
	t.stops = (*t.buffer)[:n]
}

// close gives the room back.
func (t *trace) close() {
	if t.buffer != nil {
		traceBuffers.Put(t.buffer)
		*t = trace{}
	}
}

// run makes the trace one that starts at c.start.
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
			here := stop(state, i)
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

// stateAtEnd returns the state before the end of what is left, where the automaton is not dead.
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
