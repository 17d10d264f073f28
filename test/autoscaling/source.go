package autoscaling

import "time"

// Source is a KafkaSource's way of delivering.
type Source struct {
	Partitions int
	Ordered    bool
}

const (
	// orderedGap is what the dispatcher takes between an answer and the partition's next record, with ordered delivery: measured,
	// 86 records a second from a partition however fast the function answers.
	orderedGap = 11 * time.Millisecond

	// unorderedInFlight is how many records one consumer has in flight with unordered delivery, whatever the number of partitions:
	// it polls while fewer than max.poll.records (50 as shipped) are, and a poll gives as many again.
	unorderedInFlight = 99

	// unorderedGap is the time between two records that one consumer sends with unordered delivery: measured, 2,270 a second.
	unorderedGap = time.Second / 2270
)

func (s Source) String() string {
	if s.Ordered {
		return "ordered"
	}
	return "unordered"
}

// Capacity returns how many records a second the source delivers when each answer takes this long and pods are not scarce.
func (s Source) Capacity(answer time.Duration) float64 {
	if s.Ordered {
		return float64(s.Partitions) / (orderedGap + answer).Seconds()
	}
	return min(1/unorderedGap.Seconds(), unorderedInFlight/answer.Seconds())
}
