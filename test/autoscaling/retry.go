package autoscaling

import (
	"math"
	"slices"
	"time"
)

// Delivery is a KafkaSource's spec.delivery.
type Delivery struct {
	Retry      int           // attempts after the first
	Backoff    time.Duration // the n-th retry waits Backoff × 2ⁿ, or Backoff × n
	Linear     bool
	Timeout    time.Duration // of one attempt
	DeadLetter bool          // whether there is a dead letter sink; without one a record that was given up is lost
}

// pause returns how long the source waits before retry n, which counts from 1
// (WebClientCloudEventSender.computeRetryPolicy).
func (d Delivery) pause(n int) time.Duration {
	if d.Linear {
		return d.Backoff * time.Duration(n)
	}
	return d.Backoff * time.Duration(math.Pow(2, float64(n)))
}

// Budget returns the time from a record's first attempt to the beginning of its last one, if each attempt takes this
// long.
func (d Delivery) Budget(attempt time.Duration) time.Duration {
	var sum time.Duration
	for n := 1; n <= d.Retry; n++ {
		sum += attempt + d.pause(n)
	}
	return sum
}

// request is one attempt to deliver a record.
type request struct {
	record *record
	until  time.Duration // when the source gives it up
	over   bool          // for the source: answered, or given up
}

// attempt sends a record to the function. As long as there is no pod for it, it waits at the activator.
func (s *simulation) attempt(r *record) {
	if r.attempts++; r.attempts > 1 {
		s.result.Retried++
	}
	q := &request{record: r, until: s.now + min(s.Source.Timeout, revisionTimeout)}
	if s.open = append(s.open, q); len(s.open) == 1 {
		s.after(q.until-s.now, s.expire)
	}
	s.enter(q)
}

// expire gives up the attempts whose time is over. They are in the order of their ends, as all may take equally long.
func (s *simulation) expire() {
	for len(s.open) > 0 && (s.open[0].over || s.open[0].until <= s.now) {
		q := s.open[0]
		s.open = s.open[1:]
		s.giveUp(q)
	}
	if len(s.open) > 0 {
		s.after(s.open[0].until-s.now, s.expire)
	}
}

// giveUp ends an attempt that took too long. Its connection is closed: the activator forgets it, a pod does not.
func (s *simulation) giveUp(q *request) {
	if q.over {
		return
	}
	q.over = true
	s.waiting = slices.DeleteFunc(s.waiting, func(w *request) bool { return w == q })
	s.count(-1)
	s.failed(q.record)
}

// answered is the end of a request in a pod. A prediction that was written stays written, whether or not the source
// still waits.
func (s *simulation) answered(q *request, written bool) {
	if written {
		q.record.written++
	}
	if q.over {
		return
	}
	q.over = true
	s.count(-1)
	if !written {
		s.failed(q.record)
		return
	}
	s.waits = append(s.waits, s.now-q.record.arrived)
	s.settle(q.record)
}

// failed has the source try again after a pause, or give a record up for good.
func (s *simulation) failed(r *record) {
	if r.attempts <= s.Source.Retry {
		s.after(s.Source.pause(r.attempts), func() { s.attempt(r) })
		return
	}
	r.dead = s.Source.DeadLetter
	s.settle(r)
}

// Outage is a time in which K_SINK takes no prediction.
type Outage struct{ From, For time.Duration }

// post returns how long the function takes from the prediction to its answer, for a post that begins at a time, and
// whether the sink has the prediction then. The function tries to the end of its own patience, and then answers 503.
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
