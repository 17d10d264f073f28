package autoscaling

import (
	"slices"
	"time"

	apiconfig "knative.dev/serving/pkg/apis/config"
)

const (
	// drain is how long queue-proxy keeps a pod that was told to go.
	drain = 30 * time.Second

	// sinkTimeout is the function's own patience with K_SINK, SINK_TIMEOUT, unless set.
	sinkTimeout = 15 * time.Second

	// revisionTimeout is after how long activator and queue-proxy give up a request (504), unless timeoutSeconds says
	// otherwise.
	revisionTimeout = apiconfig.DefaultRevisionTimeoutSeconds * time.Second
)

// pod is a function that starts, runs, or goes.
type pod struct {
	inFlight  int
	processor time.Duration // when it is free
	drained   bool          // left, and no longer kept by queue-proxy
}

// enter is a request's arrival at the activator, which speaks up at once when it has not heard of the revision lately.
func (s *simulation) enter(q *request) {
	s.count(+1)
	s.waiting = append(s.waiting, q)
	if len(s.pods) == 0 && s.asleep == nil {
		now := s.now
		s.asleep = &now
	}
	if !s.known {
		s.known, s.first = true, 1
		s.scaler.report(s.now, 1)
		if s.scaler.desired == 0 {
			s.resize()
		}
	}
	s.assign()
}

// assign gives waiting requests to the pods in turns.
func (s *simulation) assign() {
	for len(s.waiting) > 0 {
		p := s.free()
		if p == nil {
			return
		}
		q := s.waiting[0]
		s.waiting = s.waiting[1:]
		p.inFlight++
		p.processor = max(p.processor, s.now) + s.work()
		took, written := s.post(p.processor)
		s.after(p.processor+took-s.now, func() {
			p.inFlight--
			s.gone(p)
			s.answered(q, written)
			s.assign()
		})
	}
}

// free returns the next pod that may have another request, or nil.
func (s *simulation) free() *pod {
	for i := range s.pods {
		n := (s.turn + i) % len(s.pods)
		if p := s.pods[n]; p.inFlight < s.Scale.Concurrency {
			s.turn = n + 1
			return p
		}
	}
	return nil
}

// resize has the autoscaler decide, and starts or stops pods as it wants.
func (s *simulation) resize() {
	s.scaler.ready = len(s.pods)
	before := s.scaler.wanted
	s.scaler.decide(s.now)
	wanted := s.scaler.wanted
	if wanted != before {
		s.result.Decisions = append(s.result.Decisions, Decision{s.now, wanted})
	}
	for len(s.pods)+len(s.starting) < int(wanted) {
		p := &pod{}
		s.starting = append(s.starting, p)
		s.after(s.Pod+s.Start, func() { s.ready(p) })
	}
	for len(s.pods)+len(s.starting) > int(wanted) {
		s.stop()
	}
}

// ready is the end of a pod's start, unless it was stopped before.
func (s *simulation) ready(p *pod) {
	i := slices.Index(s.starting, p)
	if i < 0 {
		return
	}
	s.starting = slices.Delete(s.starting, i, i+1)
	s.pods = append(s.pods, p)
	s.result.MaxPods = max(s.result.MaxPods, len(s.pods))
	if s.asleep != nil {
		s.result.Wakes = append(s.result.Wakes, s.now-*s.asleep)
		s.asleep = nil
	}
	s.assign()
}

// stop has a pod go: one that is not ready, else the newest, as a ReplicaSet chooses.
func (s *simulation) stop() {
	if n := len(s.starting); n > 0 {
		s.starting = s.starting[:n-1]
		return
	}
	p := s.pods[len(s.pods)-1]
	s.pods = s.pods[:len(s.pods)-1]
	s.leaving++
	s.after(drain, func() { p.drained = true; s.gone(p) })
}

// gone ends a pod that is neither kept nor busy any more.
func (s *simulation) gone(p *pod) {
	if p.drained && p.inFlight == 0 {
		s.leaving--
	}
}
