package autoscaling

import (
	"container/heap"
	"errors"
	"fmt"
	"math/rand/v2"
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
	chance *rand.Rand // nil: none
	result Result

	records   []*record   // all that came
	topic     [][]*record // per partition, waiting to be delivered
	settled   int         // records whose offset is committed
	consumers []consumer
	lanes     []lane     // per partition, with ordered delivery
	open      []*request // those that the source may still have to give up

	waiting  []*request // at the activator
	known    bool       // to the activator: there was a request in this or the last second
	first    float64    // requests that the activator reported ahead
	asleep   *time.Duration
	starting []*pod
	pods     []*pod // ready
	turn     int    // the pod whose turn it is
	leaving  int    // pods that were told to go

	inFlight int           // at the activator or in a pod
	area     time.Duration // of inFlight since the last report
	areaTime time.Duration
	waits    []time.Duration
	last     time.Duration // the last record was settled
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

// step has the next event happen.
func (s *simulation) step() {
	e := heap.Pop(&s.events).(event)
	s.now = e.at
	e.do()
}

// newSimulation returns a scenario's world before anything happened. Its scaler is to be closed.
func newSimulation(sc Scenario) (*simulation, error) {
	scaler, err := newAutoscaler(sc.Scale)
	if err != nil {
		return nil, err
	}
	var chance *rand.Rand
	if sc.Seed > 0 {
		chance = rand.New(rand.NewPCG(sc.Seed, 0))
	}
	s := &simulation{
		Scenario: sc, chance: chance, scaler: scaler, topic: make([][]*record, sc.Source.Partitions), lanes: make([]lane, sc.Source.Partitions),
	}
	for i := range sc.Source.consumers() {
		s.consumers = append(s.consumers, consumer{first: i, next: i})
	}
	return s, nil
}

// Simulate runs a scenario until every record is settled and no pod is left.
func Simulate(sc Scenario) (Result, error) {
	s, err := newSimulation(sc)
	if err != nil {
		return Result{}, err
	}
	scaler := s.scaler
	defer scaler.close()
	total := sc.bursts() * sc.records()
	s.after(sc.Idle, func() { s.arrive(sc.records()) })
	if sc.Again > 0 {
		s.after(sc.Idle+sc.Burst+sc.Again, func() { s.arrive(sc.records()) })
	}
	for i := range s.consumers {
		if sc.Source.Ordered {
			s.pollOrdered(&s.consumers[i])
		}
	}
	s.after(reportEvery, s.report)
	s.after(decideEvery, s.tick)
	for s.settled < total || s.scaler.wanted > 0 || len(s.pods)+len(s.starting)+s.leaving > 0 {
		if s.events[0].at > limit {
			return s.result, fmt.Errorf(
				"not over after %v: %d of %d records settled, %d pods",
				limit,
				s.settled,
				total,
				len(s.pods),
			)
		}
		s.step()
	}
	s.finish()
	if s.settled != total || s.inFlight != 0 {
		return s.result, fmt.Errorf(
			"miscounted: %d of %d records settled, %d requests in flight at the end",
			s.settled,
			total,
			s.inFlight,
		)
	}
	if scaler.direct {
		return s.result, errors.New(
			"the activator leaves the path of requests, which is not simulated: max-scale × target is above target-burst-capacity",
		)
	}
	return s.result, nil
}

// arrive writes the next record to the topic and plans the one after it. Its partition is that of a key without any
// order.
func (s *simulation) arrive(left int) {
	n := uint32(len(s.records))
	p := int((n * 2654435761 >> 16) % uint32(s.Source.Partitions)) // Knuth's multiplicative hash
	r := &record{partition: p, arrived: s.now}
	s.records = append(s.records, r)
	s.topic[p] = append(s.topic[p], r)
	s.result.MaxLag = max(s.result.MaxLag, s.lag())
	s.arrived(p)
	if left > 1 {
		gap := time.Second / time.Duration(s.Rate)
		if s.chance != nil {
			gap = time.Duration(float64(gap) * s.chance.ExpFloat64())
		}
		s.after(gap, func() { s.arrive(left - 1) })
	}
}

// lag returns how many records came and are not settled.
func (s *simulation) lag() int { return len(s.records) - s.settled }

// count keeps the number of requests in flight, and its integral.
func (s *simulation) count(d int) {
	s.area += time.Duration(s.inFlight) * (s.now - s.areaTime)
	s.areaTime = s.now
	s.inFlight += d
}

// report is the end of a second. The activator reports what it knows of; so do pods, whose share is none: all came
// through the activator.
func (s *simulation) report() {
	s.count(0)
	concurrency := s.area.Seconds() / reportEvery.Seconds()
	s.area = 0
	if s.known || len(s.pods) > 0 {
		s.scaler.report(s.now, max(0, concurrency-s.first))
	}
	s.known, s.first = concurrency > 0 || s.inFlight > 0, 0
	s.result.Points = append(s.result.Points, Point{s.lag(), len(s.pods), concurrency})
	s.after(reportEvery, s.report)
}

func (s *simulation) tick() {
	s.resize()
	s.after(decideEvery, s.tick)
}

func (s *simulation) finish() {
	r := &s.result
	r.Records = len(s.records)
	for _, c := range s.records {
		switch {
		case c.written == 0 && !c.dead:
			r.Lost++
		case c.written > 0:
			r.Answered++
		}
		if c.written > 1 {
			r.Repeated++
		}
		if c.dead {
			r.Dead++
		}
	}
	r.Drained = max(0, s.last-s.Idle-s.Burst)
	r.Zero = r.Decisions[len(r.Decisions)-1].At - s.last
	r.Points = append(r.Points, Point{})
	if slices.Sort(s.waits); len(s.waits) > 0 {
		r.P50, r.P99 = s.waits[len(s.waits)/2], s.waits[len(s.waits)*99/100]
	}
}
