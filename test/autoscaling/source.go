package autoscaling

import (
	"time"
)

// Source is a KafkaSource's way of delivering.
type Source struct {
	Partitions int
	Ordered    bool
	Delivery
}

const (
	// orderedGap is what the dispatcher takes between an answer and the partition's next record, with ordered delivery: measured,
	// 86 records a second from a partition however fast the function answers.
	orderedGap = 11 * time.Millisecond

	// maxPoll is max.poll.records as shipped: with unordered delivery a consumer polls while it has fewer records under way, and a
	// poll gives at most as many again, whatever the number of partitions.
	maxPoll = 50

	// unorderedGap is the time between two records that one consumer sends with unordered delivery: measured, 2,270 a second.
	unorderedGap = time.Second / 2270
)

func (s Source) String() string {
	if s.Ordered {
		return "ordered"
	}
	return "unordered"
}

// Capacity returns how many records a second the source delivers at least when there is a backlog, each answer takes this long and
// pods are not scarce.
func (s Source) Capacity(answer time.Duration) float64 {
	if s.Ordered {
		return float64(s.Partitions) / (orderedGap + answer).Seconds()
	}
	return min(1/unorderedGap.Seconds(), maxPoll/answer.Seconds())
}

// inFlight returns how many records the source has under way at most.
func (s Source) inFlight() int {
	if s.Ordered {
		return s.Partitions
	}
	return 2*maxPoll - 1
}

// record is a record of the input topic and what became of it.
type record struct {
	partition int
	arrived   time.Duration
	attempts  int  // deliveries that were begun
	written   int  // predictions in the output topic
	dead      bool // in the topic of dead letters
}

// deliver has the source send what its rule of delivering lets it send, now that something changed for a partition.
func (s *simulation) deliver(partition int) {
	if !s.Source.Ordered {
		s.poll()
		return
	}
	if !s.busy[partition] && len(s.topic[partition]) > 0 {
		s.busy[partition] = true
		s.attempt(s.take(partition))
	}
}

// poll takes records from the partitions in turns, and sends them as fast as the dispatcher can.
func (s *simulation) poll() {
	for s.underWay < maxPoll {
		n := 0
		for empty := 0; n < maxPoll && empty < len(s.topic); s.next = (s.next + 1) % len(s.topic) {
			if len(s.topic[s.next]) == 0 {
				empty++
				continue
			}
			r := s.take(s.next)
			s.nextSend = max(s.nextSend+unorderedGap, s.now)
			s.after(s.nextSend-s.now, func() { s.attempt(r) })
			n, empty = n+1, 0
		}
		if n == 0 {
			return
		}
		s.underWay += n
	}
}

func (s *simulation) take(partition int) *record {
	r := s.topic[partition][0]
	s.topic[partition] = s.topic[partition][1:]
	return r
}

// settle commits a record's offset: the source is done with it, and has room for another.
func (s *simulation) settle(r *record) {
	s.settled++
	s.last = s.now
	if s.Source.Ordered {
		s.after(orderedGap, func() { s.busy[r.partition] = false; s.deliver(r.partition) })
		return
	}
	s.underWay--
	s.poll()
}
