package function

import (
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reddit-classifier/internal/version"
)

// counters count what the observer is told, for Prometheus. No label ever holds what a stranger wrote.
type counters struct {
	events      *prometheus.CounterVec
	accepted    [shapes][2]prometheus.Counter // of events: 200 and 202, which is most of them
	comments    prometheus.Counter
	labels      []prometheus.Counter
	scores      *scores       // nil: the model has no probabilities
	begun       atomic.Uint64 // predictions
	prediction  prometheus.Observer
	sinkPosts   *prometheus.CounterVec
	sinkSeconds prometheus.Observer
	sinkRetries prometheus.Counter
	memoryWait  prometheus.Observer
	panics      prometheus.Counter
}

const namespace = "reddit_classifier"

// timed is how many predictions there are for each whose time is taken: reading the clock twice would cost more than all counting.
const timed = 8

// newCounters registers the function's metrics with r. start is when the process began to start.
func newCounters(r prometheus.Registerer, f *Function, run *running, start time.Time) *counters {
	m := run.classifier.model
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
		r.MustRegister(c)
		return c
	}
	vector := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	histogram := func(name, help string, buckets []float64) prometheus.Observer {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
		r.MustRegister(h)
		return h
	}
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: labels}, value))
	}
	s := &counters{
		events:      vector("events_total", "Events that were answered or refused, by the shape of their data, HTTP status and reason.", "protocol", "code", "reason"),
		comments:    counter("comments_total", "Comments that were predicted."),
		prediction:  histogram("prediction_seconds", "Time from an event's data to the data that answers it, of every eighth event: reading, predicting, encoding.", []float64{10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 10e-3, 100e-3, 1}),
		sinkPosts:   vector("sink_requests_total", "Posts to K_SINK by the status that it answered; none when it did not.", "code"),
		sinkSeconds: histogram("sink_request_seconds", "Time that a post to K_SINK took.", []float64{1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 5, 30}),
		sinkRetries: counter("sink_retries_total", "Posts to K_SINK that repeated one which was not accepted."),
		memoryWait:  histogram("memory_wait_seconds", "Time that long requests waited for memory, of those that had to.", []float64{1e-3, 10e-3, 100e-3, 1, 5, 10, 30}),
		panics:      counter("panics_total", "Panics that were caught, each of them an error of this program."),
	}
	for kind := range shapes {
		for i, code := range accepted2xx {
			s.accepted[kind][i] = s.events.WithLabelValues(kind.String(), strconv.Itoa(code), "")
		}
	}
	labels := vector("labels_total", "Comments by the class that they were labelled with.", "class")
	for _, name := range m.Names() {
		s.labels = append(s.labels, labels.WithLabelValues(name))
	}
	if m.HasProba() && !m.IsMultilabel() {
		s.scores = newScores(m)
		r.MustRegister(s.scores)
	}
	gauge("model_info", "The model, as a constant 1.", prometheus.Labels{"digest": m.Digest(), "name": m.Name(), "model_version": m.Version(), "release": version.String()}, func() float64 { return 1 })
	gauge("in_flight_requests", "Requests that are being answered.", nil, func() float64 { return float64(f.inFlight.count()) })
	for kind, name := range [memoryKinds]string{bodyMemory: "bodies", workMemory: "answers"} {
		b := &run.memory.budgets[kind]
		all := float64(b.left)
		labels := prometheus.Labels{"budget": name}
		gauge("memory_limit_bytes", "Memory that long requests share.", labels, func() float64 { return all })
		gauge("memory_reserved_bytes", "Memory that long requests hold.", labels, func() float64 {
			left, _ := b.state()
			return all - float64(left)
		})
		gauge("memory_waiting_requests", "Requests that wait for memory.", labels, func() float64 {
			_, waiting := b.state()
			return float64(waiting)
		})
	}
	took := time.Since(start).Seconds()
	gauge("start_seconds", "Time from the process's start until events were answered.", nil, func() float64 { return took })
	return s
}

// accepted2xx are the statuses of events that are not refused: answered in the response, and posted to the sink.
var accepted2xx = [...]int{200, 202}

func (s *counters) eventAccepted(kind shape, code int) {
	s.accepted[kind][slices.Index(accepted2xx[:], code)].Inc()
}

func (s *counters) eventRefused(kind shape, e *Error) {
	s.events.WithLabelValues(kind.String(), strconv.Itoa(e.Code), e.Reason).Inc()
}

// begin returns the time if that of this prediction is taken, and otherwise none.
func (s *counters) begin() (t time.Time) {
	if s.begun.Add(1)%timed == 0 {
		t = time.Now()
	}
	return t
}

// predicted counts what came of an event's comments.
func (s *counters) predicted(p *predictions, began time.Time) {
	if !began.IsZero() {
		s.prediction.Observe(time.Since(began).Seconds())
	}
	s.comments.Add(float64(len(p.ends)))
	for _, label := range p.labels {
		s.labels[label].Inc()
	}
	if s.scores == nil || len(p.ends) == 0 {
		return
	}
	for row := range slices.Chunk(p.numbers, len(p.numbers)/len(p.ends)) {
		s.scores.count(row)
	}
}

func (s *counters) posted(status int, took time.Duration) {
	code := "none"
	if status > 0 {
		code = strconv.Itoa(status)
	}
	s.sinkPosts.WithLabelValues(code).Inc()
	s.sinkSeconds.Observe(took.Seconds())
}
