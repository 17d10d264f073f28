package autoscaling

import (
	"time"
)

// Source has the settings of a KafkaSource for delivery.
type Source struct {
	Partitions int
	Consumers  int // number of consumers, which share the partitions
	Ordered    bool
	Delivery
}

const (
	// maxPoll is the default of max.poll.records: the most records that a poll returns, over all partitions. In unordered
	// delivery a consumer polls while it has fewer records in flight.
	maxPoll = 50

	// pollEvery is the interval of polls in ordered delivery (OrderedConsumerVerticle). A consumer polls partitions of
	// whose last poll no records are left except the one in flight. So one consumer delivers 250 records a second at most.
	// Measured: 210 to 233 from 1 to 20 partitions, 246 from 12, and 466 from 12 with two consumers.
	pollEvery = 200 * time.Millisecond

	// orderedGap is the time from an answer to the next record of the partition in ordered delivery. Measured: 250, 120,
	// 64 and 18 records a second from one partition for answers after 0, 5, 10 and 50 ms, which means 50 records per poll
	// and a gap of 2 to 3 ms.
	orderedGap = 2500 * time.Microsecond

	// unorderedGap is the time between two records of a consumer in unordered delivery. Measured: 950 to 1,700 records a
	// second on two noisy cores.
	unorderedGap = time.Second / 1700
)

func (s Source) String() string {
	if s.Ordered {
		return "ordered"
	}
	return "unordered"
}

// Capacity returns how many records a second the source delivers at least, if there is a backlog, answers take this
// long and there are enough pods.
func (s Source) Capacity(answer time.Duration) float64 {
	consumers := float64(s.consumers())
	if s.Ordered {
		// The number of polls in the time that it takes to deliver the records of one poll of a partition.
		polls := (maxPoll*(orderedGap+answer) + pollEvery - 1) / pollEvery
		partition := maxPoll / (polls * pollEvery).Seconds()
		return min(consumers*maxPoll/pollEvery.Seconds(), float64(s.Partitions)*partition)
	}
	return consumers * min(1/unorderedGap.Seconds(), maxPoll/answer.Seconds())
}

// consumers returns the number of consumers that have partitions.
func (s Source) consumers() int { return min(max(1, s.Consumers), s.Partitions) }

// inFlight returns the most records that the source can have in flight.
func (s Source) inFlight() int {
	if s.Ordered {
		return s.Partitions
	}
	return s.consumers() * (2*maxPoll - 1)
}

// record is a record of the input topic and its fate.
type record struct {
	partition    int
	created      time.Duration
	attempts     int
	predictions  int // in the output topic
	deadLettered bool
}

// consumer is a consumer of the source. It has every n-th partition, where n is the number of consumers.
type consumer struct {
	first    int           // its first partition
	next     int           // the partition to poll next
	inFlight int           // records in unordered delivery
	nextSend time.Duration // in unordered delivery
}

// partitionWorker delivers the records of one partition in ordered delivery.
type partitionWorker struct {
	queue []*record // of the last poll
	busy  bool      // a record is in flight
}

// consumerOf returns the consumer of a partition.
func (s *simulation) consumerOf(partition int) *consumer {
	return &s.consumers[partition%len(s.consumers)]
}

// notify tells the source that a partition has a new record. In ordered delivery it does nothing, because consumers
// poll at intervals.
func (s *simulation) notify(partition int) {
	if !s.Source.Ordered {
		s.poll(s.consumerOf(partition))
	}
}

// pollOrdered polls for a consumer in ordered delivery, and schedules its next poll. It does not poll partitions that
// have records left to deliver.
func (s *simulation) pollOrdered(c *consumer) {
	s.take(c, func(p int) bool { return len(s.workers[p].queue) > 0 }, func(p int, records []*record) {
		s.workers[p].queue = records
		s.dispatch(p)
	})
	s.after(pollEvery, func() { s.pollOrdered(c) })
}

// dispatch delivers the next record of a partition if none is in flight.
func (s *simulation) dispatch(partition int) {
	w := &s.workers[partition]
	if w.busy || len(w.queue) == 0 {
		return
	}
	r := w.queue[0]
	w.queue, w.busy = w.queue[1:], true
	s.attempt(r)
}

// poll polls for a consumer in unordered delivery, and sends the records as fast as the dispatcher can.
func (s *simulation) poll(c *consumer) {
	for c.inFlight < maxPoll {
		n := s.take(c, func(int) bool { return false }, func(_ int, records []*record) {
			for _, r := range records {
				c.nextSend = max(c.nextSend+unorderedGap, s.now)
				s.after(c.nextSend-s.now, func() { s.attempt(r) })
			}
		})
		if n == 0 {
			return
		}
		c.inFlight += n
	}
}

// take calls f with the records of one poll, by partition, and returns their number. It skips paused partitions.
func (s *simulation) take(
	c *consumer,
	paused func(partition int) bool,
	f func(partition int, records []*record),
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
			f(p, waiting[:k])
		}
		if c.next += len(s.consumers); c.next >= len(s.topic) {
			c.next = c.first
		}
	}
	return n
}

// commit finishes a record, so that the source can deliver another one.
func (s *simulation) commit(r *record) {
	s.committed++
	s.lastCommit = s.now
	if s.Source.Ordered {
		s.after(orderedGap, func() {
			s.workers[r.partition].busy = false
			s.dispatch(r.partition)
		})
		return
	}
	c := s.consumerOf(r.partition)
	c.inFlight--
	s.poll(c)
}
