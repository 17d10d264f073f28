package eventing

import (
	"slices"
	"strconv"
	"time"

	"reddit-classifier/internal/metrics"
)

// deliveryBuckets are the upper bounds of durations, in seconds.
var deliveryBuckets = []float64{1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 5, 30, 300}

// Count makes metrics of what the source delivers. It is called before Run.
func (s *Source) Count(r *metrics.Registry) {
	records := r.Counters(
		"reddit_classifier_source_records_total",
		"Records that need no more work, by how they ended: accepted, dead_letter or lost.",
		"outcome",
	)
	attempts := r.Counter("reddit_classifier_source_attempts_total", "Posts of events to the sink, retries included.")
	seconds := r.Histogram(
		"reddit_classifier_source_delivery_seconds",
		"Time from an event's first post until it needs no more work.",
		deliveryBuckets...)
	for _, outcome := range []string{"accepted", "dead_letter", "lost"} {
		records.With(outcome)
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
		records.With(outcome).Inc()
		attempts.Add(o.Attempts)
		seconds.Observe(o.Took.Seconds())
		if after != nil {
			after(o)
		}
	}
}

// Count makes metrics of what the sink answers. It is called before the sink serves.
func (s *Sink) Count(r *metrics.Registry) {
	requests := r.Counters(
		"reddit_classifier_sink_writes_total",
		"Events that were posted, by topic and the status that they were answered with.",
		"code",
		"topic",
	)
	seconds := r.Histogram(
		"reddit_classifier_sink_write_seconds",
		"Time that the answer to an event took.",
		deliveryBuckets...)
	s.answered = func(topic string, status int, took time.Duration) {
		if !slices.Contains(s.Topics, topic) {
			topic = "" // a stranger's
		}
		requests.With(strconv.Itoa(status), topic).Inc()
		seconds.Observe(took.Seconds())
	}
}
