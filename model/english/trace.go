package english

import (
	"math"
	"sync"

	"reddit-classifier/model/english/internal/layout"
)

// trace is a run of the token_match automaton over a chunk. spaCy 2.3 asks token_match again for what is left whenever an affix was cut
// off, which done naively would make long chunks quadratic. The trace keeps the state before every position: when only the end has
// moved, the answer is there; when the start has moved, a new run goes on only until it meets the old one, from where both are the
// same.
type trace struct {
	states []uint16 // by offset from origin; only offsets where characters start, from from up to dead, hold anything
	origin int      // offset in the text of the first state
	from   int      // where the run started
	dead   int      // the first offset at which the automaton is dead
	buffer *[]uint16
}

// shortTrace is the length in bytes up to which starting afresh costs less than keeping a trace.
const shortTrace = 48

var traceBuffers = sync.Pool{New: func() any { return new([]uint16) }}

// tokenMatch reports whether token_match accepts what is left.
func (c *cutter) tokenMatch() bool {
	a := &c.pack.tokenMatch
	if !a.exists() || c.traits&layout.TraitDot == 0 {
		return false
	}
	t := &c.trace
	if t.states == nil {
		if c.end-c.start <= shortTrace {
			return c.pack.matchWhole(a, c.left())
		}
		t.open(c.end - c.start + 1)
		t.origin = c.start
		c.run()
	} else if t.from != c.start {
		c.run()
	}
	end := c.end - t.origin
	return end < t.dead && a.step(uint32(t.states[end]), a.end)&layout.MatchBefore != 0
}

// open gets room for n offsets.
func (t *trace) open(n int) {
	t.buffer = traceBuffers.Get().(*[]uint16)
	if cap(*t.buffer) < n {
		*t.buffer = make([]uint16, n)
	}
	t.states = (*t.buffer)[:n]
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
	state := a.first(a.end)
	for at := c.start; ; {
		i := at - t.origin
		if state == 0 {
			t.dead = i
			return
		}
		if i < t.dead && uint32(t.states[i]) == state {
			return
		}
		t.states[i] = uint16(state)
		t.dead = max(t.dead, i+1)
		if at == c.end {
			t.dead = math.MaxInt
			return
		}
		column, n := c.pack.column(a, c.text[at:])
		state = a.step(state, column) &^ layout.MatchBefore
		at += n
	}
}
