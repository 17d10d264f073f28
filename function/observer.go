package function

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"runtime"
	"runtime/debug"
	"time"

	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	oteltrace "go.opentelemetry.io/otel/trace"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/tracing"
	"reddit-classifier/internal/version"
)

// observer records what happens: each refusal, answer, post, wait and panic. It writes the log, which never contains a
// comment or a secret, updates the metrics, and adds to the span of its context.
type observer struct {
	log     *slog.Logger
	metrics *counters         // nil: no metrics
	tracer  *tracing.Provider // nil: no traces
	digest  string            // of the model, for spans
	classes []string          // names of the classes, by label
}

// started logs that requests are answered from now on.
func (o *observer) started(c *classifier, s *settings) {
	sink := ""
	if s.sink != nil {
		sink = redacted(s.sink.url)
	}
	ready := []any{
		"model", c.name, "version", c.version, "digest", c.digest, "source", s.source, "sink", sink,
		"release", version.String(),
	}
	if s.letters != nil {
		ready = append(ready, "dead_letter_sink", redacted(s.letters.url))
	}
	o.log.Info("ready", ready...)
	if s.sink == nil {
		o.log.Info("no K_SINK: answers are replies; a KafkaSource alone discards them")
	}
}

// refused records a request that is answered with an error. The log gets what identifies the event, and no text of it.
func (o *observer) refused(ctx context.Context, in *cloudevent.Event, kind shape, e *Error) {
	o.countRefused(ctx, kind, e)
	level := slog.LevelWarn
	if e.Code >= 500 {
		level = slog.LevelError
	}
	attributes := []any{
		"code",
		e.Code,
		"reason",
		e.Reason,
		"error",
		e.Message,
		"id",
		truncateForLog(in.ID),
		"source",
		truncateForLog(withoutPassword(in.Source)),
	}
	if e.cause != nil {
		attributes = append(attributes, "cause", e.cause.Error())
	}
	o.log.Log(context.Background(), level, "refused", attributes...)
}

// delivered records that a refused event was posted to the dead letter sink.
func (o *observer) delivered(in *cloudevent.Event, e *Error) {
	if o.debugEnabled() {
		o.log.Debug("dead letter delivered", "reason", e.Reason, "id", truncateForLog(in.ID))
	}
}

// refusedMore logs how many more events of a batch were refused than were named.
func (o *observer) refusedMore(n int) { o.log.Warn("refused, of the same batch", "more", n) }

// countRefused counts a refused event without logging it.
func (o *observer) countRefused(ctx context.Context, kind shape, e *Error) {
	if o.metrics != nil {
		o.metrics.eventRefused(kind, e)
	}
	if o.tracer == nil {
		return
	}
	span := oteltrace.SpanFromContext(ctx)
	span.AddEvent(refusedEvent, oteltrace.WithAttributes(semconv.ErrorTypeKey.String(e.Reason),
		semconv.HTTPResponseStatusCode(e.Code), spanError.String(e.Message)))
	span.SetAttributes(spanProtocol.String(kind.String()), semconv.ErrorTypeKey.String(e.Reason))
	if e.Code >= 500 { // by the conventions of HTTP, what its sender did wrong is no error of the server
		setSpanFailed(span, e.Reason)
	}
}

// accepted records an event that was answered in the response or posted to the sink.
func (o *observer) accepted(ctx context.Context, kind shape, code int) {
	if o.metrics != nil {
		o.metrics.eventAccepted(kind, code)
	}
	if o.tracer != nil {
		oteltrace.SpanFromContext(ctx).SetAttributes(spanProtocol.String(kind.String()))
	}
}

// clock returns the time, if a span begins then.
func (o *observer) clock() (t time.Time) {
	if o.tracer != nil {
		t = time.Now()
	}
	return t
}

// begin returns the time, if the metrics need it.
func (o *observer) begin() (t time.Time) {
	if o.metrics != nil {
		t = o.metrics.begin()
	}
	return t
}

// answered records data that was answered with predictions.
func (o *observer) answered(ctx context.Context, p *predictions, bytes int, began time.Time) {
	if o.metrics != nil {
		o.metrics.predicted(p, began)
	}
	if o.tracer != nil {
		span := oteltrace.SpanFromContext(ctx)
		span.SetAttributes(spanComments.Int(len(p.ends)))
		if len(p.ends) == 1 && len(p.labels) == 1 {
			span.SetAttributes(spanLabel.String(o.classes[p.labels[0]]))
		}
	}
	if o.debugEnabled() {
		o.log.Debug("answered", "comments", len(p.ends), "bytes", bytes)
	}
}

// posted records one attempt to post an event: the sink's status, or 0 and the error.
func (o *observer) posted(ctx context.Context, status int, took time.Duration, err error) {
	if o.metrics != nil {
		o.metrics.posted(status, took)
	}
	if o.tracer != nil {
		tracePost(oteltrace.SpanFromContext(ctx), status, err)
	}
	if !o.debugEnabled() {
		return
	}
	if err != nil {
		o.log.Debug("posted", "error", err.Error(), "took", took)
		return
	}
	o.log.Debug("posted", "status", status, "took", took)
}

// retries records that a post is repeated.
func (o *observer) retries() {
	if o.metrics != nil {
		o.metrics.sinkRetries.Inc()
	}
}

// waited records how long a request has waited for memory.
func (o *observer) waited(took time.Duration) {
	if o.metrics != nil {
		o.metrics.memoryWait.Observe(took.Seconds())
	}
	if o.debugEnabled() {
		o.log.Debug("waited for memory", "took", took)
	}
}

// panicked records a panic, in the goroutine that recovers from it. The log gets the stack. It gets the value only if
// it is the runtime's own error, because other values may contain text of a comment.
func (o *observer) panicked(p any) {
	if o.metrics != nil {
		o.metrics.panics.Inc()
	}
	what := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	o.log.Error("panic", "value", what, "stack", string(debug.Stack()))
}

// LogDuration is a [slog.HandlerOptions] ReplaceAttr that writes durations with their units, such as 1.5s. JSON would
// have nanoseconds.
func LogDuration(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.String(a.Key, a.Value.Duration().String())
	}
	return a
}

func (o *observer) debugEnabled() bool { return o.log.Enabled(context.Background(), slog.LevelDebug) }

// truncateForLog returns an attribute, truncated for the log.
func truncateForLog(s string) string {
	const most = 256
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// withoutPassword returns a source with its password replaced.
func withoutPassword(source string) string {
	u, err := url.Parse(source)
	if err != nil {
		return ""
	}
	return u.Redacted()
}

// redacted returns the scheme, host and path of a URL, for the log: the rest may be secret.
func redacted(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
