package autoscaling

import (
	"math"
	"slices"
	"time"
)

// Delivery has the settings of a KafkaSource's spec.delivery.
type Delivery struct {
	Retry      int           // attempts after the first
	Backoff    time.Duration // the n-th retry waits Backoff × 2ⁿ, or Backoff × n if Linear
	Linear     bool
	Timeout    time.Duration // of one attempt
	DeadLetter bool          // there is a dead letter sink; without one, a record is lost after its retries
}

// backoff returns how long the source waits before retry n, counted from 1
// (WebClientCloudEventSender.computeRetryPolicy).
func (d Delivery) backoff(n int) time.Duration {
	if d.Linear {
		return d.Backoff * time.Duration(n)
	}
	return d.Backoff * time.Duration(math.Pow(2, float64(n)))
}

// Budget returns the time from the first attempt for a record to the start of the last one, if each attempt takes this
// long.
func (d Delivery) Budget(attempt time.Duration) time.Duration {
	var sum time.Duration
	for n := 1; n <= d.Retry; n++ {
		sum += attempt + d.backoff(n)
	}
	return sum
}

// request is one attempt to deliver a record.
type request struct {
	record   *record
	deadline time.Duration
	done     bool // answered or timed out
}

// attempt sends a record to the function. It waits at the activator until a pod is free.
func (s *simulation) attempt(r *record) {
	if r.attempts++; r.attempts > 1 {
		s.result.Retried++
	}
	q := &request{record: r, deadline: s.now + min(s.Source.Timeout, revisionTimeout)}
	if s.pending = append(s.pending, q); len(s.pending) == 1 {
		s.after(q.deadline-s.now, s.expire)
	}
	s.receive(q)
}

// expire times out requests after their deadlines. The pending requests are in the order of their deadlines, because
// all have the same timeout.
func (s *simulation) expire() {
	for len(s.pending) > 0 && (s.pending[0].done || s.pending[0].deadline <= s.now) {
		q := s.pending[0]
		s.pending = s.pending[1:]
		s.timeOut(q)
	}
	if len(s.pending) > 0 {
		s.after(s.pending[0].deadline-s.now, s.expire)
	}
}

// timeOut ends a request whose deadline has passed. The activator drops it when the connection is closed; a pod does
// not notice.
func (s *simulation) timeOut(q *request) {
	if q.done {
		return
	}
	q.done = true
	s.waiting = slices.DeleteFunc(s.waiting, func(w *request) bool { return w == q })
	s.count(-1)
	s.fail(q.record)
}

// answer ends a request in a pod. A prediction that is written remains, even if the source has timed out.
func (s *simulation) answer(q *request, written bool) {
	if written {
		q.record.predictions++
	}
	if q.done {
		return
	}
	q.done = true
	s.count(-1)
	if !written {
		s.fail(q.record)
		return
	}
	s.latencies = append(s.latencies, s.now-q.record.created)
	s.commit(q.record)
}

// fail schedules a retry for a record, or dead-letters it after the last one.
func (s *simulation) fail(r *record) {
	if r.attempts <= s.Source.Retry {
		s.after(s.Source.backoff(r.attempts), func() { s.attempt(r) })
		return
	}
	r.deadLettered = s.Source.DeadLetter
	s.commit(r)
}

// Outage is a time in which K_SINK accepts no predictions.
type Outage struct{ From, For time.Duration }

// post returns the duration of a post to the sink that begins at a time, and whether the sink has accepted it. The
// function retries until sinkTimeout, and then answers 503.
func (s *simulation) post(at time.Duration) (time.Duration, bool) {
	left := s.Outage.From + s.Outage.For - at
	switch {
	case at < s.Outage.From || left <= 0:
		return s.Sink, true
	case left+s.Sink <= sinkTimeout:
		return left + s.Sink, true
	}
	return sinkTimeout, false
}
