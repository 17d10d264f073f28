package function_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/function"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/tracing/tracetest"
)

const (
	traceID   = "0af7651916cd43dd8448eb211c80319c"
	producer  = "00-" + traceID + "-b7ad6b7169203331-01"
	otherID   = "1bf7651916cd43dd8448eb211c80319c"
	otherHop  = "00-" + otherID + "-c7ad6b7169203331-01"
	untracked = "00-" + traceID + "-b7ad6b7169203331-00"
)

// traced returns a function that exports to a collector, and what stops it, so that all spans have come.
func traced(t *testing.T, settings ...func(*function.Config)) (f *function.Function, spans func() []*tracetest.Span) {
	t.Helper()
	c := tracetest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	f = start(t, settings...)
	return f, func() []*tracetest.Span {
		if err := f.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		return c.Spans()
	}
}

// with adds headers to a request, by name and value in turns.
func with(r *http.Request, headers ...string) *http.Request {
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// posts takes events, and answers with statuses, the last one for ever.
type posts struct {
	*httptest.Server
	statuses []int
	headers  []http.Header
	bodies   []string
}

func takePosts(t *testing.T, statuses ...int) *posts {
	p := &posts{statuses: statuses}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.headers, p.bodies = append(p.headers, r.Header), append(p.bodies, string(body))
		w.WriteHeader(p.statuses[min(len(p.headers), len(p.statuses))-1])
	}))
	t.Cleanup(p.Close)
	return p
}

// names returns what a span's context is called in a header.
func names(s *tracetest.Span) string { return "00-" + s.Trace + "-" + s.ID + "-01" }

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// TestSpans is one delivery of a KafkaSource: its spans, and what the sink gets.
func TestSpans(t *testing.T) {
	s := takePosts(t, 202)
	f, spans := traced(t, to(s.URL+"/ns/out?token=secret", time.Second))
	r := with(kafka(`{"data":{"ndarray":["This is an input"]}}`), "Traceparent", producer, "Tracestate", "a=b")
	if w := handle(f, r); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	all := spans()
	if len(all) != 2 {
		t.Fatalf("%d spans", len(all))
	}
	server, client := all[0], all[1]
	equal(t, "the server's trace", []string{server.Trace, server.Parent, server.GetTraceState()},
		[]string{traceID, "b7ad6b7169203331", "a=b"})
	equal(t, "the client's trace", []string{client.Trace, client.Parent, client.GetTraceState()},
		[]string{traceID, server.ID, "a=b"})
	equal(t, "names and kinds", []string{server.GetName(), server.GetKind().String(), client.GetName(),
		client.GetKind().String()}, []string{"process", "SPAN_KIND_SERVER", "send", "SPAN_KIND_CLIENT"})
	const source = "/apis/v1/namespaces/default/kafkasources/comments#reddit-classifier-input"
	digest := server.Attributes["reddit_classifier.model_digest"]
	if !regexp.MustCompile("^[0-9a-f]{12}$").MatchString(digest.(string)) {
		t.Errorf("the digest is %v", digest)
	}
	equal(t, "the server's attributes", server.Attributes, map[string]any{
		"http.request.method": "POST", "http.response.status_code": int64(202), "url.path": "/", "url.scheme": "http",
		"cloudevents.event_id": "partition:1/offset:0", "cloudevents.event_source": source,
		"cloudevents.event_type": "dev.knative.kafka.event", "cloudevents.event_subject": "partition:1#0",
		"cloudevents.event_spec_version": "1.0", "messaging.message.id": "partition:1/offset:0",
		"messaging.message.body.size": int64(41), "messaging.operation.type": "process",
		"messaging.operation.name": "process", "messaging.system": "kafka",
		"messaging.destination.name":         "reddit-classifier-input",
		"messaging.destination.partition.id": "1", "messaging.kafka.offset": int64(0),
		"reddit_classifier.comments": int64(1), "reddit_classifier.label": "removed",
		"reddit_classifier.protocol": "seldon", "reddit_classifier.model_digest": digest,
	})
	port, err := strconv.ParseInt(strings.TrimPrefix(s.URL, "http://127.0.0.1:"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "the client's attributes", client.Attributes, map[string]any{
		"http.request.method": "POST", "http.response.status_code": int64(202), "url.full": s.URL + "/ns/out",
		"server.address": "127.0.0.1", "server.port": port,
		"messaging.operation.type": "send", "messaging.operation.name": "send",
		"cloudevents.event_id": s.headers[0].Get("Ce-Id"), "cloudevents.event_source": "/reddit-classifier",
		"cloudevents.event_type": function.PredictionType, "cloudevents.event_subject": "partition:1#0",
		"cloudevents.event_spec_version": "1.0", "messaging.message.id": s.headers[0].Get("Ce-Id"),
		"messaging.message.body.size": int64(len(s.bodies[0])),
	})
	for _, name := range []string{"Traceparent", "Ce-Traceparent"} {
		equal(t, name, s.headers[0].Get(name), names(client))
	}
	for _, name := range []string{"Tracestate", "Ce-Tracestate"} {
		equal(t, name, s.headers[0].Get(name), "a=b")
	}
	if server.GetStatus().GetCode() != 0 || len(server.Events)+len(client.Events) != 0 {
		t.Errorf("status %v, events %v, %v", server.GetStatus(), server.Events, client.Events)
	}
}

// TestForeignState: the state of another context than that of the span is not sent on.
func TestForeignState(t *testing.T) {
	s := takePosts(t, 202)
	f, _ := traced(t, to(s.URL, time.Second))
	r := with(kafka("x"), "Traceparent", producer, "Ce-Traceparent", "not one", "Ce-Tracestate", "x=y")
	if w := handle(f, r); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	h := s.headers[0]
	if h.Get("Tracestate") != "" || h.Get("Ce-Tracestate") != "" || !strings.HasPrefix(h.Get("Ce-Traceparent"), "00-"+traceID) {
		t.Errorf("the sink gets %v", h)
	}
}

// TestSpanParents: which span an event's follows, by where contexts are.
func TestSpanParents(t *testing.T) {
	const structured = "application/cloudevents+json"
	event := func(more string) string {
		return `{"specversion":"1.0","id":"1","source":"/a","type":"b","data":{"strData":"x"}` + more + `}`
	}
	for _, tt := range []struct {
		name                string
		req                 *http.Request
		trace, parent, link string // empty trace: a new one
	}{
		{"none", post("x", ce()...), "", "", ""},
		{"header", post("x", ce("Traceparent", producer)...), traceID, "b7ad6b7169203331", ""},
		{"extension", post("x", ce("Ce-Traceparent", producer)...), traceID, "b7ad6b7169203331", ""},
		{"both of one trace: the nearer", post("x", ce("Ce-Traceparent", "00-"+traceID+"-1111111111111111-01",
			"Traceparent", producer)...), traceID, "b7ad6b7169203331", ""},
		{"both of two: the event's", post("x", ce("Ce-Traceparent", producer, "Traceparent", otherHop)...), traceID,
			"b7ad6b7169203331", otherID},
		{"no context", post("x", ce("Ce-Traceparent", "ours", "Traceparent", "00-a-b-01")...), "", "", ""},
		{"structured", post(event(`,"traceparent":"`+producer+`"`), "Content-Type", structured), traceID,
			"b7ad6b7169203331", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, spans := traced(t)
			w := handle(f, tt.req)
			if w.Code != 200 {
				t.Fatal(w.Code, w.Body)
			}
			all := spans()
			if len(all) != 1 {
				t.Fatalf("%d spans", len(all))
			}
			s := all[0]
			if tt.trace == "" && (s.Trace == traceID || s.Trace == otherID) || tt.trace != "" && s.Trace != tt.trace ||
				s.Parent != tt.parent {
				t.Errorf("the span is of trace %s, beneath %s", s.Trace, s.Parent)
			}
			if l := s.GetLinks(); (tt.link == "") != (len(l) == 0) {
				t.Errorf("links: %v", l)
			}
			// The reply names the span that made it.
			for _, name := range []string{"Traceparent", "Ce-Traceparent"} {
				equal(t, name, w.Header().Get(name), names(s))
			}
		})
	}
}

// TestUnsampled: a trace that its producer does not sample goes on, and nothing is exported.
func TestUnsampled(t *testing.T) {
	s := takePosts(t, 202)
	f, spans := traced(t, to(s.URL, time.Second))
	if w := handle(f, with(kafka("x"), "Traceparent", untracked)); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	if all := spans(); len(all) != 0 {
		t.Errorf("%d spans", len(all))
	}
	got := s.headers[0].Get("Traceparent")
	if !strings.HasPrefix(got, "00-"+traceID+"-") || !strings.HasSuffix(got, "-00") || got == untracked ||
		got != s.headers[0].Get("Ce-Traceparent") {
		t.Errorf("the sink gets %s", got)
	}
}

// TestSpansOfRefusals: the reason is an event of the span, and no span has text of a comment.
func TestSpansOfRefusals(t *testing.T) {
	const secret = "do not show this"
	for _, tt := range []struct {
		name, data string
		headers    []string
		code       int
		reason     string
	}{
		{"numbers", `{"data":{"ndarray":[1],"x":"` + secret + `"}}`, nil, 422, "not_text"},
		{"broken", `{"` + secret + `"`, nil, 400, "invalid_json"},
		{"bad event", secret, []string{"ce-time", "noon"}, 400, "bad_attribute"},
		{"too long", strings.Repeat(secret, 100), []string{"ce-id", "1"}, 413, "body_too_large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, spans := traced(t, func(c *function.Config) { c.MaxBodyBytes = 1024 })
			w := handle(f, with(kafka(tt.data), append(tt.headers, "Traceparent", producer)...))
			if w.Code != tt.code {
				t.Fatal(w.Code, w.Body)
			}
			all := spans()
			if len(all) != 1 {
				t.Fatalf("%d spans", len(all))
			}
			s := all[0]
			if len(s.Events) != 1 {
				t.Fatalf("events %v", s.Events)
			}
			message, _ := s.Events[0].Attributes["reddit_classifier.error"].(string)
			if !strings.Contains(w.Body.String(), strings.ReplaceAll(message, `"`, `\"`)) || message == "" {
				t.Errorf("the error is %q, answered %s", message, w.Body)
			}
			delete(s.Events[0].Attributes, "reddit_classifier.error")
			equal(t, "the event", s.Events[0], tracetest.Event{Name: "refused", Attributes: map[string]any{
				"error.type": tt.reason, "http.response.status_code": int64(tt.code)}})
			equal(t, "the reason", s.Attributes["error.type"], any(tt.reason))
			equal(t, "the status", s.Attributes["http.response.status_code"], any(int64(tt.code)))
			if s.GetStatus().GetCode() != 0 || s.Trace != traceID {
				t.Errorf("status %v, trace %s", s.GetStatus(), s.Trace)
			}
			if strings.Contains(s.String(), secret) {
				t.Errorf("the span holds the comment: %s", s)
			}
		})
	}
}

// TestSpanOfALetter: a refused event that the dead letter sink takes.
func TestSpanOfALetter(t *testing.T) {
	s := takePosts(t, 202)
	f, spans := traced(t, to(s.URL+"/out", time.Second), func(c *function.Config) { c.DeadLetter = "errors" })
	if w := handle(f, with(kafka(`{"data":{"ndarray":[1]}}`), "Traceparent", producer)); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	all := spans()
	if len(all) != 2 {
		t.Fatalf("%d spans", len(all))
	}
	server, client := all[0], all[1]
	equal(t, "the reason", server.Attributes["error.type"], any("not_text"))
	equal(t, "the status", server.Attributes["http.response.status_code"], any(int64(202)))
	equal(t, "where to", client.Attributes["url.full"], any(s.URL+"/errors"))
	equal(t, "what", client.Attributes["cloudevents.event_type"], any(function.ErrorType))
	equal(t, "the header", s.headers[0].Get("Traceparent"), names(client))
	if !strings.Contains(s.bodies[0], `"traceparent":"`+names(client)+`"`) {
		t.Errorf("the letter is %s", s.bodies[0])
	}
}

// TestSpansOfASinkThatFails: each attempt is an event, and the reason is in both spans.
func TestSpansOfASinkThatFails(t *testing.T) {
	s := takePosts(t, 500, 503, 400)
	f, spans := traced(t, to(s.URL, 5*time.Second))
	if w := handle(f, with(kafka("x"), "Traceparent", producer)); w.Code != 503 {
		t.Fatal(w.Code, w.Body)
	}
	all := spans()
	if len(all) != 2 {
		t.Fatalf("%d spans", len(all))
	}
	server, client := all[0], all[1]
	var statuses []any
	for _, e := range client.Events {
		equal(t, "the event", e.Name, "post failed")
		statuses = append(statuses, e.Attributes["http.response.status_code"])
	}
	equal(t, "the attempts", statuses, []any{int64(500), int64(503), int64(400)})
	for _, span := range all {
		equal(t, "the reason", []any{span.Attributes["error.type"], span.GetStatus().GetMessage(),
			span.GetStatus().GetCode().String()}, []any{"sink_refused", "sink_refused", "STATUS_CODE_ERROR"})
	}
	equal(t, "events", server.Events[0].Attributes["error.type"], any("sink_refused"))
	for _, h := range s.headers {
		equal(t, "each attempt's header", h.Get("Traceparent"), names(client))
	}

	f, spans = traced(t, to("http://127.0.0.1:1/x", 60*time.Millisecond))
	if w := handle(f, kafka("x")); w.Code != 503 {
		t.Fatal(w.Code, w.Body)
	}
	client = spans()[1]
	equal(t, "the reason", client.Attributes["error.type"], any("sink_unreachable"))
	e := client.Events
	if len(e) == 0 || !strings.Contains(e[0].Attributes["reddit_classifier.error"].(string), "refused") {
		t.Errorf("events: %v", e)
	}
}

// TestSpansOfABatch: each event has a span, in its own trace or beneath the request's.
func TestSpansOfABatch(t *testing.T) {
	s := takePosts(t, 202)
	f, spans := traced(t, to(s.URL, time.Second))
	batch := post(`[{"specversion":"1.0","source":"/a","type":"b","id":"1","data":"x"},
		{"specversion":"1.0","source":"/a","type":"b","id":"2","traceparent":"`+producer+`","data":"x"},
		{"specversion":"1.0","source":"/a","type":"b","id":"3","data":{"ndarray":1}}]`, "Content-Type",
		"application/cloudevents-batch+json", "Traceparent", otherHop)
	if w := handle(f, batch); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	all := spans()
	by := map[any]*tracetest.Span{} // the events' by their id
	var request *tracetest.Span
	sends := map[string]*tracetest.Span{} // by their parent
	for _, span := range all {
		switch span.GetKind().String() {
		case "SPAN_KIND_SERVER":
			request = span
		case "SPAN_KIND_CONSUMER":
			by[span.Attributes["cloudevents.event_id"]] = span
		case "SPAN_KIND_CLIENT":
			sends[span.Parent] = span
		}
	}
	if len(all) != 6 || len(by) != 3 || request == nil || len(sends) != 2 {
		t.Fatalf("spans: %v", all)
	}
	for _, span := range by {
		if span.GetName() != "process" || span.Attributes["reddit_classifier.model_digest"] == nil {
			t.Errorf("the span of an event is %v", span)
		}
	}
	equal(t, "the request", []any{request.Trace, request.Attributes["messaging.batch.message_count"]},
		[]any{otherID, int64(3)})
	equal(t, "traces", []string{by["1"].Trace, by["1"].Parent, by["2"].Trace, by["2"].Parent, by["3"].Trace},
		[]string{otherID, request.ID, traceID, "b7ad6b7169203331", otherID})
	if l := by["2"].GetLinks(); len(l) != 1 || string(l[0].GetSpanId()) != string(request.GetSpanId()) {
		t.Errorf("links: %v", l)
	}
	if e := by["3"].Events; len(e) != 1 || e[0].Attributes["error.type"] != "unknown_shape" {
		t.Errorf("events: %v", e)
	}
	for i, id := range []string{"1", "2"} {
		equal(t, "the header of "+id, s.headers[i].Get("Traceparent"), names(sends[by[id].ID]))
		equal(t, "the extension of "+id, s.headers[i].Get("Ce-Traceparent"), names(sends[by[id].ID]))
	}
}

// TestSpansOfABatchThatFails: the event that the sink does not take fails with all of the batch.
func TestSpansOfABatchThatFails(t *testing.T) {
	s := takePosts(t, 400)
	f, spans := traced(t, to(s.URL, time.Second))
	batch := post(`[{"specversion":"1.0","source":"/a","type":"b","id":"1","data":"x"}]`, "Content-Type",
		"application/cloudevents-batch+json")
	if w := handle(f, batch); w.Code != 503 {
		t.Fatal(w.Code, w.Body)
	}
	all := spans()
	if len(all) != 3 {
		t.Fatalf("%d spans", len(all))
	}
	for _, span := range all {
		equal(t, span.GetKind().String(), []any{span.Attributes["error.type"], span.GetStatus().GetCode().String()},
			[]any{"sink_refused", "STATUS_CODE_ERROR"})
	}
}

// TestSpanOfREST: a request that is no event.
func TestSpanOfREST(t *testing.T) {
	f, spans := traced(t, func(c *function.Config) { c.ModelName = "m" })
	r := httptest.NewRequest(http.MethodPost, "/v1/models/m:predict",
		strings.NewReader(`{"instances":["a","b"]}`))
	if w := handle(f, with(r, "Traceparent", producer)); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if w := handle(f, httptest.NewRequest(http.MethodGet, "/v2/health/ready", nil)); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	all := spans()
	if len(all) != 1 {
		t.Fatalf("%d spans", len(all))
	}
	s := all[0]
	if digest, _ := s.Attributes["reddit_classifier.model_digest"].(string); len(digest) != 12 {
		t.Errorf("the digest is %q", digest)
	}
	delete(s.Attributes, "reddit_classifier.model_digest")
	equal(t, "attributes", s.Attributes, map[string]any{
		"http.request.method": "POST", "http.response.status_code": int64(200), "http.route": "/v1/models/{name}:predict",
		"url.path": "/v1/models/m:predict", "url.scheme": "http",
		"reddit_classifier.comments": int64(2), "reddit_classifier.protocol": "kserve",
	})
	equal(t, "the span", []string{s.GetName(), s.Trace, s.Parent},
		[]string{"POST /v1/models/{name}:predict", traceID, "b7ad6b7169203331"})
}

// TestSpanOfAnEventWithoutHTTP is HandleEvent's.
func TestSpanOfAnEventWithoutHTTP(t *testing.T) {
	f, spans := traced(t)
	in := question("", `{"strData":"x"}`)
	in.SetExtension("traceparent", producer)
	out, err := f.HandleEvent(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	all := spans()
	if len(all) != 1 || all[0].Trace != traceID || out.Extensions()["traceparent"] != names(all[0]) {
		t.Errorf("spans %v, answered %v", all, out)
	}
}

// TestSpanMetrics: what became of spans is counted.
func TestSpanMetrics(t *testing.T) {
	c := tracetest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	f, values := counting(t, func(c *function.Config) { c.Registry = &metrics.Registry{} })
	handle(f, kafka("x"))
	if err := f.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	const name = "reddit_classifier_trace_spans_total"
	got := values()
	equal(t, "counts", []float64{got[name+"{result=ended}"], got[name+"{result=exported}"], got[name+"{result=failed}"]},
		[]float64{1, 1, 0})
}

// TestNoTracingIsFree: without tracing an event allocates as often as before there was any.
func TestNoTracingIsFree(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const delivered, event = 4, 15
	f := start(t)
	if n := testing.AllocsPerRun(200, deliver(f)); n > delivered {
		t.Errorf("a delivery allocates %v times, not %d", n, delivered)
	}
	e := question("", `{"data":{"ndarray":["`+comment+`"]}}`)
	if n := testing.AllocsPerRun(200, func() { _, _ = f.HandleEvent(context.Background(), e) }); n > event {
		t.Errorf("an event allocates %v times, not %d", n, event)
	}
}

// BenchmarkHandleTraced is BenchmarkHandle with a span for each event, and a collector that takes them.
func BenchmarkHandleTraced(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	f := start(b)
	once := deliver(f)
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
}
