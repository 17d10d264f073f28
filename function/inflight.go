package function

import (
	"math"
	"sync"
	"sync/atomic"
)

// inFlight counts the requests in flight, and can be closed to new ones.
type inFlight struct {
	n        atomic.Int64 // number of requests, plus closed once the counter is closed
	shutting sync.Once
	emptied  sync.Once
	idle     chan struct{}
}

// closed is far below any count, so that the sign of the sum says whether the counter is closed.
const closed = math.MinInt64 / 2

// enter counts a request. It returns false if the counter is closed.
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

// close closes the counter to new requests. The channel it returns is closed once all requests have left.
func (f *inFlight) close() <-chan struct{} {
	f.shutting.Do(func() {
		f.idle = make(chan struct{})
		f.n.Add(closed + 1)
		f.leave() // closes idle if nothing is in flight
	})
	return f.idle
}

// count returns the number of requests in flight.
func (f *inFlight) count() int64 {
	n := f.n.Load()
	if n < 0 {
		n -= closed
	}
	return n
}

func (f *inFlight) isClosed() bool { return f.n.Load() < 0 }
