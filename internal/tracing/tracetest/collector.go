// Package tracetest is a collector for tests. It reads OTLP/HTTP with the package that OpenTelemetry generates from the
// protocol's definition.
package tracetest

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Collector takes spans over HTTP.
type Collector struct {
	URL         string // for OTEL_EXPORTER_OTLP_ENDPOINT
	Certificate []byte // of NewTLS, in PEM
	// Answer is called for each request before it is answered. A status other than 200 means that its spans do not count.
	Answer func(w http.ResponseWriter, r *http.Request) (status int)

	mu        sync.Mutex
	spans     []*Span
	resources []*resource.Resource
	scopes    []*common.InstrumentationScope
	schemas   []string
}

// Span is a span with its ids in hex.
type Span struct {
	*trace.Span
	Trace, ID, Parent string
	Attributes        map[string]any
	Events            []Event
}

// Event is a span's event.
type Event struct {
	Name       string
	Attributes map[string]any
}

// New returns a collector that listens until the test ends.
func New(t testing.TB) *Collector {
	t.Helper()
	return listen(t, (*httptest.Server).Start)
}

// NewTLS returns one that has a certificate of its own.
func NewTLS(t testing.TB) *Collector {
	t.Helper()
	return listen(t, (*httptest.Server).StartTLS)
}

func listen(t testing.TB, start func(*httptest.Server)) *Collector {
	c := &Collector{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.serve(t, w, r)
	}))
	start(server)
	t.Cleanup(server.Close)
	c.URL = server.URL
	if own := server.Certificate(); own != nil {
		c.Certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Raw})
	}
	return c
}

func (c *Collector) serve(t testing.TB, w http.ResponseWriter, r *http.Request) {
	in := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(in)
		if err != nil {
			t.Error(err)
			return
		}
		in = z
	}
	body, err := io.ReadAll(in)
	if err != nil {
		t.Error(err)
	}
	status := http.StatusOK
	if c.Answer != nil {
		status = c.Answer(w, r)
	}
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	c.add(t, body)
}

// add reads an ExportTraceServiceRequest, whose fields are those of TracesData. There must be none besides.
func (c *Collector) add(t testing.TB, body []byte) {
	var data trace.TracesData
	if err := proto.Unmarshal(body, &data); err != nil {
		t.Errorf("the spans cannot be read: %v", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, rs := range data.GetResourceSpans() {
		c.resources = append(c.resources, rs.GetResource())
		c.schemas = append(c.schemas, rs.GetSchemaUrl())
		for _, ss := range rs.GetScopeSpans() {
			c.scopes, c.schemas = append(c.scopes, ss.GetScope()), append(c.schemas, ss.GetSchemaUrl())
			for _, s := range ss.GetSpans() {
				c.spans = append(c.spans, spanOf(s))
			}
		}
	}
}

func spanOf(s *trace.Span) *Span {
	span := &Span{
		Span: s, Trace: hex.EncodeToString(s.GetTraceId()), ID: hex.EncodeToString(s.GetSpanId()),
		Parent: hex.EncodeToString(s.GetParentSpanId()), Attributes: Values(s.GetAttributes()),
	}
	for _, e := range s.GetEvents() {
		span.Events = append(span.Events, Event{e.GetName(), Values(e.GetAttributes())})
	}
	return span
}

// Values returns attributes by name: strings, booleans, integers, doubles, and lists of these.
func Values(list []*common.KeyValue) map[string]any {
	m := make(map[string]any, len(list))
	for _, a := range list {
		m[a.GetKey()] = value(a.GetValue())
	}
	return m
}

func value(v *common.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return v.BoolValue
	case *common.AnyValue_IntValue:
		return v.IntValue
	case *common.AnyValue_DoubleValue:
		return v.DoubleValue
	case *common.AnyValue_ArrayValue:
		var list []any
		for _, element := range v.ArrayValue.GetValues() {
			list = append(list, value(element))
		}
		return list
	}
	return nil
}

// Resource returns the attributes of what has sent the last spans, and the name of their scope.
func (c *Collector) Resource() (attributes map[string]any, scope string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.resources) == 0 {
		return nil, ""
	}
	return Values(c.resources[len(c.resources)-1].GetAttributes()), c.scopes[len(c.scopes)-1].GetName()
}

// Schemas returns the URLs of the conventions that resources and scopes follow, in the order of their coming.
func (c *Collector) Schemas() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.schemas)
}

// Spans returns those that have come, by their beginning.
func (c *Collector) Spans() []*Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans := slices.Clone(c.spans)
	slices.SortStableFunc(spans, func(a, b *Span) int {
		return int(int64(a.GetStartTimeUnixNano()) - int64(b.GetStartTimeUnixNano()))
	})
	return spans
}

// Wait returns the spans once there are n of them, and fails after ten seconds.
func (c *Collector) Wait(t testing.TB, n int) []*Span {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		spans := c.Spans()
		if len(spans) >= n {
			return spans
		}
		if time.Now().After(end) {
			t.Fatalf("%d spans have come, not %d", len(spans), n)
		}
	}
}
