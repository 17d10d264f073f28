package function

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	oteltrace "go.opentelemetry.io/otel/trace"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/tracing"
)

// What spans say beside OpenTelemetry's semantic conventions. Neither these nor the others ever hold text of a comment.
const (
	spanComments   = attribute.Key("reddit_classifier.comments")            // how many
	spanLabel      = attribute.Key("reddit_classifier.label")               // of an only comment
	spanModel      = attribute.Key("reddit_classifier.model_digest")        // its first 12 hex digits
	spanProtocol   = attribute.Key("reddit_classifier.protocol")            // as the metrics name it
	spanError      = attribute.Key("reddit_classifier.error")               // what was wrong, in words
	spanMemoryWait = attribute.Key("reddit_classifier.memory_wait_seconds") // of a long request that had to wait
)

// The names of spans and of their events. The name of a REST request's span is its method and route.
const (
	processSpan  = "process"
	sendSpan     = "send"
	refusedEvent = "refused"
	failedEvent  = "post failed"
)

// Get, Set and Keys make a trace what OpenTelemetry reads contexts from and writes them to.
func (t *trace) Get(name string) string {
	switch name {
	case "traceparent":
		return t.parent
	case "tracestate":
		return t.state
	}
	return ""
}

// Set is described at Get.
func (t *trace) Set(name, value string) {
	switch name {
	case "traceparent":
		t.parent = value
	case "tracestate":
		t.state = value
	}
}

// Keys is described at Get.
func (t *trace) Keys() []string { return []string{"traceparent", "tracestate"} }

// context returns the span that t names, which is invalid if t names none.
func (t *trace) context() oteltrace.SpanContext {
	return oteltrace.SpanContextFromContext(tracing.Context.Extract(context.Background(), t))
}

// traceOf returns what names the span of ctx.
func traceOf(ctx context.Context) (t trace) {
	tracing.Context.Inject(ctx, &t)
	return t
}

// setTrace has an event name the span of ctx in its extensions.
func setTrace(ctx context.Context, e *cloudevent.Event) trace {
	t := traceOf(ctx)
	for _, name := range t.Keys() {
		if value := t.Get(name); value != "" {
			e.SetExtension(cloudevent.Extension{Name: name, Value: value})
		} else {
			e.Delete(func(other string) bool { return other == name })
		}
	}
	return t
}

// withParent returns ctx with the parent of an event's span: hop, the nearest span on its way, or the span that the
// event itself names if that is of another trace. Then hop is linked.
func withParent(
	ctx context.Context,
	hop oteltrace.SpanContext,
	in *cloudevent.Event,
) (context.Context, []oteltrace.SpanStartOption) {
	own := (&trace{in.Extension("traceparent"), in.Extension("tracestate")}).context()
	switch {
	case !own.IsValid() || own.TraceID() == hop.TraceID():
		return oteltrace.ContextWithSpanContext(ctx, hop), nil
	case hop.IsValid():
		link := oteltrace.WithLinks(oteltrace.Link{SpanContext: hop})
		return oteltrace.ContextWithSpanContext(ctx, own), []oteltrace.SpanStartOption{link}
	}
	return oteltrace.ContextWithSpanContext(ctx, own), nil
}

// tracedResponse is the response to a request that has a span. It notes the status for the span.
type tracedResponse struct {
	http.ResponseWriter
	span oteltrace.Span
	code int // 0: none was written
}

// WriteHeader notes the status.
func (x *tracedResponse) WriteHeader(code int) {
	if x.code == 0 {
		x.code = code
	}
	x.ResponseWriter.WriteHeader(code)
}

// Unwrap lets net/http find the response's other methods.
func (x *tracedResponse) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// end ends the span of a request that has held memory. No status was written if there was a panic.
func (x *tracedResponse) end(memory *reservation) {
	if x.code == 0 {
		x.code = http.StatusInternalServerError
		setSpanFailed(x.span, "internal_error")
	}
	if memory.waited > 0 {
		x.span.SetAttributes(spanMemoryWait.Float64(memory.waited.Seconds()))
	}
	x.span.SetAttributes(semconv.HTTPResponseStatusCode(x.code))
	x.span.End()
}

// setSpanFailed marks a span as failed for a reason.
func setSpanFailed(span oteltrace.Span, reason string) {
	span.SetAttributes(semconv.ErrorTypeKey.String(reason))
	span.SetStatus(codes.Error, reason)
}

// startEventSpan starts the span of a request with an event or a batch, of which in is what could be read. The request
// began to arrive at began. The caller ends the span.
func (o *observer) startEventSpan(
	w http.ResponseWriter,
	req *http.Request,
	in *cloudevent.Event,
	began time.Time,
) (*tracedResponse, *http.Request) {
	h := req.Header
	hop := (&trace{firstHeader(h, "Traceparent"), firstHeader(h, "Tracestate")}).context()
	ctx, options := withParent(req.Context(), hop, in)
	ctx, span := o.tracer.Start(ctx, processSpan, append(options,
		oteltrace.WithTimestamp(began), oteltrace.WithSpanKind(oteltrace.SpanKindServer))...)
	if span.IsRecording() {
		span.SetAttributes(httpAttributes(req)...)
		span.SetAttributes(eventAttributes(in, h)...)
		span.SetAttributes(spanModel.String(o.digest))
	}
	return &tracedResponse{ResponseWriter: w, span: span}, req.WithContext(ctx)
}

// startRESTSpan is startEventSpan for a request of the REST API.
func (o *observer) startRESTSpan(
	w http.ResponseWriter,
	req *http.Request,
	e endpoint,
) (*tracedResponse, *http.Request) {
	hop := (&trace{firstHeader(req.Header, "Traceparent"), firstHeader(req.Header, "Tracestate")}).context()
	ctx := oteltrace.ContextWithSpanContext(req.Context(), hop)
	ctx, span := o.tracer.Start(ctx, http.MethodPost+" "+e.route(), oteltrace.WithSpanKind(oteltrace.SpanKindServer))
	if span.IsRecording() {
		span.SetAttributes(httpAttributes(req)...)
		span.SetAttributes(semconv.HTTPRoute(e.route()), spanModel.String(o.digest))
	}
	return &tracedResponse{ResponseWriter: w, span: span}, req.WithContext(ctx)
}

// startInnerSpan starts the span of one event among others, or of one without HTTP.
func (o *observer) startInnerSpan(ctx context.Context, in *cloudevent.Event) (context.Context, oteltrace.Span) {
	ctx, options := withParent(ctx, oteltrace.SpanContextFromContext(ctx), in)
	ctx, span := o.tracer.Start(ctx, processSpan, append(options,
		oteltrace.WithSpanKind(oteltrace.SpanKindConsumer))...)
	if span.IsRecording() {
		span.SetAttributes(eventAttributes(in, nil)...)
		span.SetAttributes(spanModel.String(o.digest))
	}
	return ctx, span
}

// setEventCount notes how many events a batch has.
func (o *observer) setEventCount(ctx context.Context, events int) {
	if o.tracer != nil {
		oteltrace.SpanFromContext(ctx).SetAttributes(semconv.MessagingBatchMessageCount(events))
	}
}

// spanFailed marks the span of an event that fails with its whole batch.
func (o *observer) spanFailed(ctx context.Context, e *Error) {
	if o.tracer != nil {
		setSpanFailed(oteltrace.SpanFromContext(ctx), e.Reason)
	}
}

// startSendSpan starts the span of a post to a sink, and has the event name it. The caller ends it.
func (o *observer) startSendSpan(
	ctx context.Context, to string, e *cloudevent.Event,
) (context.Context, trace, oteltrace.Span) {
	ctx, span := o.tracer.Start(ctx, sendSpan, oteltrace.WithSpanKind(oteltrace.SpanKindClient))
	if span.IsRecording() {
		span.SetAttributes(append(serverAttributes(to),
			semconv.HTTPRequestMethodPost, semconv.MessagingOperationTypeSend, semconv.MessagingOperationName(sendSpan))...)
		span.SetAttributes(cloudEvent(e)...)
	}
	return ctx, setTrace(ctx, e), span
}

// tracePost notes an attempt to post in the span of all attempts: how it went, as an event if it failed.
func tracePost(span oteltrace.Span, status int, err error) {
	if err != nil {
		span.AddEvent(failedEvent, oteltrace.WithAttributes(spanError.String(valid(err.Error()))))
		return
	}
	span.SetAttributes(semconv.HTTPResponseStatusCode(status))
	if status/100 != 2 {
		span.AddEvent(failedEvent, oteltrace.WithAttributes(semconv.HTTPResponseStatusCode(status)))
	}
}

// endSendSpan ends that span.
func endSendSpan(span oteltrace.Span, err error) {
	if err != nil {
		setSpanFailed(span, AsError(err).Reason)
	}
	span.End()
}

// httpAttributes describe a request.
func httpAttributes(req *http.Request) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.HTTPRequestMethodPost,
		semconv.URLScheme("http"),
		semconv.URLPath(valid(req.URL.Path)),
	}
}

// serverAttributes describe whom a post is for.
func serverAttributes(to string) []attribute.KeyValue {
	u, err := url.Parse(to)
	if err != nil {
		return nil
	}
	attributes := []attribute.KeyValue{semconv.URLFull(redacted(to)), semconv.ServerAddress(u.Hostname())}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		port = map[string]int{"http": 80, "https": 443}[u.Scheme]
	}
	return append(attributes, semconv.ServerPort(port))
}

// cloudEvent returns the attributes of an event by CloudEvents' conventions.
func cloudEvent(e *cloudevent.Event) []attribute.KeyValue {
	attributes := []attribute.KeyValue{
		semconv.CloudEventsEventID(valid(e.ID)),
		semconv.CloudEventsEventSource(valid(withoutPassword(e.Source))),
		semconv.CloudEventsEventType(valid(e.Type)),
		semconv.CloudEventsEventSpecVersion(cloudevent.Version),
		semconv.MessagingMessageID(valid(e.ID)),
		semconv.MessagingMessageBodySize(len(e.Data)),
	}
	if e.Subject != "" {
		attributes = append(attributes, semconv.CloudEventsEventSubject(valid(e.Subject)))
	}
	return attributes
}

// eventAttributes describe an event that is processed, and the Kafka record that it was. h has the headers that it came
// in, where extensions are that the event itself leaves out; nil if there are none.
func eventAttributes(in *cloudevent.Event, h http.Header) []attribute.KeyValue {
	attributes := []attribute.KeyValue{semconv.MessagingOperationTypeProcess, semconv.MessagingOperationName(processSpan)}
	if in.ID == "" && in.Source == "" { // a batch, or what cannot be read
		return attributes
	}
	attributes = append(attributes, cloudEvent(in)...)
	from, topic, ok := strings.Cut(in.Source, "#")
	if !ok || !strings.Contains(from, "/kafkasources/") {
		return attributes
	}
	attributes = append(attributes, semconv.MessagingSystemKafka, semconv.MessagingDestinationName(valid(topic)))
	if partition := in.Extension("knativekafkapartition") + firstHeader(h, "Ce-Knativekafkapartition"); partition != "" {
		attributes = append(attributes, semconv.MessagingDestinationPartitionID(valid(partition)))
	}
	offset := in.Extension("knativekafkaoffset") + firstHeader(h, "Ce-Knativekafkaoffset")
	if n, err := strconv.Atoi(offset); err == nil {
		attributes = append(attributes, semconv.MessagingKafkaOffset(n))
	}
	return attributes
}

// valid returns as much of a stranger's text as a span takes.
func valid(s string) string { return toValidUTF8(truncateForLog(s)) }
