package function

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// freeBytes is how many bytes of a body need no reservation. So short events, as of single comments, never touch the
	// budgets, and an announced Content-Length alone reserves nothing.
	freeBytes = 64 << 10
	// bodyBytes is how many bytes of longer bodies may be in memory at a time; MAX_BODY_BYTES if that is more.
	bodyBytes = 16 << 20
	// workBytes is how many bytes the answers being made may take at a time, by weight. It is a budget of its own because
	// a request already holds its body when it asks for it: with one budget, all requests could hold a part and none
	// enough. With the same amount of garbage, both budgets fit in the 200 MiB of GOMEMLIMIT and the 256 MiB that config/
	// gives a pod.
	workBytes = 16 << 20
	// maxAnswer is the maximum size of an answer in bytes.
	maxAnswer = workBytes
)

// The kinds of memory that requests share.
const (
	bodyMemory = iota
	workMemory
	memoryKinds
)

// memory is shared by all requests: a budget of each kind, and how long a request may wait for both together.
type memory struct {
	budgets  [memoryKinds]budget
	patience time.Duration
	observer *observer
}

func newMemory(maxBody int64, patience time.Duration, o *observer) *memory {
	m := &memory{patience: patience, observer: o}
	m.budgets[bodyMemory].free = max(bodyBytes, maxBody)
	m.budgets[workMemory].free = workBytes
	return m
}

// reservation is the memory that one request has reserved.
type reservation struct {
	memory *memory
	held   [memoryKinds]int64
	until  time.Time // deadline of waiting, set when the request first has to wait
	waited time.Duration
}

// Grow waits until it has reserved n bytes of a kind of which the request holds none. n must not exceed the whole
// budget. The error is a 503: busy, canceled or stopping.
func (r *reservation) Grow(ctx context.Context, kind int, n int64) error {
	b := &r.memory.budgets[kind]
	if b.tryReserve(n) {
		r.held[kind] = n
		return nil
	}
	began := time.Now()
	if r.until.IsZero() {
		r.until = began.Add(r.memory.patience)
	}
	err := b.reserve(ctx, n, r.until.Sub(began))
	took := time.Since(began)
	r.waited += took
	r.memory.observer.waited(took)
	if err == nil {
		r.held[kind] = n
	}
	return err
}

// Shrink releases all but n bytes of what the request holds of a kind.
func (r *reservation) Shrink(kind int, n int64) {
	if excess := r.held[kind] - n; excess > 0 {
		r.memory.budgets[kind].release(excess)
		r.held[kind] = n
	}
}

// Release releases everything.
func (r *reservation) Release() {
	for kind := range r.held {
		r.Shrink(kind, 0)
	}
}

// budget is a number of bytes that requests share. Requests wait for bytes in the order of their arrival, so that small
// ones cannot starve a large one.
type budget struct {
	mu     sync.Mutex
	free   int64
	queue  []*waiter
	closed bool
}

type waiter struct {
	bytes int64
	done  chan error // receives one value, unless the waiter gives up first
}

// tryReserve takes n bytes if they are free and nobody waits.
func (b *budget) tryReserve(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.queue) > 0 || n > b.free {
		return false
	}
	b.free -= n
	return true
}

// reserve waits for n bytes.
func (b *budget) reserve(ctx context.Context, n int64, patience time.Duration) error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return errStopping
	}
	w := &waiter{bytes: n, done: make(chan error, 1)}
	b.queue = append(b.queue, w)
	b.grantWaiting()
	b.mu.Unlock()

	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return b.abandon(w, interrupted(ctx))
	case <-timer.C:
		return b.abandon(w, unavailable("busy", "other long requests hold all the memory for long requests"))
	}
}

// abandon removes a waiter from the queue and returns reason. If the waiter was settled meanwhile, it returns that
// result.
func (b *budget) abandon(w *waiter, reason error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.queue, w)
	if i < 0 {
		return <-w.done
	}
	b.queue = slices.Delete(b.queue, i, i+1)
	b.grantWaiting() // smaller requests behind it may fit now
	return reason
}

// release returns n bytes that were taken.
func (b *budget) release(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free += n
	b.grantWaiting()
}

// grantWaiting grants bytes to the first waiters of the queue, as long as they fit.
func (b *budget) grantWaiting() {
	for len(b.queue) > 0 && b.queue[0].bytes <= b.free {
		b.free -= b.queue[0].bytes
		b.queue[0].done <- nil
		b.queue = slices.Delete(b.queue, 0, 1)
	}
}

// close refuses all waiters and all later requests.
func (b *budget) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, w := range b.queue {
		w.done <- errStopping
	}
	b.queue = nil
}

// state returns how many bytes are left and how many requests wait.
func (b *budget) state() (left int64, waiting int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.free, len(b.queue)
}
