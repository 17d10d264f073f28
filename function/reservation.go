package function

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// freeBytes is how long a body may be, or how much of a longer one may have come, before it counts. So the events of
	// comments, which are short, have nothing to do with the budgets, and an announced Content-Length alone reserves
	// nothing.
	freeBytes = 64 << 10
	// bodyBytes is how many bytes of longer bodies may be in memory at a time, or one body of MAX_BODY_BYTES if that is
	// more.
	bodyBytes = 16 << 20
	// workBytes is how many bytes answering may take at a time, by weight. It is apart from the bodies because a request
	// has its body when it asks for this: of one budget, all could have a part and none enough. With as much garbage
	// again, both fit in the 200 MiB of GOMEMLIMIT and the 256 MiB that config/ gives a pod.
	workBytes = 16 << 20
	// maxAnswer is how long an answer may be.
	maxAnswer = workBytes
)

// The kinds of memory that requests share.
const (
	bodyMemory = iota
	workMemory
	memoryKinds
)

// memory is what all requests share: a budget of each kind, and how long a request may wait for them in all.
type memory struct {
	budgets  [memoryKinds]budget
	patience time.Duration
	observer *observer
}

func newMemory(maxBody int64, patience time.Duration, o *observer) *memory {
	m := &memory{patience: patience, observer: o}
	m.budgets[bodyMemory].left = max(bodyBytes, maxBody)
	m.budgets[workMemory].left = workBytes
	return m
}

// reservation is what one request holds of the memory.
type reservation struct {
	memory *memory
	held   [memoryKinds]int64
	until  time.Time // it may wait for either kind; the patience runs from when it first asks
	waited time.Duration
}

// Grow waits until the request has n bytes of a kind of which it had none. n must not be more than there are in all.
func (r *reservation) Grow(ctx context.Context, kind int, n int64) error {
	b := &r.memory.budgets[kind]
	if b.tryTake(n) {
		r.held[kind] = n
		return nil
	}
	began := time.Now()
	if r.until.IsZero() {
		r.until = began.Add(r.memory.patience)
	}
	err := b.take(ctx, n, r.until.Sub(began))
	took := time.Since(began)
	r.waited += took
	r.memory.observer.waited(took)
	if err == nil {
		r.held[kind] = n
	}
	return err
}

// Shrink gives back what the request holds of a kind beyond n bytes.
func (r *reservation) Shrink(kind int, n int64) {
	if excess := r.held[kind] - n; excess > 0 {
		r.memory.budgets[kind].give(excess)
		r.held[kind] = n
	}
}

// Release gives everything back.
func (r *reservation) Release() {
	for kind := range r.held {
		r.Shrink(kind, 0)
	}
}

// budget is a number of bytes that requests share. A request for more than is left waits, in the order of asking, so
// that long bodies are not overtaken for ever.
type budget struct {
	mu    sync.Mutex
	left  int64
	queue []*waiter
	shut  bool
}

type waiter struct {
	bytes int64
	done  chan error // gets one value once it is settled, unless the waiter gives up
}

// tryTake takes n bytes if they are to be had at once.
func (b *budget) tryTake(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut || len(b.queue) > 0 || n > b.left {
		return false
	}
	b.left -= n
	return true
}

// take waits for n bytes.
func (b *budget) take(ctx context.Context, n int64, patience time.Duration) error {
	b.mu.Lock()
	if b.shut {
		b.mu.Unlock()
		return errStopping
	}
	w := &waiter{bytes: n, done: make(chan error, 1)}
	b.queue = append(b.queue, w)
	b.settle()
	b.mu.Unlock()

	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return b.giveUp(w, interrupted(ctx))
	case <-timer.C:
		return b.giveUp(w, unavailable("busy", "other long events take all the memory there is for them"))
	}
}

// giveUp takes a waiter out of the queue and returns reason, unless it has just been settled.
func (b *budget) giveUp(w *waiter, reason error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.queue, w)
	if i < 0 {
		return <-w.done
	}
	b.queue = slices.Delete(b.queue, i, i+1)
	b.settle() // it may have stood before smaller ones
	return reason
}

// give returns n bytes that were taken.
func (b *budget) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left += n
	b.settle()
}

// settle lets waiters in that are first and fit.
func (b *budget) settle() {
	for len(b.queue) > 0 && b.queue[0].bytes <= b.left {
		b.left -= b.queue[0].bytes
		b.queue[0].done <- nil
		b.queue = slices.Delete(b.queue, 0, 1)
	}
}

// close refuses the waiters, and all that ask later.
func (b *budget) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut = true
	for _, w := range b.queue {
		w.done <- errStopping
	}
	b.queue = nil
}

// state returns how many bytes are left, and how many requests wait for some.
func (b *budget) state() (left int64, waiting int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left, len(b.queue)
}
