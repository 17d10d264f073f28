package function

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
)

// TestPanicInABatch: an event that makes us panic is answered with a 500 of its own, and the log has the place but no text.
func TestPanicInABatch(t *testing.T) {
	var log bytes.Buffer
	c := &core{digest: strings.Repeat("0", 64), shortDigest: strings.Repeat("0", 12)} // without a model
	c.source.Path = "/us"
	r := &running{core: c, log: slog.New(slog.NewJSONHandler(&log, nil))}
	const head = `{"specversion":"1.0","source":"/a","type":"b","id":`
	w := httptest.NewRecorder()
	x := &exchange{}
	x.body.WriteString(`[` + head + `"1","data":{"strData":"a secret comment"}},` + head + `"2","data":{"instances":[]}}]`)
	r.serveBatch(x, w, context.Background())
	var events []event.Event
	if err := json.Unmarshal(w.Body.Bytes(), &events); err != nil || w.Code != 200 || len(events) != 2 {
		t.Fatal(w.Code, err, w.Body)
	}
	if x := events[0].Extensions(); events[0].Type() != ErrorType || x["code"] != int32(500) || x["reason"] != "internal_error" {
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
	if !strings.Contains(log.String(), "PredictProba") || strings.Contains(log.String(), "secret") {
		t.Errorf("the log is %s", &log)
	}
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not a line of JSON: %s", line)
		}
	}
}

// TestLog: refusals are logged with what finds the event again, and without its text.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	r := &running{core: &core{}, maxBody: 1 << 20, log: slog.New(slog.NewJSONHandler(&log, nil))}
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
	if err := json.Unmarshal(log.Bytes(), &line); err != nil || line.Reason != "invalid_json" || line.Code != 400 || line.ID != "x1" || strings.Contains(log.String(), "secret") {
		t.Errorf("logged %s, %v", &log, err)
	}
}
