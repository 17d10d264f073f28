package function

import (
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/tracing"
	"reddit-classifier/internal/version"
)

// counters are the metrics of the function. No label has a value that a sender can choose freely.
type counters struct {
	events      *metrics.Counters
	accepted    [shapes][2]*metrics.Counter // of events, the frequent statuses 200 and 202
	comments    *metrics.Counter
	labels      []*metrics.Counter
	scores      *scores       // nil: the model has no probabilities
	begun       atomic.Uint64 // number of predictions
	prediction  *metrics.Histogram
	sinkPosts   *metrics.Counters
	sinkSeconds *metrics.Histogram
	sinkRetries *metrics.Counter
	memoryWait  *metrics.Histogram
	panics      *metrics.Counter
}

const namespace = "reddit_classifier_"

// predictionSampling is the sampling interval of prediction times: one in so many is measured, because reading the
// clock twice costs more than all counting.
const predictionSampling = 8

// newCounters registers the function's metrics with r. start is the time at which the function began to start.
func newCounters(r *metrics.Registry, f *Function, run *servingState, start time.Time) *counters {
	m := run.classifier.model
	s := &counters{
		events: r.Counters(
			namespace+"events_total",
			"Events that were answered or refused, by the shape of their data, HTTP status and reason.",
			"code",
			"protocol",
			"reason",
		),
		comments: r.Counter(namespace+"comments_total", "Comments that were predicted."),
		prediction: r.Histogram(
			namespace+"prediction_seconds",
			"Time from an event's data to the data that answers it, of every eighth event: reading, predicting, encoding.",
			10e-6,
			25e-6,
			50e-6,
			100e-6,
			250e-6,
			500e-6,
			1e-3,
			2.5e-3,
			10e-3,
			100e-3,
			1,
		),
		sinkPosts: r.Counters(
			namespace+"sink_requests_total",
			"Posts to K_SINK by the status that it answered; none when it did not.",
			"code",
		),
		sinkSeconds: r.Histogram(
			namespace+"sink_request_seconds",
			"Time that a post to K_SINK took.",
			1e-3,
			2.5e-3,
			5e-3,
			10e-3,
			25e-3,
			50e-3,
			100e-3,
			250e-3,
			1,
			5,
			30,
		),
		sinkRetries: r.Counter(namespace+"sink_retries_total", "Posts to K_SINK that repeated one which was not accepted."),
		memoryWait: r.Histogram(
			namespace+"memory_wait_seconds",
			"Time that long requests waited for memory, of those that had to.",
			1e-3,
			10e-3,
			100e-3,
			1,
			5,
			10,
			30,
		),
		panics: r.Counter(namespace+"panics_total", "Panics that were caught, each of them an error of this program."),
	}
	for kind := range shapes {
		for i, code := range accepted2xx {
			s.accepted[kind][i] = s.events.With(strconv.Itoa(code), kind.String(), "")
		}
	}
	labels := r.Counters(namespace+"labels_total", "Comments by the class that they were labelled with.", "class")
	for _, name := range m.Names() {
		s.labels = append(s.labels, labels.With(name))
	}
	if m.HasProba() && !m.IsMultilabel() {
		s.scores = newScores(r, m)
	}
	r.Register(metrics.KindGauge, namespace+"model_info", "The model, as a constant 1.", func(x *metrics.Samples) {
		x.Add(1, "digest", m.Digest(), "model_version", m.Version(), "name", m.Name(), "release", version.String())
	})
	r.Gauge(
		namespace+"in_flight_requests",
		"Requests that are being answered.",
		func() float64 { return float64(f.inFlight.count()) },
	)
	run.memory.register(r)
	took := time.Since(start).Seconds()
	r.Gauge(
		namespace+"start_seconds",
		"Time from the process's start until events were answered.",
		func() float64 { return took },
	)
	return s
}

// register registers the metrics of the memory that long requests share.
func (m *memory) register(r *metrics.Registry) {
	var limits [memoryKinds]int64
	for kind := range limits {
		limits[kind], _ = m.budgets[kind].state()
	}
	each := func(name, help string, value func(limit, left int64, waiting int) float64) {
		r.Register(metrics.KindGauge, namespace+name, help, func(x *metrics.Samples) {
			for kind, budget := range [memoryKinds]string{bodyMemory: "bodies", workMemory: "answers"} {
				left, waiting := m.budgets[kind].state()
				x.Add(value(limits[kind], left, waiting), "budget", budget)
			}
		})
	}
	each(
		"memory_limit_bytes",
		"Memory that long requests share.",
		func(limit, _ int64, _ int) float64 { return float64(limit) },
	)
	each(
		"memory_reserved_bytes",
		"Memory that long requests hold.",
		func(limit, left int64, _ int) float64 { return float64(limit - left) },
	)
	each(
		"memory_waiting_requests",
		"Requests that wait for memory.",
		func(_, _ int64, waiting int) float64 { return float64(waiting) },
	)
}

// registerSpans registers what became of spans.
func registerSpans(r *metrics.Registry, p *tracing.Provider) {
	r.Register(metrics.KindCounter, namespace+"trace_spans_total",
		"Spans that have ended, that the collector has taken, and that could not be delivered or were refused.",
		func(x *metrics.Samples) {
			n := p.Counts()
			x.Add(float64(n.Exported), "result", "exported")
			x.Add(float64(n.Failed), "result", "failed")
			x.Add(float64(n.Ended), "result", "ended")
		})
}

// accepted2xx are the statuses of events that are not refused: 200 with the answer, 202 if it was posted to the sink.
var accepted2xx = [...]int{200, 202}

func (s *counters) eventAccepted(kind shape, code int) {
	s.accepted[kind][slices.Index(accepted2xx[:], code)].Inc()
}

func (s *counters) eventRefused(kind shape, e *Error) {
	s.events.With(strconv.Itoa(e.Code), kind.String(), e.Reason).Inc()
}

// begin returns the time if this prediction is measured, and the zero time otherwise.
func (s *counters) begin() (t time.Time) {
	if s.begun.Add(1)%predictionSampling == 0 {
		t = time.Now()
	}
	return t
}

// predicted counts the comments, labels and scores of an event.
func (s *counters) predicted(p *predictions, began time.Time) {
	if !began.IsZero() {
		s.prediction.Observe(time.Since(began).Seconds())
	}
	s.comments.Add(len(p.ends))
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
	s.sinkPosts.With(code).Inc()
	s.sinkSeconds.Observe(took.Seconds())
}
