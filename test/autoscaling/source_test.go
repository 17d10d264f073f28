package autoscaling

import (
	"math"
	"testing"
	"time"
)

// Ordered delivery is simulated as fast as it was measured on the real dispatcher.
func TestOrderedRate(t *testing.T) {
	for _, c := range []struct {
		partitions, consumers int
		answer                time.Duration
		measured              float64 // records a second
	}{
		{1, 1, 0, 250}, {1, 1, 5 * time.Millisecond, 120}, {1, 1, 10 * time.Millisecond, 64},
		{1, 1, 50 * time.Millisecond, 18},
		{3, 1, 0, 231}, {6, 1, 0, 229}, {10, 1, 0, 219}, {20, 1, 0, 233}, {12, 1, 0, 246}, {12, 2, 0, 466},
	} {
		sc := projectScenario(t)
		sc.Source = Source{Partitions: c.partitions, Consumers: c.consumers, Ordered: true, Delivery: sc.Source.Delivery}
		sc.CPU, sc.Sink, sc.Pod, sc.Start = time.Microsecond, c.answer, 0, 0
		sc.Rate, sc.Idle, sc.Burst = 100_000, time.Second, 50*time.Millisecond // 5,000 records at once
		r, err := Simulate(sc)
		if err != nil {
			t.Fatal(err)
		}
		got := float64(r.Records) / (sc.Burst + r.Drained).Seconds()
		if math.Abs(got/c.measured-1) > 0.2 {
			t.Errorf("%d partitions, %d consumers, answers after %v: %.0f records/s, measured %.0f", c.partitions, c.consumers,
				c.answer, got, c.measured)
		}
		if capacity := sc.Source.Capacity(c.answer); math.Abs(got/capacity-1) > 0.2 {
			t.Errorf("%d partitions, %d consumers, answers after %v: %.0f records/s, and a capacity of %.0f", c.partitions,
				c.consumers, c.answer, got, capacity)
		}
	}
}
