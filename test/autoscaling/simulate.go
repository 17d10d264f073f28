package autoscaling

import (
	"container/heap"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// limit is the simulated time after which a simulation fails.
const limit = 6 * time.Hour

// simulation is the state of a simulation.
type simulation struct {
	Scenario
	scaler *autoscaler
	now    time.Duration
	events events
	serial int
	random *rand.Rand // nil if the scenario has no seed
	result Result

	records   []*record   // all records so far
	topic     [][]*record // by partition, the records that were not polled yet
	committed int         // number of committed records
	consumers []consumer
	workers   []partitionWorker // by partition, in ordered delivery
	pending   []*request        // requests that can still time out, by deadline

	waiting     []*request     // at the activator
	active      bool           // the activator had a request in this second or the last one
	reported    float64        // requests that the activator has reported in advance
	wakeStart   *time.Duration // time of the first request while there is no ready pod
	starting    []*pod
	pods        []*pod // ready
	nextPod     int
	terminating int // number of pods that were stopped and have not ended

	inFlight   int           // requests at the activator or in a pod
	area       time.Duration // integral of inFlight since the last report
	areaTime   time.Duration
	latencies  []time.Duration
	lastCommit time.Duration
}

// event is an event at a time. Events of the same time occur in the order in which they were scheduled.
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

// after schedules an event.
func (s *simulation) after(d time.Duration, do func()) {
	s.serial++
	heap.Push(&s.events, event{s.now + d, s.serial, do})
}

// step executes the next event.
func (s *simulation) step() {
	e := heap.Pop(&s.events).(event)
	s.now = e.at
	e.do()
}

// newSimulation returns the initial state of a scenario. The caller must close its scaler.
func newSimulation(sc Scenario) (*simulation, error) {
	scaler, err := newAutoscaler(sc.Scale)
	if err != nil {
		return nil, err
	}
	var random *rand.Rand
	if sc.Seed > 0 {
		random = rand.New(rand.NewPCG(sc.Seed, 0))
	}
	s := &simulation{
		Scenario: sc, random: random, scaler: scaler, topic: make([][]*record, sc.Source.Partitions),
		workers: make([]partitionWorker, sc.Source.Partitions),
	}
	for i := range sc.Source.consumers() {
		s.consumers = append(s.consumers, consumer{first: i, next: i})
	}
	return s, nil
}

// Simulate runs a scenario until every record is committed and no pod is left.
func Simulate(sc Scenario) (Result, error) {
	s, err := newSimulation(sc)
	if err != nil {
		return Result{}, err
	}
	scaler := s.scaler
	defer scaler.close()
	total := sc.bursts() * sc.records()
	s.after(sc.Idle, func() { s.produce(sc.records()) })
	if sc.Again > 0 {
		s.after(sc.Idle+sc.Burst+sc.Again, func() { s.produce(sc.records()) })
	}
	for i := range s.consumers {
		if sc.Source.Ordered {
			s.pollOrdered(&s.consumers[i])
		}
	}
	s.after(reportEvery, s.report)
	s.after(decideEvery, s.tick)
	for s.committed < total || s.scaler.wanted > 0 || len(s.pods)+len(s.starting)+s.terminating > 0 {
		if s.events[0].at > limit {
			return s.result, fmt.Errorf(
				"not over after %v: %d of %d records committed, %d pods",
				limit,
				s.committed,
				total,
				len(s.pods),
			)
		}
		s.step()
	}
	s.finish()
	if s.committed != total || s.inFlight != 0 {
		return s.result, fmt.Errorf(
			"miscounted: %d of %d records committed, %d requests in flight at the end",
			s.committed,
			total,
			s.inFlight,
		)
	}
	if scaler.direct {
		return s.result, errors.New(
			"the activator leaves the request path, which is not simulated: max-scale × target is above target-burst-capacity",
		)
	}
	return s.result, nil
}

// produce writes a record to the topic and schedules the next one. The partitions are those of random keys.
func (s *simulation) produce(left int) {
	n := uint32(len(s.records))
	p := int((n * 2654435761 >> 16) % uint32(s.Source.Partitions)) // Knuth's multiplicative hash
	r := &record{partition: p, created: s.now}
	s.records = append(s.records, r)
	s.topic[p] = append(s.topic[p], r)
	s.result.MaxLag = max(s.result.MaxLag, s.lag())
	s.notify(p)
	if left > 1 {
		gap := time.Second / time.Duration(s.Rate)
		if s.random != nil {
			gap = time.Duration(float64(gap) * s.random.ExpFloat64())
		}
		s.after(gap, func() { s.produce(left - 1) })
	}
}

// lag returns the number of records that are not committed.
func (s *simulation) lag() int { return len(s.records) - s.committed }

// count changes the number of requests in flight by d, and updates its integral.
func (s *simulation) count(d int) {
	s.area += time.Duration(s.inFlight) * (s.now - s.areaTime)
	s.areaTime = s.now
	s.inFlight += d
}

// report ends a second. The activator reports the concurrency. The pods report none, because all their requests come
// through the activator.
func (s *simulation) report() {
	s.count(0)
	concurrency := s.area.Seconds() / reportEvery.Seconds()
	s.area = 0
	if s.active || len(s.pods) > 0 {
		s.scaler.report(s.now, max(0, concurrency-s.reported))
	}
	s.active, s.reported = concurrency > 0 || s.inFlight > 0, 0
	s.result.Points = append(s.result.Points, Point{s.lag(), len(s.pods), concurrency})
	s.after(reportEvery, s.report)
}

// tick lets the autoscaler decide periodically.
func (s *simulation) tick() {
	s.resize()
	s.after(decideEvery, s.tick)
}

// finish computes the result.
func (s *simulation) finish() {
	r := &s.result
	r.Records = len(s.records)
	for _, record := range s.records {
		switch {
		case record.predictions == 0 && !record.deadLettered:
			r.Lost++
		case record.predictions > 0:
			r.Answered++
		}
		if record.predictions > 1 {
			r.Repeated++
		}
		if record.deadLettered {
			r.DeadLettered++
		}
	}
	r.Drained = max(0, s.lastCommit-s.Idle-s.Burst)
	r.Zero = r.Decisions[len(r.Decisions)-1].At - s.lastCommit
	r.Points = append(r.Points, Point{})
	if slices.Sort(s.latencies); len(s.latencies) > 0 {
		r.P50, r.P99 = s.latencies[len(s.latencies)/2], s.latencies[len(s.latencies)*99/100]
	}
}
