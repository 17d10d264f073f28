package autoscaling

import (
	"slices"
	"time"

	apiconfig "knative.dev/serving/pkg/apis/config"
)

const (
	// drain is the time for which queue-proxy keeps a pod that was stopped.
	drain = 30 * time.Second

	// sinkTimeout is the default of SINK_TIMEOUT, the time limit of the function for posts to K_SINK.
	sinkTimeout = 15 * time.Second

	// revisionTimeout is the default of timeoutSeconds, after which the activator and queue-proxy answer 504.
	revisionTimeout = apiconfig.DefaultRevisionTimeoutSeconds * time.Second
)

// pod is a pod of the function.
type pod struct {
	inFlight  int
	processor time.Duration // the time from which on the processor is free
	drained   bool          // it was stopped, and the drain time has passed
}

// receive handles a request at the activator. The activator reports it at once if there was no request recently.
func (s *simulation) receive(q *request) {
	s.count(+1)
	s.waiting = append(s.waiting, q)
	if len(s.pods) == 0 && s.wakeStart == nil {
		now := s.now
		s.wakeStart = &now
	}
	if !s.active {
		s.active, s.reported = true, 1
		s.scaler.report(s.now, 1)
		if s.scaler.desired == 0 {
			s.resize()
		}
	}
	s.assign()
}

// assign assigns waiting requests to the pods in turn.
func (s *simulation) assign() {
	for len(s.waiting) > 0 {
		p := s.freePod()
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
			s.remove(p)
			s.answer(q, written)
			s.assign()
		})
	}
}

// freePod returns the next pod that can take a request, or nil.
func (s *simulation) freePod() *pod {
	for i := range s.pods {
		n := (s.nextPod + i) % len(s.pods)
		if p := s.pods[n]; p.inFlight < s.Scale.Concurrency {
			s.nextPod = n + 1
			return p
		}
	}
	return nil
}

// resize lets the autoscaler decide, and starts or stops pods.
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

// ready makes a starting pod ready, unless it was stopped before.
func (s *simulation) ready(p *pod) {
	i := slices.Index(s.starting, p)
	if i < 0 {
		return
	}
	s.starting = slices.Delete(s.starting, i, i+1)
	s.pods = append(s.pods, p)
	s.result.MaxPods = max(s.result.MaxPods, len(s.pods))
	if s.wakeStart != nil {
		s.result.Wakes = append(s.result.Wakes, s.now-*s.wakeStart)
		s.wakeStart = nil
	}
	s.assign()
}

// stop stops the pod that a ReplicaSet chooses: one that is not ready or, if there is none, the newest.
func (s *simulation) stop() {
	if n := len(s.starting); n > 0 {
		s.starting = s.starting[:n-1]
		return
	}
	p := s.pods[len(s.pods)-1]
	s.pods = s.pods[:len(s.pods)-1]
	s.terminating++
	s.after(drain, func() { p.drained = true; s.remove(p) })
}

// remove ends a stopped pod if its drain time has passed and it has no requests.
func (s *simulation) remove(p *pod) {
	if p.drained && p.inFlight == 0 {
		s.terminating--
	}
}
