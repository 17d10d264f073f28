package autoscaling

import (
	"container/heap"
	"fmt"
	"slices"
	"time"
)

// limit ends a simulation that does not end by itself.
const limit = 6 * time.Hour

// simulation is the state of the simulated world.
type simulation struct {
	Scenario
	scaler *autoscaler
	now    time.Duration
	events events
	serial int
	result Result

	topic    [][]*record // per partition, waiting to be delivered
	busy     []bool      // per partition, with ordered delivery
	sent     int         // in flight of the source, with unordered delivery
	nextSend time.Duration
	pumping  bool
	next     int // the partition whose turn it is, with unordered delivery

	waiting  []*record // at the activator
	pods     []*pod    // ready
	starting int
	inFlight int // waiting or in a pod

	area     time.Duration // of inFlight since the last report
	areaTime time.Duration
	waits    []time.Duration
	last     time.Duration // the last answer
}

type record struct {
	partition int
	arrived   time.Duration
	answers   int
}

// pod is a running function.
type pod struct {
	inFlight  int
	processor time.Duration // when it is free
	leaving   bool
}

// event is something that happens at a time; of those at the same time, in the order in which they were planned.
type event struct {
	at     time.Duration
	serial int
	do     func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].serial < e[j].serial
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// after plans what happens in a while.
func (s *simulation) after(d time.Duration, do func()) {
	s.serial++
	heap.Push(&s.events, event{s.now + d, s.serial, do})
}

// Simulate runs a scenario until all is answered and no pod is left.
func Simulate(sc Scenario) (Result, error) {
	scaler, err := newAutoscaler(sc.Scale)
	if err != nil {
		return Result{}, err
	}
	defer scaler.close()
	s := &simulation{Scenario: sc, scaler: scaler, topic: make([][]*record, sc.Source.Partitions), busy: make([]bool, sc.Source.Partitions)}
	total := sc.records()
	s.after(sc.Idle, func() { s.arrive(sc.records()) })
	if sc.Again > 0 {
		total *= 2
		s.after(sc.Idle+sc.Burst+sc.Again, func() { s.arrive(sc.records()) })
	}
	s.after(reportEvery, s.report)
	s.after(decideEvery, s.tick)
	for !s.over(total) {
		e := heap.Pop(&s.events).(event)
		if e.at > limit {
			return s.result, fmt.Errorf("not over after %v: %d of %d answered, %d pods", limit, s.result.Answered, total, len(s.pods))
		}
		s.now = e.at
		e.do()
	}
	s.finish()
	return s.result, nil
}

// over reports whether all records came and were answered, and no pod is left.
func (s *simulation) over(total int) bool {
	return s.result.Records == total && s.result.Answered == total && len(s.pods)+s.starting == 0 && s.scaler.wanted == 0
}

// arrive writes the next record to the topic and plans the one after it. Its partition is that of a key without any order.
func (s *simulation) arrive(left int) {
	n := uint32(s.result.Records)
	p := int((n * 2654435761 >> 16) % uint32(s.Source.Partitions)) // Knuth's multiplicative hash
	s.topic[p] = append(s.topic[p], &record{partition: p, arrived: s.now})
	s.result.Records++
	s.result.MaxLag = max(s.result.MaxLag, s.result.Records-s.result.Answered)
	s.deliver(p)
	if left > 1 {
		s.after(time.Second/time.Duration(s.Rate), func() { s.arrive(left - 1) })
	}
}

// deliver has the source send what its rule of delivering lets it send, now that something changed for a partition.
func (s *simulation) deliver(p int) {
	if s.Source.Ordered {
		if !s.busy[p] && len(s.topic[p]) > 0 {
			s.busy[p] = true
			s.send(p)
		}
		return
	}
	if s.pumping || s.sent >= unorderedInFlight {
		return
	}
	for range s.topic {
		s.next = (s.next + 1) % len(s.topic)
		if len(s.topic[s.next]) > 0 {
			s.pump(s.next)
			return
		}
	}
}

// pump sends a partition's next record as soon as the dispatcher can.
func (s *simulation) pump(p int) {
	s.pumping = true
	s.sent++
	s.after(max(0, s.nextSend-s.now), func() {
		s.nextSend, s.pumping = s.now+unorderedGap, false
		s.send(p)
		s.deliver(p)
	})
}

func (s *simulation) send(p int) {
	r := s.topic[p][0]
	s.topic[p] = s.topic[p][1:]
	s.count(+1)
	s.waiting = append(s.waiting, r)
	if len(s.pods)+s.starting == 0 && s.scaler.wanted == 0 {
		s.poke()
	}
	s.assign()
}

// poke is what the activator does on the first request for a revision without pods: it reports at once, and Knative decides at once.
func (s *simulation) poke() {
	s.scaler.report(s.now, 1)
	s.resize()
}

// assign gives waiting requests to pods, each to the one with the least to do.
func (s *simulation) assign() {
	for len(s.waiting) > 0 {
		var best *pod
		for _, p := range s.pods {
			if !p.leaving && p.inFlight < s.Scale.Concurrency && (best == nil || p.inFlight < best.inFlight) {
				best = p
			}
		}
		if best == nil {
			return
		}
		r := s.waiting[0]
		s.waiting = s.waiting[1:]
		best.inFlight++
		best.processor = max(best.processor, s.now) + s.work()
		s.after(best.processor-s.now+s.Sink, func() { s.answered(best, r) })
	}
}

func (s *simulation) answered(p *pod, r *record) {
	p.inFlight--
	s.count(-1)
	s.last = s.now
	s.waits = append(s.waits, s.now-r.arrived)
	if r.answers++; r.answers > 1 {
		s.result.Repeated++
	} else {
		s.result.Answered++
	}
	if p.leaving && p.inFlight == 0 {
		s.remove(p)
	}
	s.assign()
	if s.Source.Ordered {
		s.after(orderedGap, func() { s.busy[r.partition] = false; s.deliver(r.partition) })
		return
	}
	s.sent--
	s.deliver(r.partition)
}

// count keeps the number of requests in flight, and its integral.
func (s *simulation) count(d int) {
	s.area += time.Duration(s.inFlight) * (s.now - s.areaTime)
	s.areaTime = s.now
	s.inFlight += d
}

// report is the end of a second.
func (s *simulation) report() {
	s.count(0)
	concurrency := s.area.Seconds() / reportEvery.Seconds()
	s.area = 0
	s.scaler.report(s.now, concurrency)
	s.result.Points = append(s.result.Points, Point{s.result.Records - s.result.Answered, s.staying(), concurrency})
	s.after(reportEvery, s.report)
}

func (s *simulation) tick() {
	s.resize()
	s.after(decideEvery, s.tick)
}

// resize starts or stops pods as the autoscaler wants.
func (s *simulation) resize() {
	s.scaler.ready = s.staying()
	before := s.scaler.wanted
	wanted := s.scaler.decide(s.now)
	if wanted != before {
		s.result.Decisions = append(s.result.Decisions, Decision{s.now, wanted})
	}
	for s.staying()+s.starting < int(wanted) {
		s.starting++
		s.after(s.Pod+s.Start, s.ready)
	}
	for s.staying() > int(wanted) {
		s.stop()
	}
}

func (s *simulation) ready() {
	s.starting--
	if s.staying() >= int(s.scaler.wanted) {
		return // no longer wanted
	}
	if s.result.FirstPod == 0 {
		s.result.FirstPod = s.now - s.Idle
	}
	s.pods = append(s.pods, &pod{})
	s.result.MaxPods = max(s.result.MaxPods, s.staying())
	s.assign()
}

// stop takes the least busy pod out: it gets nothing more, and goes when it has answered what it has.
func (s *simulation) stop() {
	var least *pod
	for _, p := range s.pods {
		if !p.leaving && (least == nil || p.inFlight < least.inFlight) {
			least = p
		}
	}
	least.leaving = true
	if least.inFlight == 0 {
		s.remove(least)
	}
}

func (s *simulation) remove(p *pod) {
	s.pods = slices.DeleteFunc(s.pods, func(q *pod) bool { return q == p })
}

// staying returns the number of pods that take requests.
func (s *simulation) staying() int {
	n := 0
	for _, p := range s.pods {
		if !p.leaving {
			n++
		}
	}
	return n
}

func (s *simulation) finish() {
	s.result.Drained = max(0, s.last-s.Idle-s.Burst)
	s.result.Zero = s.now - s.last
	s.result.Points = append(s.result.Points, Point{})
	slices.Sort(s.waits)
	s.result.P50, s.result.P99 = s.waits[len(s.waits)/2], s.waits[len(s.waits)*99/100]
}
