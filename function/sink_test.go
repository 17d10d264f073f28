package function_test

import (
	"bytes"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"

	"reddit-classifier/function"
	"reddit-classifier/internal/version"
)

// sink is a server that answers posts with the statuses it is given, the last one for ever, and keeps what it accepted.
type sink struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	posts    int
	accepted []event.Event
	agents   []string // User-Agent of each post
}

func newSink(tb testing.TB, statuses ...int) *sink {
	s := &sink{statuses: statuses}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts++
	s.agents = append(s.agents, r.Header.Get("User-Agent"))
	status := s.statuses[0]
	if len(s.statuses) > 1 {
		s.statuses = s.statuses[1:]
	}
	if status/100 == 2 {
		e, err := cehttp.NewEventFromHTTPRequest(r)
		if err != nil {
			status = 400
		} else {
			s.accepted = append(s.accepted, *e)
		}
	}
	if status/100 == 3 {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(status)
	io.WriteString(w, "whatever a sink says")
}

// to returns the setting that posts to a URL, for not longer than it takes.
func to(url string, timeout time.Duration) func(*function.Config) {
	return func(c *function.Config) { c.Sink, c.SinkTimeout = url, timeout }
}

func TestSink(t *testing.T) {
	for _, tt := range []struct {
		name          string
		statuses      []int
		code          int
		reason        string
		fewest, posts int // at least, at most
	}{
		{"accepts", []int{202}, 202, "", 1, 1},
		{"accepts with 200", []int{200}, 202, "", 1, 1},
		{"recovers", []int{503, 500, 429, 404, 202}, 202, "", 5, 5},
		{"is down", []int{503}, 503, "sink_refused", 2, 20},
		{"refuses", []int{400}, 503, "sink_refused", 1, 1},
		{"is too small", []int{413}, 413, "answer_too_large", 1, 1},
		{"redirects", []int{302}, 503, "sink_refused", 1, 1},
		{"redirects the post", []int{308}, 503, "sink_refused", 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink(t, tt.statuses...)
			w := handle(start(t, to(s.URL, 2*time.Second)), kafka(`{"strData":"a"}`))
			if w.Code != tt.code {
				t.Errorf("answered %d, want %d: %s", w.Code, tt.code, w.Body)
			}
			if tt.reason == "" && w.Body.Len() > 0 || tt.reason != "" && reasonOf(t, w) != tt.reason {
				t.Errorf("the answer is %q", w.Body)
			}
			if s.posts < tt.fewest || s.posts > tt.posts {
				t.Errorf("posted %d times, want %d to %d", s.posts, tt.fewest, tt.posts)
			}
		})
	}
}

func TestWhatIsPosted(t *testing.T) {
	s := newSink(t, 202)
	f := start(t, to(s.URL, time.Second), func(c *function.Config) {
		c.CEOverrides = `{"extensions":{"team":"moderation","correlationid":"over"}}`
	})
	if w := handle(f, kafka(`{"data":{"ndarray":["a"]}}`)); w.Code != 202 || w.Body.Len() != 0 {
		t.Fatal(w.Code, w.Body)
	}
	direct := handle(start(t), kafka(`{"data":{"ndarray":["a"]}}`))
	if want := "reddit-classifier/" + version.String(); s.agents[0] != want {
		t.Errorf("User-Agent %q, want %q", s.agents[0], want)
	}
	e := s.accepted[0]
	if string(e.Data()) != direct.Body.String() || e.ID() != direct.Header().Get("Ce-Id") ||
		e.Type() != function.PredictionType {
		t.Errorf("posted %v", e)
	}
	x := e.Extensions()
	if x["partitionkey"] != "t1_abc" || x["team"] != "moderation" || x["correlationid"] != "over" ||
		x["causationid"] != "partition:1/offset:0" {
		t.Errorf("posted with %v", x)
	}
	// What is refused is answered, not posted.
	if w := handle(f, kafka(`{"data":{"ndarray":[1]}}`)); w.Code != 422 || len(s.accepted) != 1 {
		t.Error(w.Code, len(s.accepted))
	}
}

func TestSinkThatIsNotThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	began := time.Now()
	w := handle(start(t, to(s.URL, 300*time.Millisecond)), kafka("a"))
	if w.Code != 503 || reasonOf(t, w) != "sink_unreachable" {
		t.Error(w.Code, w.Body)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestSinkThatHangs(t *testing.T) {
	release := make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(release)
	began := time.Now()
	w := handle(start(t, to(s.URL, 200*time.Millisecond)), kafka("a"))
	if w.Code != 503 || reasonOf(t, w) != "sink_timeout" {
		t.Error(w.Code, w.Body)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

// A try that the time limit cuts off does not hide why those before it failed.
func TestSinkRefusesThenHangs(t *testing.T) {
	var posts atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		if posts.Add(1) > 1 {
			<-req.Context().Done()
		}
		w.WriteHeader(500)
	}))
	defer s.Close()
	w := handle(start(t, to(s.URL, time.Second)), kafka("a"))
	if w.Code != 503 || reasonOf(t, w) != "sink_refused" || posts.Load() != 2 {
		t.Errorf("%d after %d posts: %s", w.Code, posts.Load(), w.Body)
	}
}

func TestBatchToSink(t *testing.T) {
	const head = `{"specversion":"1.0","source":"/test","type":"test","id":`
	const good, bad = head + `"1","data":{"strData":"a"}}`, head + `"2","data":{"data":{"ndarray":[1]}}}`
	for _, tt := range []struct {
		name, batch string
		status      int
		code, posts int
		body        string
	}{
		{"good", `[` + good + `,` + good + `]`, 202, 202, 2, ""},
		{"mixed", `[` + good + `,` + bad + `]`, 202, 200, 1, "not_text"},
		{"sink refuses", `[` + good + `,` + bad + `]`, 400, 503, 1, "sink_refused"},
		{"answer too large", `[` + good + `,` + good + `]`, 413, 200, 2, "answer_too_large"},
		{"empty", `[]`, 202, 202, 0, ""},
	} {
		s := newSink(t, tt.status)
		w := handle(start(t, to(s.URL, time.Second)), post(tt.batch, "Content-Type", "application/cloudevents-batch+json"))
		if w.Code != tt.code || s.posts != tt.posts || !bytes.Contains(w.Body.Bytes(), []byte(tt.body)) ||
			tt.body == "" && w.Body.Len() > 0 {
			t.Errorf("%s: %d after %d posts: %s", tt.name, w.Code, s.posts, w.Body)
		}
	}
}

func TestSinkOverTLS(t *testing.T) {
	s := &sink{statuses: []int{202}}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = quiet
	s.StartTLS()
	defer s.Close()
	if w := handle(start(t, to(s.URL, time.Second)), kafka("a")); w.Code != 503 || reasonOf(t, w) != "sink_unreachable" {
		t.Errorf("a sink of unknown certificate is answered %d", w.Code)
	}
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	f := start(t, to(s.URL, time.Second), func(c *function.Config) {
		c.CACerts = certificate
	})
	if w := handle(f, kafka("a")); w.Code != 202 {
		t.Errorf("with K_CA_CERTS: %d %s", w.Code, w.Body)
	}
	bundles := t.TempDir()
	if err := os.WriteFile(filepath.Join(bundles, "cluster.pem"), []byte(certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	function.SetTrustBundles(t, bundles)
	if w := handle(start(t, to(s.URL, time.Second)), kafka("a")); w.Code != 202 {
		t.Errorf("with the cluster's certificates: %d %s", w.Code, w.Body)
	}
}

// TestSinkThatHangsUp: a connection that ends without an answer is no refusal, and the event is posted again.
func TestSinkThatHangsUp(t *testing.T) {
	var posts atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if posts.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	if w := handle(start(t, to(s.URL, 5*time.Second)), kafka("a")); w.Code != 202 || posts.Load() != 3 {
		t.Errorf("answered %d %s after %d posts", w.Code, w.Body, posts.Load())
	}
}

// TestSinkOfHTTP2: a sink that offers HTTP/2 gets it.
func TestSinkOfHTTP2(t *testing.T) {
	protocols := make(chan string, 1)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		protocols <- r.Proto
		w.WriteHeader(http.StatusAccepted)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	f := start(t, to(s.URL, 5*time.Second), func(c *function.Config) { c.CACerts = certificate })
	if w := handle(f, kafka("a")); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	if got := <-protocols; got != "HTTP/2.0" {
		t.Errorf("the event was posted by %s", got)
	}
}

// TestBatchOutOfTime: when the sink's time ends between two events of a batch, it is the sink that is named, not the
// sender.
func TestBatchOutOfTime(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(20 * time.Millisecond)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	one := `{"specversion":"1.0","source":"/test","type":"test","id":"1","data":{"strData":"a"}}`
	w := handle(start(t, to(s.URL, 100*time.Millisecond)),
		post("["+strings.Repeat(one+",", 99)+one+"]", "Content-Type", "application/cloudevents-batch+json"))
	if w.Code != 503 || reasonOf(t, w) != "sink_timeout" {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

// TestRetriable: what Knative's sources would try again, the function does too, and nothing else.
func TestRetriable(t *testing.T) {
	for status, again := range map[int]bool{401: true, 404: true, 408: true, 409: true, 429: true, 500: true, 502: true,
		503: true, 504: true, 302: false, 400: false, 403: false, 410: false, 422: false} {
		s := newSink(t, status, 202)
		w := handle(start(t, to(s.URL, 5*time.Second)), kafka("a"))
		if want := map[bool]int{true: 202, false: 503}[again]; w.Code != want {
			t.Errorf("a sink that says %d once is answered %d, not %d", status, w.Code, want)
		}
	}
}

// TestNothingIsLost delivers events again and again, as a source does, to a sink that fails half of the time: each is
// accepted in the end, and those that arrived twice did so under one id and with the same data.
func TestNothingIsLost(t *testing.T) {
	var n atomic.Int64
	var mu sync.Mutex
	accepted := map[string]map[string]string{} // causation id to id to data
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		turn := n.Add(1)
		if turn%2 == 0 || turn%7 == 3 { // the latter after it was stored
			mu.Lock()
			ids := accepted[r.Header.Get("Ce-Causationid")]
			if ids == nil {
				ids = map[string]string{}
				accepted[r.Header.Get("Ce-Causationid")] = ids
			}
			ids[r.Header.Get("Ce-Id")] = string(body)
			mu.Unlock()
		}
		if turn%2 == 1 {
			w.WriteHeader(503)
		}
	}))
	defer s.Close()
	f := start(t, to(s.URL, 100*time.Millisecond))
	const events, senders = 400, 8
	var group sync.WaitGroup
	for sender := range senders {
		group.Go(func() {
			for i := sender; i < events; i += senders {
				for code := 0; code != 202; {
					r := kafka(`{"strData":"comment ` + strconv.Itoa(i) + `"}`)
					r.Header.Set("ce-id", strconv.Itoa(i))
					code = handle(f, r).Code
				}
			}
		})
	}
	group.Wait()
	if len(accepted) != events {
		t.Errorf("%d of %d events arrived", len(accepted), events)
	}
	for cause, ids := range accepted {
		if len(ids) != 1 {
			t.Errorf("event %s arrived under %d ids", cause, len(ids))
		}
	}
	t.Logf("%d events in %d posts", events, n.Load())
}

// TestSinkModes: an event whose attributes headers would change is posted in structured mode, and is the same event
// there.
func TestSinkModes(t *testing.T) {
	for _, tt := range []struct {
		name, header, value string
		structured          bool
	}{
		{"plain", "Ce-Key", "t1_abc", false}, {"one space", "Ce-Key", "a b", false}, {"percent", "Ce-Key", "100%25", false},
		{"beyond ASCII", "Ce-Key", "caf\u00e9", true}, {"emoji", "Ce-Subject", "\U0001f602", true},
		{"two spaces", "Ce-Key", "a  b", true},
		{"a tab", "Ce-Key", "a\tb", true}, {"long", "Ce-Key", strings.Repeat("k", 4096), true},
		{"long id", "Ce-Id", strings.Repeat("i", 4096), true},
	} {
		var contentType string
		s := newSink(t, 202)
		f := start(t, to(s.URL, time.Second))
		inner := s.Config.Handler
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			contentType = r.Header.Get("Content-Type")
			inner.ServeHTTP(w, r)
		})
		r := kafka(`{"data":{"ndarray":["This is an input"]}}`)
		r.Header.Set(tt.header, tt.value)
		if tt.header == "Ce-Key" {
			r.Header.Del("Ce-Partitionkey")
		}
		direct := handle(start(t), r.Clone(r.Context()))
		r.Body = io.NopCloser(strings.NewReader(`{"data":{"ndarray":["This is an input"]}}`))
		if w := handle(f, r); w.Code != 202 || len(s.accepted) != 1 {
			t.Fatalf("%s: answered %d %s", tt.name, w.Code, w.Body)
		}
		e := s.accepted[0]
		if structured := contentType == "application/cloudevents+json"; structured != tt.structured {
			t.Errorf("%s: posted as %s", tt.name, contentType)
		}
		if string(e.Data()) != direct.Body.String() || e.ID() != direct.Header().Get("Ce-Id") ||
			e.DataContentType() != asJSON {
			t.Errorf("%s: posted %v, want %s", tt.name, e, direct.Body)
		}
		got := e.Subject()
		switch tt.header {
		case "Ce-Key":
			got, _ = e.Extensions()["partitionkey"].(string)
		case "Ce-Id":
			got, _ = e.Extensions()["causationid"].(string)
		}
		if got != tt.value {
			t.Errorf("%s: the sink gets %q, want %q", tt.name, got, tt.value)
		}
	}
}

// TestTraceHeaders: trace context that came in headers goes on in headers, and that of the event's extensions in
// extensions.
func TestTraceHeaders(t *testing.T) {
	const parent, state = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=b"
	var got []http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got = append(got, r.Header)
		w.WriteHeader(202)
	}))
	defer server.Close()
	f := start(t, to(server.URL+"/output", time.Second), func(c *function.Config) { c.DeadLetter = "errors" })
	batch := post(`[{"specversion":"1.0","source":"/a","type":"b","id":"1","data":"x"}]`, "Content-Type",
		"application/cloudevents-batch+json")
	for _, r := range []*http.Request{kafka("a"), kafka(""), batch} {
		r.Header.Set("Traceparent", parent)
		r.Header.Set("Tracestate", state)
		if r != batch {
			r.Header.Set("Ce-Traceparent", "of the event")
		}
		if w := handle(f, r); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
	}
	if w := handle(f, kafka("a")); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	if len(got) != 4 || got[3].Get("Traceparent") != "" || got[3].Get("Tracestate") != "" {
		t.Fatalf("%d posts; without a trace: %v", len(got), got)
	}
	for i, h := range got[:3] {
		if h.Get("Traceparent") != parent || h.Get("Tracestate") != state {
			t.Errorf("post %d has %v", i, h)
		}
	}
	if got[0].Get("Ce-Traceparent") != "of the event" {
		t.Errorf("the extension is %q", got[0].Get("Ce-Traceparent"))
	}
}

// TestMaxAnswer: an answer that Kafka would not take is refused at once.
func TestMaxAnswer(t *testing.T) {
	s := newSink(t, 202)
	many := func(n int) string { return `{"data":{"ndarray":["` + strings.Repeat(`","`, n-1) + `"]}}` }
	const each = 42 // bytes of a row in the answer to an empty comment
	for _, tt := range []struct {
		name string
		set  func(*function.Config)
		n    int
		code int
	}{
		{"default", to(s.URL, time.Second), 20_000, 202},
		{"default, too large", to(s.URL, time.Second), 966_656 / each * 11 / 10, 413},
		{"reply", func(*function.Config) {}, 30_000, 200},
		{"reply, set", func(c *function.Config) { c.MaxAnswer = 2000 }, 100, 413},
		{"reply, set, small", func(c *function.Config) { c.MaxAnswer = 2000 }, 10, 200},
	} {
		w := handle(start(t, tt.set), post(many(tt.n), ce()...))
		if w.Code != tt.code || tt.code == 413 && reasonOf(t, w) != "answer_too_large" {
			t.Errorf("%s: answered %d %.200s", tt.name, w.Code, w.Body)
		}
	}
	r := kafka(many(20_000))
	r.Header.Set("Ce-Partitionkey", strings.Repeat("k", 200_000)) // which is the record's key and a header of it
	if w := handle(start(t, to(s.URL, time.Second)), r); w.Code != 413 {
		t.Errorf("a large key: answered %d %s", w.Code, w.Body)
	}
}
