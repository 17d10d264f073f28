package function

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// freeBytes is how long a body may be, or how much of a longer one may have come, before it counts. So the events of
	// comments, which are short, have nothing to do with the budget, and who only announces a long body takes nothing of it.
	freeBytes = 64 << 10
	// bodyBytes is how many bytes of longer bodies may be in memory at a time, or one body of MAX_BODY_BYTES if that is more.
	bodyBytes = 16 << 20
	// workBytes is how many bytes answering may take at a time, by weight. It is apart from the bodies because a request has its
	// body when it asks for this: of one budget, all could have a part and none enough. With as much garbage again, both fit
	// in the 200 MiB of GOMEMLIMIT and the 256 MiB that config/ gives a pod.
	workBytes = 16 << 20
	// maxAnswer is how long an answer may be.
	maxAnswer = workBytes
)

// budget is a number of bytes that requests share. Who asks for more than is left waits, in the order of asking, so that long
// bodies are not passed by for ever.
type budget struct {
	mu    sync.Mutex
	left  int64
	queue []*claim
	shut  bool
}

// claim is one that waits.
type claim struct {
	bytes int64
	done  chan error // has one value once it is settled, unless the claim is given up
}

// patience is how long a request may wait for memory in all.
func (c Config) patience() time.Duration {
	const patience = 10 * time.Second
	if c.Sink == "" {
		return patience
	}
	return min(patience, 29500*time.Millisecond-c.SinkTimeout) // the server gives up at 30s, and the sink's time is still to come
}

// take waits for that many bytes, which must not be more than there are in all. Unless it errs they are to be given back.
func (b *budget) take(ctx context.Context, n int64, patience time.Duration) error {
	b.mu.Lock()
	if b.shut {
		b.mu.Unlock()
		return errStopping
	}
	if len(b.queue) == 0 && n <= b.left {
		b.left -= n
		b.mu.Unlock()
		return nil
	}
	c := &claim{bytes: n, done: make(chan error, 1)}
	b.queue = append(b.queue, c)
	b.mu.Unlock()

	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return b.giveUp(c, interrupted(ctx))
	case <-timer.C:
		return b.giveUp(c, unavailable("busy", "other long events take all the memory there is for them"))
	}
}

// giveUp takes a claim back for a reason, unless it has just been settled.
func (b *budget) giveUp(c *claim, reason error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.queue, c)
	if i < 0 {
		return <-c.done
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

// shrink gives back what was taken beyond n bytes.
func (b *budget) shrink(taken *int64, n int64) {
	if *taken > n {
		b.give(*taken - n)
		*taken = n
	}
}

// settle lets those in who are first and fit.
func (b *budget) settle() {
	for len(b.queue) > 0 && b.queue[0].bytes <= b.left {
		b.left -= b.queue[0].bytes
		b.queue[0].done <- nil
		b.queue = slices.Delete(b.queue, 0, 1)
	}
}

// weight returns about how many bytes it takes to answer data, which has not been read: it has at most one comment for two quotes,
// and a prediction of hostile text takes several times the text. What is short weighs nothing.
func (c *core) weight(data []byte) int64 {
	if len(data) <= freeBytes/32 {
		return 0
	}
	comments := min(bytes.Count(data, []byte{'"'})/2, maxComments)
	each, ngrams := 96, 0 // a row in the answer, the numbers in it and the comment's place; all of them may have to grow
	if c.labels {
		each += 32
	}
	if c.explain > 0 {
		each += 64
		ngrams = min(comments*c.explain, 2*len(data)) // a word has two bytes and three n-grams
	}
	return int64(4*len(data) + comments*each + ngrams*64)
}

// close refuses those who wait and all who come.
func (b *budget) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut = true
	for _, c := range b.queue {
		c.done <- errStopping
	}
	b.queue = nil
}
