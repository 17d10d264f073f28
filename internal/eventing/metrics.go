package eventing

import (
	"slices"
	"strconv"
	"time"

	"reddit-classifier/internal/metrics"
)

// deliveryBuckets are the upper bounds of the histograms' buckets, in seconds.
var deliveryBuckets = []float64{1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 5, 30, 300}

// Count counts the records that the source delivers in metrics of r. It must be called before [Source.Run].
func (s *Source) Count(r *metrics.Registry) {
	records := r.Counters(
		"reddit_classifier_source_records_total",
		"Records whose delivery ended, by outcome: accepted, dead_letter or lost.",
		"outcome",
	)
	attempts := r.Counter("reddit_classifier_source_attempts_total", "Posts of events to the sink, including retries.")
	seconds := r.Histogram(
		"reddit_classifier_source_delivery_seconds",
		"Time from the first post of an event to the end of its delivery.",
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
		case o.DeadLettered:
			outcome = "dead_letter"
		}
		records.With(outcome).Inc()
		attempts.Add(o.Attempts)
		seconds.Observe(o.Duration.Seconds())
		if after != nil {
			after(o)
		}
	}
}

// Count counts the events that are posted to the sink in metrics of r. It must be called before the first request.
func (s *Sink) Count(r *metrics.Registry) {
	requests := r.Counters(
		"reddit_classifier_sink_writes_total",
		"Events posted to the sink, by topic and status code of the answer.",
		"code",
		"topic",
	)
	seconds := r.Histogram(
		"reddit_classifier_sink_write_seconds",
		"Time from the request with an event to its answer.",
		deliveryBuckets...)
	s.observe = func(topic string, status int, d time.Duration) {
		if !slices.Contains(s.Topics, topic) {
			topic = "" // any path: it must not become a label
		}
		requests.With(strconv.Itoa(status), topic).Inc()
		seconds.Observe(d.Seconds())
	}
}
