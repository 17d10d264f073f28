package function

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"reddit-classifier/internal/tracing"
	"reddit-classifier/internal/tracing/tracetest"
)

// broken returns a function without a model, so that predicting panics, and its log.
func broken() (*servingState, *bytes.Buffer) {
	var log bytes.Buffer
	o := &observer{log: slog.New(slog.NewJSONHandler(&log, nil))}
	return &servingState{
		classifier: &classifier{digest: strings.Repeat("0", 64), source: "/us", limit: maxAnswer},
		memory:     newMemory(1<<20, time.Second, o), maxBody: 1 << 20, observer: o,
	}, &log
}

// TestPanicInABatch: an event that makes us panic is answered with a 500 of its own, and the log has the place but no
// text.
func TestPanicInABatch(t *testing.T) {
	r, log := broken()
	const head = `{"specversion":"1.0","source":"/a","type":"b","id":`
	w := httptest.NewRecorder()
	r.serve(w, batchOf(`[`+head+`"1","data":{"strData":"a secret comment"}},`+head+`"2","data":{"instances":[]}}]`))
	var events []event.Event
	if err := json.Unmarshal(w.Body.Bytes(), &events); err != nil || w.Code != 200 || len(events) != 2 {
		t.Fatal(w.Code, err, w.Body)
	}
	if x := events[0].Extensions(); events[0].Type() != ErrorType || x["code"] != int32(500) ||
		x["reason"] != "internal_error" {
		t.Errorf("the first is answered with %v", events[0])
	}
	f := &Function{}
	f.state.Store(r)
	if _, err := f.HandleEvent(context.Background(), events[0]); AsError(err).Reason != "loop" {
		t.Error(err)
	}
	in := event.New()
	in.SetID("1")
	in.SetSource("/a")
	in.SetType("b")
	in.DataEncoded = []byte("a secret comment")
	if _, err := f.HandleEvent(context.Background(), in); AsError(err).Code != 500 {
		t.Error("a panic in HandleEvent gives", err)
	}
	if events[1].Type() != PredictionType {
		t.Errorf("the second is answered with %v", events[1])
	}
	if !strings.Contains(log.String(), "predictions.go") || strings.Contains(log.String(), "secret") {
		t.Errorf("the log is %s", log)
	}
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not a line of JSON: %s", line)
		}
	}
}

func batchOf(body string) *http.Request {
	req := httptest.NewRequest("POST", "/", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/cloudevents-batch+json")
	return req
}

// TestPanicValues: of a panic's value the log has the type, or the message if it is the runtime's own; a value may hold
// a comment.
func TestPanicValues(t *testing.T) {
	for _, tt := range []struct {
		do   func()
		want string
	}{
		{func() { panic("a secret comment") }, `"value":"string"`},
		{func() { panic(errors.New("a secret comment")) }, `"value":"*errors.errorString"`},
		{func() { var none []int; _ = none[len(none)] }, `"value":"runtime error: index out of range [0] with length 0"`},
	} {
		r, log := broken()
		f := &Function{}
		f.state.Store(r)
		req := httptest.NewRequest("POST", "/", nil)
		req.ContentLength = 1
		req.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { tt.do(); return 0, io.EOF }))
		w := httptest.NewRecorder()
		f.Handle(w, req)
		if w.Code != 500 || !strings.Contains(log.String(), tt.want) || strings.Contains(log.String(), "secret") {
			t.Errorf("answered %d; the log is %s, want %s", w.Code, log, tt.want)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// TestLog: refusals are logged with what finds the event again, and without its text.
func TestLog(t *testing.T) {
	r, log := broken()
	req := httptest.NewRequest("POST", "/", strings.NewReader(`{"strData":"a secret comment"`))
	for _, name := range []string{"ce-id", "ce-source", "ce-type"} {
		req.Header.Set(name, "x1")
	}
	req.Header.Set("ce-specversion", "1.0")
	r.serve(httptest.NewRecorder(), req)
	var line struct {
		Level, Msg, Reason, ID string
		Code                   int
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil || line.Reason != "invalid_json" || line.Code != 400 ||
		line.ID != "x1" || strings.Contains(log.String(), "secret") {
		t.Errorf("logged %s, %v", log, err)
	}
}

// TestSpanOfAPanic: the span of a request says 500, though it ends before the answer is written.
func TestSpanOfAPanic(t *testing.T) {
	c := tracetest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	r, _ := broken()
	r.observer.tracer = tracing.Start(r.observer.log)
	f := &Function{}
	f.state.Store(r)
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a secret comment"))
	for _, name := range []string{"Id", "Source", "Type"} {
		req.Header.Set("Ce-"+name, "x")
	}
	req.Header.Set("Ce-Specversion", "1.0")
	w := httptest.NewRecorder()
	f.Handle(w, req)
	r.observer.tracer.Stop(t.Context())
	s := c.Wait(t, 1)[0]
	if w.Code != 500 || s.Attributes["http.response.status_code"] != int64(500) ||
		s.Attributes["error.type"] != "internal_error" || s.GetStatus().GetMessage() != "internal_error" ||
		strings.Contains(s.String(), "secret") {
		t.Errorf("answered %d; the span is %v", w.Code, s)
	}
}
