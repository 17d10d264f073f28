package console

import (
	"time"

	"reddit-classifier/internal/metrics"
)

// Count registers the counts of the feed as metrics of r. The label reason has at most keptReasons values and "others".
func (f *Feed) Count(r *metrics.Registry) {
	register := func(kind, name, help string, collect func(*metrics.Samples)) {
		r.Register(kind, "reddit_classifier_"+name, help, func(s *metrics.Samples) {
			f.mu.Lock()
			defer f.mu.Unlock()
			collect(s)
		})
	}
	register(
		metrics.KindGauge,
		"lag_records",
		"Records of the input topic that the consumer group has not committed.",
		func(s *metrics.Samples) {
			if f.lag != nil {
				s.Add(float64(f.lag.Records), "group", f.lag.Group)
			}
		},
	)
	register(
		metrics.KindCounter,
		"input_records_total",
		"Records of the input topic that were seen.",
		func(s *metrics.Samples) { s.Add(float64(f.counts.inputs)) },
	)
	register(
		metrics.KindCounter,
		"output_records_total",
		"Records of the output topic that were seen.",
		func(s *metrics.Samples) { s.Add(float64(f.counts.answers)) },
	)
	register(
		metrics.KindCounter,
		"dead_letters_total",
		"Records of the error topic that were seen, by reason.",
		func(s *metrics.Samples) {
			for _, x := range f.counts.byReason() {
				s.Add(float64(x.Count), "reason", x.Reason)
			}
		},
	)
	const latency = "Time from the write of a record to the input topic to the write of its answer or dead letter."
	register(metrics.KindHistogram, "answer_latency_seconds", latency, func(s *metrics.Samples) {
		var bounds []float64
		for _, bound := range latencyBuckets {
			bounds = append(bounds, bound.Seconds())
		}
		h := &f.counts.latencyHistogram
		s.AddHistogram(bounds, h.bins[:], h.sum.Seconds())
	})
}

// latencyBuckets are the upper bounds of answer_latency_seconds.
var latencyBuckets = [...]time.Duration{
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
	250 * time.Millisecond,
	time.Second, 5 * time.Second, 30 * time.Second, 5 * time.Minute,
}

// latencyHistogram is a histogram of all latencies since the start of the console.
type latencyHistogram struct {
	bins [len(latencyBuckets) + 1]uint64
	sum  time.Duration
}

func (h *latencyHistogram) add(d time.Duration) {
	i := 0
	for i < len(latencyBuckets) && d > latencyBuckets[i] {
		i++
	}
	h.bins[i]++
	h.sum += d
}
