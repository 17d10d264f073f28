package eventing

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// queuedRecord is a polled record that waits for its delivery.
type queuedRecord struct {
	*kgo.Record
	failedPoll bool // it was polled together with a record that makes a KafkaSource drop the poll's plain records
}

// partitionWorker delivers the records of one partition while the source owns it.
type partitionWorker struct {
	s         *Source
	partition int32
	ctx       context.Context // when it is done, no delivery starts
	cancel    context.CancelFunc
	stopped   chan struct{}

	mu      sync.Mutex
	queue   []queuedRecord
	added   chan struct{} // has an element after records were added to queue
	paused  bool
	offsets offsetTracker
}

func startWorker(s *Source, partition int32) *partitionWorker {
	w := &partitionWorker{s: s, partition: partition, stopped: make(chan struct{}), added: make(chan struct{}, 1)}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	go w.run()
	return w
}

// add queues records. It never blocks, because the poll that calls it holds up rebalances. A worker whose queue is full
// pauses its partition instead.
func (w *partitionWorker) add(records []queuedRecord) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(w.queue, records...)
	if len(w.queue) > maxQueue && !w.paused {
		w.paused = true
		w.s.client.PauseFetchPartitions(map[string][]int32{w.s.Topic: {w.partition}})
	}
	select {
	case w.added <- struct{}{}:
	default:
	}
}

// next waits for a record. It returns false when the worker is told to stop.
func (w *partitionWorker) next() (queuedRecord, bool) {
	for w.ctx.Err() == nil {
		if r, ok := w.dequeue(); ok {
			return r, true
		}
		select {
		case <-w.added:
		case <-w.ctx.Done():
		}
	}
	return queuedRecord{}, false
}

// dequeue removes the first record of the queue. It returns false when the queue is empty.
func (w *partitionWorker) dequeue() (queuedRecord, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return queuedRecord{}, false
	}
	r := w.queue[0]
	w.queue = w.queue[1:]
	if w.paused && len(w.queue) < maxQueue/2 {
		w.resume()
	}
	w.offsets.start(r.Offset)
	return r, true
}

func (w *partitionWorker) resume() {
	w.paused = false
	w.s.client.ResumeFetchPartitions(map[string][]int32{w.s.Topic: {w.partition}})
}

// release resumes the partition if it is paused, so that it is fetched when it is assigned to the source again.
func (w *partitionWorker) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.paused {
		w.resume()
	}
}

// run delivers one record after another, or many at the same time when the source is unordered. It returns when the
// worker is told to stop and no event is in flight.
func (w *partitionWorker) run() {
	defer close(w.stopped)
	requests, cancelRequests := context.WithCancel(context.Background())
	defer cancelRequests()
	defer context.AfterFunc(w.ctx, func() { time.AfterFunc(inFlightGrace, cancelRequests) })()
	// The end of Run counts as well: a rebalance that waits for another worker may delay the stop of this one.
	defer context.AfterFunc(w.s.runCtx, func() { time.AfterFunc(w.s.Grace, cancelRequests) })()
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	for r, ok := w.next(); ok; r, ok = w.next() {
		if !w.s.Unordered {
			w.deliver(requests, r)
			continue
		}
		select {
		case w.s.slots <- struct{}{}:
		case <-w.ctx.Done():
			return
		}
		inFlight.Go(func() {
			defer func() { <-w.s.slots }()
			w.deliver(requests, r)
		})
	}
}

// deliver delivers a record and marks the offset up to which the partition may be committed.
func (w *partitionWorker) deliver(requests context.Context, r queuedRecord) {
	if !w.s.deliver(w.ctx, requests, r) {
		return // unfinished: neither this record nor a later one is committed
	}
	w.mu.Lock()
	last, ok := w.offsets.finish(r.Offset)
	if ok { // still locked, so that the marks only rise
		w.s.client.MarkCommitOffsets(map[string]map[int32]kgo.EpochOffset{
			w.s.Topic: {w.partition: {Epoch: r.LeaderEpoch, Offset: last + 1}},
		})
	}
	w.mu.Unlock()
}
