package autoscaling

import (
	"time"
)

// Source is a KafkaSource's way of delivering.
type Source struct {
	Partitions int
	Consumers  int // that share the partitions
	Ordered    bool
	Delivery
}

const (
	// maxPoll is max.poll.records as shipped: what a consumer gets of a poll at most, whatever the number of partitions.
	// With unordered delivery it polls while it has fewer records under way.
	maxPoll = 50

	// pollEvery is how often a consumer polls with ordered delivery (OrderedConsumerVerticle): for partitions whose last
	// poll is used up but for the record in flight. So one consumer brings 250 records a second at most: measured, 210 to
	// 233 from 1 to 20 partitions, 246 from 12, and 466 from these with two consumers.
	pollEvery = 200 * time.Millisecond

	// orderedGap is what the dispatcher takes between an answer and the partition's next record, with ordered delivery:
	// measured, 250, 120, 64 and 18 records a second from one partition for answers after 0, 5, 10 and 50 ms, which is 50
	// a poll and a gap of 2 to 3 ms.
	orderedGap = 2500 * time.Microsecond

	// unorderedGap is the time between two records that one consumer sends with unordered delivery: measured, 950 to 1,700
	// a second on two noisy cores.
	unorderedGap = time.Second / 1700
)

func (s Source) String() string {
	if s.Ordered {
		return "ordered"
	}
	return "unordered"
}

// Capacity returns how many records a second the source delivers at least when there is a backlog, each answer takes
// this long and pods are not scarce.
func (s Source) Capacity(answer time.Duration) float64 {
	consumers := float64(s.consumers())
	if s.Ordered {
		polls := (maxPoll*(orderedGap+answer) + pollEvery - 1) / pollEvery // until a partition's records of one poll are delivered
		partition := maxPoll / (polls * pollEvery).Seconds()
		return min(consumers*maxPoll/pollEvery.Seconds(), float64(s.Partitions)*partition)
	}
	return consumers * min(1/unorderedGap.Seconds(), maxPoll/answer.Seconds())
}

// consumers returns how many consumers have partitions.
func (s Source) consumers() int { return min(max(1, s.Consumers), s.Partitions) }

// inFlight returns how many records the source has under way at most.
func (s Source) inFlight() int {
	if s.Ordered {
		return s.Partitions
	}
	return s.consumers() * (2*maxPoll - 1)
}

// record is a record of the input topic and what became of it.
type record struct {
	partition int
	arrived   time.Duration
	attempts  int  // deliveries that were begun
	written   int  // predictions in the output topic
	dead      bool // in the topic of dead letters
}

// consumer is one of a source's consumers: it has every partition whose number leaves the same rest.
type consumer struct {
	first    int           // partition
	next     int           // the partition whose turn it is
	underWay int           // records, with unordered delivery
	nextSend time.Duration // with unordered delivery
}

// lane is a partition of a consumer with ordered delivery.
type lane struct {
	queue []*record // of the last poll
	busy  bool
}

// consumerOf returns the consumer that has a partition.
func (s *simulation) consumerOf(partition int) *consumer {
	return &s.consumers[partition%len(s.consumers)]
}

// arrived has the source take note of a record: with ordered delivery its consumer polls when it is time to.
func (s *simulation) arrived(partition int) {
	if !s.Source.Ordered {
		s.poll(s.consumerOf(partition))
	}
}

// pollOrdered has a consumer poll with ordered delivery, and again after a while: from partitions that have nothing
// left to deliver.
func (s *simulation) pollOrdered(c *consumer) {
	s.take(c, func(p int) bool { return len(s.lanes[p].queue) > 0 }, func(p int, records []*record) {
		s.lanes[p].queue = records
		s.dispatch(p)
	})
	s.after(pollEvery, func() { s.pollOrdered(c) })
}

// dispatch delivers a partition's next record when none is in flight.
func (s *simulation) dispatch(partition int) {
	l := &s.lanes[partition]
	if l.busy || len(l.queue) == 0 {
		return
	}
	r := l.queue[0]
	l.queue, l.busy = l.queue[1:], true
	s.attempt(r)
}

// poll has a consumer take records with unordered delivery, and send them as fast as the dispatcher can.
func (s *simulation) poll(c *consumer) {
	for c.underWay < maxPoll {
		n := s.take(c, func(int) bool { return false }, func(_ int, records []*record) {
			for _, r := range records {
				c.nextSend = max(c.nextSend+unorderedGap, s.now)
				s.after(c.nextSend-s.now, func() { s.attempt(r) })
			}
		})
		if n == 0 {
			return
		}
		c.underWay += n
	}
}

// take gives each the records of one poll, partition by partition, and returns how many there were. A partition that is
// paused has to wait.
func (s *simulation) take(
	c *consumer,
	paused func(partition int) bool,
	each func(partition int, records []*record),
) int {
	n := 0
	for range len(s.topic) {
		p := c.next
		if n == maxPoll {
			return n
		}
		if waiting := s.topic[p]; len(waiting) > 0 && !paused(p) {
			k := min(len(waiting), maxPoll-n)
			s.topic[p] = waiting[k:]
			n += k
			each(p, waiting[:k])
		}
		if c.next += len(s.consumers); c.next >= len(s.topic) {
			c.next = c.first
		}
	}
	return n
}

// settle commits a record's offset: the source is done with it, and has room for another.
func (s *simulation) settle(r *record) {
	s.settled++
	s.last = s.now
	if s.Source.Ordered {
		s.after(orderedGap, func() {
			s.lanes[r.partition].busy = false
			s.dispatch(r.partition)
		})
		return
	}
	c := s.consumerOf(r.partition)
	c.underWay--
	s.poll(c)
}
