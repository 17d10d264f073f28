package eventing

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// deliveryBuckets are the upper bounds of durations, in seconds.
var deliveryBuckets = []float64{1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 5, 30, 300}

// Count makes metrics of what the source delivers. It is called before Run.
func (s *Source) Count(r prometheus.Registerer) {
	records := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "reddit_classifier_source_records_total", Help: "Records that need no more work, by how they ended: accepted, dead_letter or lost.",
	}, []string{"outcome"})
	attempts := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "reddit_classifier_source_attempts_total", Help: "Posts of events to the sink, retries included.",
	})
	seconds := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "reddit_classifier_source_delivery_seconds", Help: "Time from an event's first post until it needs no more work.", Buckets: deliveryBuckets,
	})
	r.MustRegister(records, attempts, seconds)
	for _, outcome := range []string{"accepted", "dead_letter", "lost"} {
		records.WithLabelValues(outcome)
	}
	after := s.After
	s.After = func(o Outcome) {
		outcome := "accepted"
		switch {
		case o.Lost:
			outcome = "lost"
		case o.Dead:
			outcome = "dead_letter"
		}
		records.WithLabelValues(outcome).Inc()
		attempts.Add(float64(o.Attempts))
		seconds.Observe(o.Took.Seconds())
		if after != nil {
			after(o)
		}
	}
}

// Count makes metrics of what the sink answers. It is called before the sink serves.
func (s *Sink) Count(r prometheus.Registerer) {
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "reddit_classifier_sink_writes_total", Help: "Events that were posted, by topic and the status that they were answered with.",
	}, []string{"topic", "code"})
	seconds := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "reddit_classifier_sink_write_seconds", Help: "Time that the answer to an event took.", Buckets: deliveryBuckets,
	})
	r.MustRegister(requests, seconds)
	s.answered = func(topic string, status int, took time.Duration) {
		if !slices.Contains(s.Topics, topic) {
			topic = "" // a stranger's
		}
		requests.WithLabelValues(topic, strconv.Itoa(status)).Inc()
		seconds.Observe(took.Seconds())
	}
}
