package tracing

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// collector is the collector's OTLP receiver, and what it hands on.
type collector struct {
	url  string
	sink *consumertest.TracesSink
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig().(*otlpreceiver.Config)
	http := config.Protocols.HTTP.GetOrInsertDefault()
	http.ServerConfig.NetAddr.Endpoint = addr
	c := &collector{url: "http://" + addr, sink: new(consumertest.TracesSink)}
	r, err := factory.CreateTraces(context.Background(), receivertest.NewNopSettings(factory.Type()), config, c.sink)
	if err != nil {
		t.Fatal(err)
	}
	var host component.Host = componenttest.NewNopHost()
	if err := r.Start(context.Background(), host); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Shutdown(context.Background()) })
	return c
}

// span is a span with the attributes of its resource.
type span struct {
	ptrace.Span
	resource map[string]any
}

func (s span) attribute(name string) string {
	v, ok := s.Attributes().Get(name)
	if !ok {
		return ""
	}
	return v.AsString()
}

// trace waits for n spans of a trace, and returns them by their kind.
func (c *collector) trace(t *testing.T, id string, n int) map[ptrace.SpanKind]span {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var list []span
		for _, traces := range c.sink.AllTraces() {
			for _, rs := range traces.ResourceSpans().All() {
				for _, ss := range rs.ScopeSpans().All() {
					for _, s := range ss.Spans().All() {
						if s.TraceID().String() == id {
							list = append(list, span{s, rs.Resource().Attributes().AsRaw()})
						}
					}
				}
			}
		}
		if len(list) == n {
			by := make(map[ptrace.SpanKind]span)
			for _, s := range list {
				by[s.Kind()] = s
			}
			return by
		}
		if time.Now().After(end) {
			t.Fatalf("trace %s has %d spans, not %d", id, len(list), n)
		}
	}
}

// system is a running `reddit-classifier up`.
type system struct {
	kafka  string
	client *kgo.Client
}

// address is in the command that up suggests.
var address = regexp.MustCompile(`kcat -P -b (\S+) `)

// build builds the program once.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tracing")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "reddit-classifier")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/reddit-classifier")
	cmd.Dir = root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// startSystem runs up with variables of the environment, until the test ends.
func startSystem(t *testing.T, variables ...string) *system {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "none.jsonl")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "up", "--no-console", "--listen", "127.0.0.1:0", "--input", empty)
	cmd.Env = append(os.Environ(), variables...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("up ended with %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	s := &system{}
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	for s.kafka == "" && lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			s.kafka = m[1]
		}
	}
	if s.kafka == "" {
		t.Fatal("up has not said where Kafka is")
	}
	go func() {
		for lines.Scan() { // so that up can go on writing
		}
	}()
	s.client, err = kgo.NewClient(kgo.SeedBrokers(s.kafka),
		kgo.ConsumeTopics("reddit-classifier-output", "reddit-classifier-errors"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	return s
}

// send writes a record and returns what comes of it, with its headers by name.
func (s *system) send(t *testing.T, key, value string, headers ...string) (*kgo.Record, map[string]string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r := &kgo.Record{Topic: "reddit-classifier-input", Key: []byte(key), Value: []byte(value)}
	for i := 0; i < len(headers); i += 2 {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: headers[i], Value: []byte(headers[i+1])})
	}
	if err := s.client.ProduceSync(ctx, r).FirstErr(); err != nil {
		t.Fatal(err)
	}
	for {
		fetches := s.client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			t.Fatal(err)
		}
		for _, got := range fetches.Records() {
			if string(got.Key) == key {
				by := make(map[string]string)
				for _, h := range got.Headers {
					by[strings.ToLower(h.Key)] = string(h.Value)
				}
				return got, by
			}
		}
	}
}

const producerSpan = "b7ad6b7169203331"

func traceID(n int) string { return fmt.Sprintf("0af7651916cd43dd8448eb211c8031%02x", n) }

func parentOf(n int) string { return "00-" + traceID(n) + "-" + producerSpan + "-01" }

// TestOneTrace follows records from their producer's header to the records that answer them.
func TestOneTrace(t *testing.T) {
	c := startCollector(t)
	s := startSystem(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url, "OTEL_BSP_SCHEDULE_DELAY=100",
		"OTEL_SERVICE_NAME=classifier-of-the-test")
	t.Run("answered", func(t *testing.T) {
		r, headers := s.send(t, "answered", `{"data":{"ndarray":["This is an input"]}}`, "traceparent", parentOf(1),
			"tracestate", "vendor=1")
		if r.Topic != "reddit-classifier-output" {
			t.Fatalf("the record came to %s", r.Topic)
		}
		spans := c.trace(t, traceID(1), 2)
		server, client := spans[ptrace.SpanKindServer], spans[ptrace.SpanKindClient]
		if server.resource["service.name"] != "classifier-of-the-test" {
			t.Errorf("the service is %v", server.resource["service.name"])
		}
		// The source stand-in, as the real dispatcher, is a span of its own between, which it exports to nobody.
		if p := server.ParentSpanID().String(); p == "" || p == producerSpan {
			t.Errorf("the server span's parent is %q", p)
		}
		if client.ParentSpanID() != server.SpanID() {
			t.Errorf("the client span's parent is %s, not %s", client.ParentSpanID(), server.SpanID())
		}
		if got, want := headers["ce_traceparent"], "00-"+traceID(1)+"-"+client.SpanID().String()+"-01"; got != want {
			t.Errorf("the event's extension is %s, want %s", got, want)
		}
		// The sink stand-in is one more.
		if got := headers["traceparent"]; !strings.HasPrefix(got, "00-"+traceID(1)+"-") || !strings.HasSuffix(got, "-01") {
			t.Errorf("the record's header is %q", got)
		}
		if headers["tracestate"] != "vendor=1" || headers["ce_tracestate"] != "vendor=1" {
			t.Errorf("the state is %q and %q", headers["tracestate"], headers["ce_tracestate"])
		}
		for name, want := range map[string]string{
			"messaging.system": "kafka", "messaging.destination.name": "reddit-classifier-input",
			"messaging.operation.type": "process", "http.response.status_code": "202",
			"cloudevents.event_id":   headers["ce_causationid"],
			"cloudevents.event_type": "dev.knative.kafka.event", "reddit_classifier.comments": "1",
			"reddit_classifier.label": "removed", "reddit_classifier.model_digest": headers["ce_modeldigest"],
		} {
			if got := server.attribute(name); got != want {
				t.Errorf("the server span's %s is %q, want %q", name, got, want)
			}
		}
		for name, want := range map[string]string{
			"http.response.status_code": "202", "cloudevents.event_id": headers["ce_id"], "messaging.operation.type": "send",
		} {
			if got := client.attribute(name); got != want {
				t.Errorf("the client span's %s is %q, want %q", name, got, want)
			}
		}
		if !server.StartTimestamp().AsTime().Before(client.StartTimestamp().AsTime()) ||
			!client.EndTimestamp().AsTime().Before(server.EndTimestamp().AsTime()) {
			t.Error("the post is not within the request")
		}
	})
	t.Run("refused", func(t *testing.T) {
		r, headers := s.send(t, "refused", `{"data":{"ndarray":[4711]}}`, "traceparent", parentOf(2))
		if r.Topic != "reddit-classifier-errors" {
			t.Fatalf("the record came to %s", r.Topic)
		}
		spans := c.trace(t, traceID(2), 2)
		server, client := spans[ptrace.SpanKindServer], spans[ptrace.SpanKindClient]
		if server.Events().Len() != 1 {
			t.Fatalf("the span has %d events", server.Events().Len())
		}
		event := server.Events().At(0)
		reason, _ := event.Attributes().Get("error.type")
		if event.Name() != "refused" || reason.AsString() != "not_text" || server.attribute("error.type") != "not_text" {
			t.Errorf("the event is %s: %v", event.Name(), event.Attributes().AsRaw())
		}
		if got := client.attribute("url.full"); !strings.HasSuffix(got, "/reddit-classifier-errors") {
			t.Errorf("the letter went to %s", got)
		}
		if !strings.HasPrefix(headers["traceparent"], "00-"+traceID(2)+"-") {
			t.Errorf("the record's header is %q", headers["traceparent"])
		}
		want := "00-" + traceID(2) + "-" + client.SpanID().String() + "-01"
		if got := extension(t, r, headers); got != want {
			t.Errorf("the letter's extension is %q, want %q", got, want)
		}
		for _, span := range spans {
			if all := fmt.Sprint(span.Attributes().AsRaw(), event.Attributes().AsRaw()); strings.Contains(all, "4711") {
				t.Errorf("a span holds the record's data: %s", all)
			}
		}
	})
	t.Run("of no trace", func(t *testing.T) {
		_, headers := s.send(t, "new", "a comment")
		id := strings.Split(headers["ce_traceparent"]+"--", "-")[1]
		spans := c.trace(t, id, 2)
		if p := spans[ptrace.SpanKindServer].ParentSpanID(); !p.IsEmpty() {
			t.Errorf("the server span's parent is %s", p)
		}
	})
}

// extension returns the traceparent of a letter, whose record may be of either mode.
func extension(t *testing.T, r *kgo.Record, headers map[string]string) string {
	t.Helper()
	if value, ok := headers["ce_traceparent"]; ok {
		return value
	}
	var e struct{ Traceparent string }
	if err := json.Unmarshal(r.Value, &e); err != nil {
		t.Fatalf("the letter %s: %v", r.Value, err)
	}
	return e.Traceparent
}

// TestCollectorIsAway: nothing is lost or late because there is no collector.
func TestCollectorIsAway(t *testing.T) {
	s := startSystem(t, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_BSP_SCHEDULE_DELAY=100")
	for i := range 20 {
		began := time.Now()
		_, headers := s.send(t, fmt.Sprint("away", i), "a comment", "traceparent", parentOf(3))
		if !strings.HasPrefix(headers["traceparent"], "00-"+traceID(3)+"-") {
			t.Errorf("the record's header is %q", headers["traceparent"])
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("record %d took %v", i, took)
		}
	}
}

// TestWithoutTracing: without the variables the context passes through, and the event has no extension.
func TestWithoutTracing(t *testing.T) {
	s := startSystem(t)
	_, headers := s.send(t, "off", "a comment", "traceparent", parentOf(4))
	if _, ok := headers["ce_traceparent"]; ok || !strings.HasPrefix(headers["traceparent"], "00-"+traceID(4)+"-") {
		t.Errorf("the record's headers are %v", headers)
	}
}
