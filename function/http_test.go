package function_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"reddit-classifier/function"
)

// reasonOf returns the reason in an error's body, and checks that the body is as promised.
func reasonOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	body := w.Body.Bytes()
	if len(body) >= 512 || bytes.Count(body, []byte("\n")) != 1 || body[len(body)-1] != '\n' {
		t.Errorf("the body is not one short line: %q", body)
	}
	for _, c := range body[:len(body)-1] {
		if c < ' ' || c > '~' {
			t.Errorf("the body is not ASCII: %q", body)
		}
	}
	var e map[string]string
	if err := json.Unmarshal(body, &e); err != nil || len(e) != 2 || e["error"] == "" ||
		w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("not an error's body: %q, %v", body, err)
	}
	return e["reason"]
}

// post returns a request with these headers, given as name and value in turns.
func post(body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// ce are the headers of a CloudEvent, followed by more.
func ce(more ...string) []string {
	return append([]string{"ce-specversion", "1.0", "ce-id", "1", "ce-source", "/test", "ce-type", "test"}, more...)
}

// extensions are n members of an event in JSON.
func extensions(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"x%d":""`, i)
	}
	return b.String()
}

func TestNotCloudEvents(t *testing.T) {
	const good = `{"strData":"a secret comment"}`
	const structured = "application/cloudevents+json"
	f := start(t, func(c *function.Config) { c.REST = false })
	for _, tt := range []struct {
		name   string
		req    *http.Request
		code   int
		reason string
	}{
		{"no attribute", post(good, "Content-Type", "application/json"), 400, "not_a_cloudevent"},
		{"no id", post(good, "ce-specversion", "1.0", "ce-source", "/a", "ce-type", "b"), 400, "not_a_cloudevent"},
		{"blank id", post(good, ce("ce-id", "  ")...), 400, "not_a_cloudevent"},
		{"empty source", post(good, ce("ce-source", "")...), 400, "not_a_cloudevent"},
		{"empty type", post(good, ce("ce-type", "")...), 400, "not_a_cloudevent"},
		{"source is no URI", post(good, ce("ce-source", ":")...), 400, "bad_attribute"},
		{"time is no time", post(good, ce("ce-time", "noon")...), 400, "bad_attribute"},
		{"older version", post(good, ce("ce-specversion", "0.2")...), 400, "unsupported_specversion"},
		{"strange version", post(good, ce("ce-specversion", "\"\\\x7f"+strings.Repeat("9", 5000))...), 400,
			"unsupported_specversion"},
		{"GET", httptest.NewRequest(http.MethodGet, "/", nil), 405, "method_not_allowed"},
		{"PUT", httptest.NewRequest(http.MethodPut, "/", strings.NewReader(good)), 405, "method_not_allowed"},
		{"brotli", post(good, ce("Content-Encoding", "br")...), 415, "unsupported_content_encoding"},
		{"gzip that is none", post(good, ce("Content-Encoding", "gzip")...), 400, "bad_content_encoding"},
		{"gzip cut off", post(compressed(good)[:30], ce("Content-Encoding", "gzip")...), 400, "bad_content_encoding"},
		{"form", post(good, ce("Content-Type", "application/x-www-form-urlencoded")...), 415, "unsupported_content_type"},
		{"avro", post(good, "Content-Type", "application/cloudevents+avro"), 415, "unsupported_content_type"},
		{"structured in latin-1", post("{}", "Content-Type", structured+"; charset=latin1"), 415, "unsupported_charset"},
		{"structured, empty", post("", "Content-Type", structured), 400, "invalid_json"},
		{"structured, truncated", post(`{"specversion":"1.0","id":"1","sou`, "Content-Type", structured), 400,
			"invalid_json"},
		{"structured, more after it", post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","data":{"strData":"a"}} x`,
			"Content-Type", structured), 400, "invalid_json"},
		{"structured, not an object", post(`[]`, "Content-Type", structured), 400, "not_a_cloudevent"},
		{"structured, no version", post(`{"id":"1","source":"/a","type":"b"}`, "Content-Type", structured), 400,
			"not_a_cloudevent"},
		{"structured, id is a number", post(`{"specversion":"1.0","id":1,"source":"/a","type":"b"}`, "Content-Type",
			structured), 400, "bad_attribute"},
		{"structured, extension is an object", post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","x":{}}`,
			"Content-Type", structured), 400, "bad_attribute"},
		{"structured, too many extensions", post(`{"specversion":"1.0","id":"1","source":"/a","type":"b"`+extensions(257)+`}`,
			"Content-Type", structured), 400, "bad_attribute"},
		{"structured, subject is too long",
			post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","subject":"`+strings.Repeat("s", 64<<10+1)+`"}`,
				"Content-Type", structured), 400, "bad_attribute"},
		{"structured, extension is too large", post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","x":1e10}`,
			"Content-Type", structured), 400, "bad_attribute"},
		{"structured, id twice",
			post(`{"specversion":"1.0","id":"1","id":"2","source":"/a","type":"b","data":{"strData":"x"}}`, "Content-Type",
				structured), 400, "bad_attribute"},
		{"structured, the same id twice",
			post(`{"specversion":"1.0","id":"1","source":"/a","ID":"1","type":"b","data":{"strData":"x"}}`, "Content-Type",
				structured), 400, "bad_attribute"},
		{"structured, specversion twice",
			post(`{"specversion":"1.0","specversion":"1.0","id":"1","source":"/a","type":"b","data":{"strData":"x"}}`,
				"Content-Type", structured), 400, "bad_attribute"},
		{"structured, an extension twice",
			post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","partitionkey":"","partitionkey":7,"data":{"strData":"x"}}`, "Content-Type", structured), 400, "bad_attribute"},
		{"structured, data twice",
			post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","data":{},"data_base64":"YQ=="}`, "Content-Type",
				structured), 400, "bad_attribute"},
		{"structured, bad base64", post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","data_base64":"Y"}`,
			"Content-Type", structured), 400, "bad_data"},
		{"structured, text that is none",
			post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","datacontenttype":"text/plain","data":{}}`,
				"Content-Type", structured), 400, "bad_data"},
		{"structured, no data", post(`{"specversion":"1.0","id":"1","source":"/a","type":"b","data":null}`, "Content-Type",
			structured), 422, "no_data"},
		{"structured, invalid UTF-8", post("{\"specversion\":\"\xff\"}", "Content-Type", structured), 400, "invalid_utf8"},
		{"batch, not an array", post(`{}`, "Content-Type", "application/cloudevents-batch+json"), 400, "not_a_cloudevent"},
		{"batch, truncated", post(`[{}`, "Content-Type", "application/cloudevents-batch+json"), 400, "invalid_json"},
		{"batch, invalid UTF-8", post("[\"\xff\"]", "Content-Type", "application/cloudevents-batch+json"), 400,
			"invalid_utf8"},
		{"our own answer", post(good, ce("ce-type", function.PredictionType)...), 422, "loop"},
		{"tombstone", kafka(""), 422, "no_data"},
		{"numbers", kafka(`{"data":{"ndarray":[1,2]}}`), 422, "not_text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := handle(f, tt.req)
			if reason := reasonOf(t, w); w.Code != tt.code || reason != tt.reason {
				t.Errorf("answered %d %s, want %d %s: %s", w.Code, reason, tt.code, tt.reason, w.Body)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the answer repeats the comment: %s", w.Body)
			}
		})
	}
}

// Where the specversion is missing the answer says what was looked at: the request, or the event within it.
func TestNoSpecVersion(t *testing.T) {
	f := start(t, func(c *function.Config) { c.REST = false })
	const event = `{"id":"1","source":"/a","type":"b"}`
	for contentType, want := range map[string]string{
		"application/json":                   "the request is not a CloudEvent: it has no ce-specversion and is not application/cloudevents+json",
		"application/cloudevents+json":       "the event has no specversion",
		"application/cloudevents-batch+json": "the event has no specversion",
	} {
		body := event
		if strings.Contains(contentType, "batch") {
			body = "[" + event + "]"
		}
		w := handle(f, post(body, "Content-Type", contentType))
		if !strings.Contains(w.Body.String(), `"error":"`+want+`"`) {
			t.Errorf("%s: %s, want %s", contentType, w.Body, want)
		}
	}
}

func TestModes(t *testing.T) {
	const attributes = `{"specversion":"1.0","id":"1","source":"/test","type":"test"`
	const structured = "application/cloudevents+json"
	want := handle(start(t), post(`{"strData":"a"}`, ce("Content-Type", "application/json")...))
	if want.Code != 200 {
		t.Fatal(want.Code, want.Body)
	}
	for name, r := range map[string]*http.Request{
		"structured": post(attributes+`,"data":{"strData":"a"}}`, "Content-Type", structured),
		"structured, upper": post(attributes+`,"data":{"strData":"a"}}`, "Content-Type",
			"Application/CloudEvents+JSON; charset=UTF-8"),
		"data first": post(`{"data":{"strData":"a"},`+attributes[1:]+`}`, "Content-Type", structured),
		"base64":     post(attributes+`,"data_base64":"eyJzdHJEYXRhIjoiYSJ9"}`, "Content-Type", structured),
		"text":       post(attributes+`,"datacontenttype":"text/plain","data":"\u0061"}`, "Content-Type", structured),
		"a string":   post(attributes+`,"data":"a"}`, "Content-Type", structured),
		"extensions": post(attributes+`,"n":1,"t":true,"absent":null,"data":{"strData":"a"}}`, "Content-Type",
			structured),
		"sniffed":          post(`{"strData":"a"}`, ce()...),
		"odd header names": post(`{"strData":"a"}`, ce("ce-x-y", "1", "ce-", "2", "ce-data", "3")...),
	} {
		w := handle(start(t), r)
		if w.Code != 200 || w.Body.String() != want.Body.String() || w.Header().Get("Ce-Id") != want.Header().Get("Ce-Id") {
			t.Errorf("%s: answered %d %s %s", name, w.Code, w.Header().Get("Ce-Id"), w.Body)
		}
	}
}

// TestHeaderBytes: a Kafka key comes out as it went in, whatever peers think of percent signs.
func TestHeaderBytes(t *testing.T) {
	for _, key := range []string{"100%", "100%25", "a b", `"quoted"`, "caf\u00e9", "caf\xe9", "\U0001f602"} {
		w := handle(start(t), post("a", ce("ce-key", key)...))
		if got := w.Header().Get("Ce-Partitionkey"); got != key {
			t.Errorf("the key %q came out as %q", key, got)
		}
	}
	w := handle(start(t), post("a", ce("ce-key", "second", "ce-partitionkey", "first", "traceparent", "not ours",
		"ce-traceparent", "00-a-b-01", "ce-tracestate", "x=y", "ce-correlationid", "c", "ce-other", "o")...))
	for name, want := range map[string]string{"Ce-Partitionkey": "first", "Ce-Traceparent": "00-a-b-01",
		"Ce-Tracestate": "x=y", "Ce-Correlationid": "c", "Ce-Causationid": "1", "Ce-Other": "", "Ce-Key": ""} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestBatch(t *testing.T) {
	const head = `{"specversion":"1.0","source":"/test","type":"test","id":`
	batch := `[` + strings.Join([]string{
		head + `"1","data":{"strData":"a"},"partitionkey":"k"}`,
		head + `"2","data":{"data":{"ndarray":[1]}},"subject":"s"}`,
		head + `"1","data":{"strData":"a"}}`,
		`{"specversion":"1.0","id":"4"}`,
		`17`,
		`{"specversion":"1.0","id":"6","source":"/test","type":"` + function.ErrorType + `","data":{}}`,
	}, ",") + `]`
	w := handle(start(t), post(batch, "Content-Type", "application/cloudevents-batch+json; charset=utf-8"))
	var events []event.Event
	if err := json.Unmarshal(w.Body.Bytes(), &events); err != nil || w.Code != 200 ||
		w.Header().Get("Content-Type") != "application/cloudevents-batch+json" {
		t.Fatal(err, w.Code, w.Header(), w.Body)
	}
	type line struct{ kind, cause, reason string }
	want := []line{{function.PredictionType, "1", ""}, {function.ErrorType, "2", "not_text"},
		{function.PredictionType, "1", ""}, {function.ErrorType, "4", "not_a_cloudevent"}, {function.ErrorType, "",
			"not_a_cloudevent"}, {function.ErrorType, "6", "loop"}}
	if len(events) != len(want) {
		t.Fatalf("%d events answer %d", len(events), len(want))
	}
	text := func(v any) string { s, _ := v.(string); return s }
	for i, e := range events {
		x := e.Extensions()
		if got := (line{e.Type(), text(x["causationid"]), text(x["reason"])}); got != want[i] {
			t.Errorf("event %d is %v, want %v", i, got, want[i])
		}
		if err := e.Validate(); err != nil {
			t.Errorf("event %d: %v", i, err)
		}
	}
	if a, b := events[3].ID(), events[4].ID(); a == b {
		t.Errorf("two refusals have the id %s", a)
	}
	if events[0].ID() != events[2].ID() || events[0].ID() == events[1].ID() {
		t.Error("ids do not follow the input's")
	}
	if code := events[1].Extensions()["code"]; code != int32(422) {
		t.Errorf("the refusal's code is %v", code)
	}
	if w := handle(start(t), post(" [ ] ", "Content-Type", "application/cloudevents-batch+json")); w.Code != 200 ||
		w.Body.String() != "[]" {
		t.Error("an empty batch is answered", w.Code, w.Body)
	}
}

// endless is a body of any length, all of it one comment.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

func TestOverlongBodies(t *testing.T) {
	f := start(t, func(c *function.Config) { c.MaxBodyBytes = 1 << 20 })
	for name, length := range map[string]int64{"announced": 10 << 20, "unannounced": -1} {
		r := post("", ce("Content-Type", "text/plain")...)
		body := &io.LimitedReader{R: endless{}, N: 10 << 20}
		r.Body, r.ContentLength = io.NopCloser(body), length
		if w := handle(f, r); w.Code != 413 || reasonOf(t, w) != "body_too_large" {
			t.Errorf("%s: answered %d", name, w.Code)
		}
		if body.N != 0 { // or the client, which is still sending, would see a broken connection instead of the answer
			t.Errorf("%s: %d bytes of the body are not read", name, body.N)
		}
	}
	r := post("", ce("Content-Type", "text/plain")...)
	r.Body, r.ContentLength = io.NopCloser(io.LimitReader(endless{}, 1<<20)), 1<<20
	if w := handle(f, r); w.Code != 200 {
		t.Errorf("a body of just the limit is answered %d", w.Code)
	}
}

// compressed returns s in gzip.
func compressed(s string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.String()
}

// TestCompressionBomb: of a body that becomes too long no more is kept in memory than of one that is not compressed.
func TestCompressionBomb(t *testing.T) {
	f := start(t, func(c *function.Config) { c.MaxBodyBytes = 1 << 20 })
	bomb := compressed(strings.Repeat("a", 64<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := handle(f, post(bomb, ce("Content-Type", "text/plain", "Content-Encoding", "gzip")...))
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; w.Code != 413 || took > 16<<20 {
		t.Errorf("answered %d, after taking %d bytes of memory", w.Code, took)
	}
}

// TestCompressedBodies: a body in gzip has the limits of one that is not compressed.
func TestCompressedBodies(t *testing.T) {
	const most = 1 << 20
	f := start(t, func(c *function.Config) { c.MaxBodyBytes = most })
	text := strings.Repeat("a", most)
	for _, tt := range []struct {
		name, body string
		length     int64 // -1: unknown
		code       int
	}{
		{"short", "a", 0, 200}, {"short, chunked", "a", -1, 200}, {"at the limit", text, 0, 200},
		{"above it", text + "a", 0, 413}, {"far above it", strings.Repeat(text, 64), -1, 413},
	} {
		body := compressed(tt.body)
		r := post(body, ce("Content-Type", "text/plain", "Content-Encoding", "GZIP")...)
		if tt.length < 0 {
			r.ContentLength = -1
		}
		if w := handle(f, r); w.Code != tt.code || tt.code == 413 && reasonOf(t, w) != "body_too_large" {
			t.Errorf("%s: answered %d %.200s", tt.name, w.Code, w.Body)
		} else if plain := handle(f, post(tt.body, ce("Content-Type",
			"text/plain")...)); plain.Body.String() != w.Body.String() {
			t.Errorf("%s: answered %s, and without gzip %s", tt.name, w.Body, plain.Body)
		}
	}
}

type reader func([]byte) (int, error)

func (r reader) Read(b []byte) (int, error) { return r(b) }

func TestPanicsAreContained(t *testing.T) {
	f := start(t)
	r := post("", ce()...)
	r.ContentLength = -1
	r.Body = io.NopCloser(reader(func([]byte) (int, error) { panic("a secret comment") }))
	if w := handle(f, r); w.Code != 500 || reasonOf(t, w) != "internal_error" ||
		strings.Contains(w.Body.String(), "secret") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	r.ContentLength = 1 << 20
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("a", 64<<10)),
		reader(func([]byte) (int, error) { panic("a secret comment") })))
	if w := handle(f, r); w.Code != 500 {
		t.Errorf("a panic in a long body is answered %d", w.Code)
	}
	if w := handle(f, kafka("a")); w.Code != 200 {
		t.Errorf("the next event is answered %d", w.Code)
	}
	r.ContentLength = -1
	r.Body = io.NopCloser(reader(func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }))
	if w := handle(f, r); w.Code != 400 || reasonOf(t, w) != "incomplete_body" {
		t.Errorf("half a body is answered %d", w.Code)
	}
}

func TestLifecycle(t *testing.T) {
	ctx := context.Background()
	c := function.Defaults()
	c.LogLevel = 100
	f := function.NewWith(c)
	ready := func(want bool) {
		t.Helper()
		if got, err := f.Ready(ctx); got != want || err != nil {
			t.Errorf("ready: %v, %v; want %v", got, err, want)
		}
	}
	ready(false)
	if w := handle(f, kafka("a")); w.Code != 503 || reasonOf(t, w) != "not_ready" {
		t.Errorf("before start: %d", w.Code)
	}
	if _, err := f.HandleEvent(ctx, question(asText, "a")); function.AsError(err).Reason != "not_ready" {
		t.Error("before start:", err)
	}
	if err := f.Start(ctx, nil); err != nil {
		t.Fatal(err)
	}
	ready(true)
	if alive, err := f.Alive(ctx); !alive || err != nil {
		t.Error("not alive", err)
	}

	// One event is in flight while the function is stopped.
	inside, release, answer := make(chan bool), make(chan bool), make(chan int)
	r := post("", ce("Content-Type", "text/plain")...)
	r.ContentLength = -1
	body := strings.NewReader("a")
	r.Body = io.NopCloser(reader(func(b []byte) (int, error) { inside <- true; <-release; return body.Read(b) }))
	go func() { answer <- handle(f, r).Code }()
	<-inside
	go func() { // the second read, which finds the end
		release <- true
		<-inside
		release <- true
	}()
	stopped := make(chan error)
	impatient, cancel := context.WithCancel(ctx)
	cancel()
	select {
	case <-answer:
	default:
		_ = f.Stop(impatient)
	}
	ready(false)
	if w := handle(f, kafka("a")); w.Code != 503 || reasonOf(t, w) != "stopping" {
		t.Errorf("after stop: %d", w.Code)
	}
	go func() { stopped <- f.Stop(ctx) }()
	if code := <-answer; code != 200 {
		t.Errorf("what was in flight is answered %d", code)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestStopWaits: Stop returns when the request in flight has been answered, not before.
func TestStopWaits(t *testing.T) {
	f := start(t)
	inside, release := make(chan bool), make(chan bool)
	r := post("", ce("Content-Type", "text/plain")...)
	r.ContentLength = 1
	r.Body = io.NopCloser(reader(func(b []byte) (int, error) { close(inside); <-release; b[0] = 'a'; return 1, nil }))
	var answered atomic.Bool
	go func() {
		handle(f, r)
		answered.Store(true)
	}()
	<-inside
	stopped := make(chan bool)
	go func() {
		_ = f.Stop(context.Background())
		stopped <- true
	}()
	select {
	case <-stopped:
		t.Fatal("Stop returned while a request was in flight")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	<-stopped
	for range 100 { // handle returns right after the request has left
		if answered.Load() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the request in flight was not answered")
}

func TestStartFails(t *testing.T) {
	f := function.NewWith(function.Config{EventSource: "/x"})
	err := f.Start(context.Background(), nil)
	if err == nil || !strings.Contains(err.Error(), "SINK_TIMEOUT") {
		t.Error(err)
	}
	if ready, err := f.Ready(context.Background()); ready || err == nil {
		t.Error("ready without a configuration")
	}
}
