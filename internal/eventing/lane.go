package eventing

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// item is a record to deliver. A record that is spoilt was polled beside one that a KafkaSource cannot read.
type item struct {
	*kgo.Record
	spoilt bool
}

// lane delivers the records of one partition while the source owns it.
type lane struct {
	s         *Source
	partition int32
	ctx       context.Context // done: start nothing new
	cancel    context.CancelFunc
	stopped   chan struct{}

	mu       sync.Mutex
	queue    []item
	filled   chan struct{} // has an element when queue was added to
	paused   bool
	progress progress
}

func startLane(s *Source, partition int32) *lane {
	l := &lane{s: s, partition: partition, stopped: make(chan struct{}), filled: make(chan struct{}, 1)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	go l.run()
	return l
}

// add queues records and never blocks: the poll that calls it holds up rebalances. A lane that has enough pauses its
// partition.
func (l *lane) add(records []item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, records...)
	if len(l.queue) > maxQueue && !l.paused {
		l.paused = true
		l.s.client.PauseFetchPartitions(map[string][]int32{l.s.Topic: {l.partition}})
	}
	select {
	case l.filled <- struct{}{}:
	default:
	}
}

// next waits for a record; ok is false when the lane ends.
func (l *lane) next() (next item, ok bool) {
	for l.ctx.Err() == nil {
		if next, ok = l.take(); ok {
			return next, true
		}
		select {
		case <-l.filled:
		case <-l.ctx.Done():
		}
	}
	return item{}, false
}

func (l *lane) take() (item, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return item{}, false
	}
	r := l.queue[0]
	l.queue = l.queue[1:]
	if l.paused && len(l.queue) < maxQueue/2 {
		l.resume()
	}
	l.progress.start(r.Offset)
	return r, true
}

func (l *lane) resume() {
	l.paused = false
	l.s.client.ResumeFetchPartitions(map[string][]int32{l.s.Topic: {l.partition}})
}

// release leaves the partition as it was found, for when it comes back.
func (l *lane) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused {
		l.resume()
	}
}

// run delivers one record after the other, or all at once when the source is unordered, and returns when nothing is in
// flight.
func (l *lane) run() {
	defer close(l.stopped)
	cut, cutOff := context.WithCancel(context.Background())
	defer cutOff()
	defer context.AfterFunc(l.ctx, func() { time.AfterFunc(inFlightGrace, cutOff) })()
	// Not only when this lane is told to stop: a rebalance that waits for another one may hold that up.
	defer context.AfterFunc(l.s.running, func() { time.AfterFunc(l.s.Grace, cutOff) })()
	var flight sync.WaitGroup
	defer flight.Wait()
	for r, ok := l.next(); ok; r, ok = l.next() {
		if !l.s.Unordered {
			l.deliver(cut, r)
			continue
		}
		select {
		case l.s.slots <- struct{}{}:
		case <-l.ctx.Done():
			return
		}
		flight.Go(func() {
			defer func() { <-l.s.slots }()
			l.deliver(cut, r)
		})
	}
}

func (l *lane) deliver(cut context.Context, r item) {
	if !l.s.deliver(l.ctx, cut, r) {
		return // not finished, so nothing from here on is committed
	}
	l.mu.Lock()
	last, ok := l.progress.finish(r.Offset)
	if ok { // within the lock: marks must not go back
		l.s.client.MarkCommitOffsets(map[string]map[int32]kgo.EpochOffset{
			l.s.Topic: {l.partition: {Epoch: r.LeaderEpoch, Offset: last + 1}},
		})
	}
	l.mu.Unlock()
}
