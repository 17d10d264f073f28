package function_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reddit-classifier/function"
)

// TestLargeAnswers: an answer that would be longer than 16 MiB is refused, and one that is nearly as long is given.
func TestLargeAnswers(t *testing.T) {
	explained := func(c *function.Config) { c.Explain, c.Labels = 100, true }
	const batch = "application/cloudevents-batch+json"
	const head = `{"specversion":"1.0","id":"1","source":"/a","type":"b","data":`
	sentences := func(n int) string {
		return `{"data":{"ndarray":["` + strings.Repeat(`I would like to see the error bars before I believe any of this.","`,
			n) + `"]}}`
	}
	for _, tt := range []struct {
		name, kind, body string
		code             int
	}{
		{"many that are explained", "", sentences(100), 200},
		{"too many that are explained", "", sentences(50_000), 413},
		{"a batch of nothing", batch, "[" + strings.Repeat("{},", 30_000) + "{}]", 200},
		{"a larger batch of nothing", batch, "[" + strings.Repeat("{},", 80_000) + "{}]", 413},
		{"a batch of long records", batch, "[" + strings.Repeat(head+`{"instances":["`+strings.Repeat(`","`, 40_000)+`"]}},`,
			12) + head + `"x"}]`, 413},
	} {
		if raceEnabled && len(tt.body) > 1<<20 { // which takes its time
			continue
		}
		f := start(t, explained)
		if tt.kind != "" {
			f = start(t)
		}
		w := handle(f, post(tt.body, ce("Content-Type", tt.kind)...))
		if w.Code != tt.code || tt.code == 413 && reasonOf(t, w) != "answer_too_large" {
			t.Errorf("%s: answered %d %.200s", tt.name, w.Code, w.Body)
		}
		if w := handle(f, kafka("a")); w.Code != 200 {
			t.Errorf("%s: the next event is answered %d", tt.name, w.Code)
		}
	}
}

// TestLargeRESTAnswer: the limit holds without events too.
func TestLargeRESTAnswer(t *testing.T) {
	if raceEnabled { // which takes its time
		t.Skip("a long request")
	}
	f := start(t, func(c *function.Config) { c.Explain, c.Labels = 100, true })
	body := `{"data":{"ndarray":["` + strings.Repeat(`I would like to see the error bars before I believe any of this.","`,
		50_000) + `"]}}`
	if w := call(f, http.MethodPost, "/", asJSON, body); w.Code != 413 || reasonOf(t, w) != "answer_too_large" {
		t.Errorf("answered %d %.200s", w.Code, w.Body)
	}
}

// TestSlowSinkHoldsNoBodies: long bodies wait for a sink in any number, since their memory is free by then.
func TestSlowSinkHoldsNoBodies(t *testing.T) {
	if raceEnabled {
		t.Skip("predicting long texts under the race detector takes longer than the sink may")
	}
	const many = 6 // of 4 MiB, of which 16 MiB may be in memory
	var waiting atomic.Int64
	var late atomic.Bool
	release := make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if waiting.Add(1) == many {
			close(release)
		}
		select {
		case <-release:
		case <-time.After(5 * time.Second):
			late.Store(true)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	f := start(t, to(s.URL, 10*time.Second))
	text := strings.Repeat("abc ", 1<<20)
	codes := make(chan int, many)
	for range many {
		go func() { codes <- handle(f, post(text, ce("Content-Type", "text/plain")...)).Code }()
	}
	for range many {
		if code := <-codes; code != http.StatusAccepted {
			t.Errorf("answered %d", code)
		}
	}
	if late.Load() {
		t.Error("not all of them reached the sink while it was slow")
	}
}
