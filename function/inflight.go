package function

import (
	"math"
	"sync"
	"sync/atomic"
)

// inFlight counts the requests being answered, and can be closed.
type inFlight struct {
	n        atomic.Int64 // with closed added once no request is let in
	shutting sync.Once
	emptied  sync.Once
	idle     chan struct{}
}

// closed is far below any count, so that the sum's sign tells whether the counter is closed.
const closed = math.MinInt64 / 2

// enter counts a request, unless the counter is closed.
func (f *inFlight) enter() bool {
	if f.n.Add(1) > 0 {
		return true
	}
	f.leave()
	return false
}

func (f *inFlight) leave() {
	if f.n.Add(-1) == closed {
		f.emptied.Do(func() { close(f.idle) })
	}
}

// close lets no request in any more. The channel it returns is closed when all have left.
func (f *inFlight) close() <-chan struct{} {
	f.shutting.Do(func() {
		f.idle = make(chan struct{})
		f.n.Add(closed + 1)
		f.leave() // in case nothing is in flight
	})
	return f.idle
}

// count returns how many requests are being answered.
func (f *inFlight) count() int64 {
	n := f.n.Load()
	if n < 0 {
		n -= closed
	}
	return n
}

func (f *inFlight) isClosed() bool { return f.n.Load() < 0 }
