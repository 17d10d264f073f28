package tracing

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	oteltrace "go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"reddit-classifier/internal/tracing/tracetest"
	"reddit-classifier/internal/version"
)

func TestMain(m *testing.M) {
	for _, entry := range os.Environ() { // the variables of the shell that runs the tests
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "OTEL_") || name == "K_SERVICE" {
			_ = os.Unsetenv(name)
		}
	}
	goleak.VerifyTestMain(m)
}

// open starts a provider in an environment, with what it logs.
func open(t *testing.T, variables ...string) (*Provider, *bytes.Buffer) {
	t.Helper()
	for i := 0; i < len(variables); i += 2 {
		t.Setenv(variables[i], variables[i+1])
	}
	var log bytes.Buffer
	return Start(slog.New(slog.NewTextHandler(&log, nil))), &log
}

func TestSettings(t *testing.T) {
	const base, own = "OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_"
	for _, tt := range []struct {
		name      string
		variables map[string]string
		endpoint  string // empty: no traces
		logged    string
	}{
		{"nothing", nil, "", ""},
		{"endpoint", map[string]string{base + "ENDPOINT": "http://c:4318"}, "http://c:4318/v1/traces", ""},
		{"endpoint with a path", map[string]string{base + "ENDPOINT": "https://c/otlp/"}, "https://c/otlp/v1/traces", ""},
		{"endpoint of traces", map[string]string{own + "ENDPOINT": "http://c:1/x", base + "ENDPOINT": "http://d"},
			"http://c:1/x", ""},
		{"endpoint of traces alone", map[string]string{own + "ENDPOINT": "http://c:1"}, "http://c:1/", ""},
		{"exporter", map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, "http://localhost:4318/v1/traces", ""},
		{"exporter none", map[string]string{"OTEL_TRACES_EXPORTER": "none", base + "ENDPOINT": "http://c"}, "", ""},
		{"disabled", map[string]string{"OTEL_SDK_DISABLED": "True", base + "ENDPOINT": "http://c"}, "", ""},
		{"not disabled", map[string]string{"OTEL_SDK_DISABLED": "no", base + "ENDPOINT": "http://c"}, "http://c/v1/traces",
			""},
		{"another exporter", map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, "", `OTEL_TRACES_EXPORTER is \"zipkin\"`},
		{"gRPC", map[string]string{base + "ENDPOINT": "http://c:4317", base + "PROTOCOL": "grpc"}, "",
			base + `PROTOCOL is \"grpc\"`},
		{"JSON", map[string]string{base + "ENDPOINT": "http://c:4317", own + "PROTOCOL": "http/json"}, "",
			own + `PROTOCOL is \"http/json\"`},
		{"no URL", map[string]string{base + "ENDPOINT": "user:password@collector:4318"}, "",
			base + "ENDPOINT is not an http or https URL"},
		{"no host", map[string]string{base + "ENDPOINT": "http:///x"}, "", base + "ENDPOINT is not an http or https URL"},
		{"another scheme", map[string]string{base + "ENDPOINT": "grpc://c"}, "",
			base + "ENDPOINT is not an http or https URL"},
		{"headers", map[string]string{base + "ENDPOINT": "http://c", base + "HEADERS": "password"}, "",
			base + "HEADERS is not a list"},
		{"time-out", map[string]string{base + "ENDPOINT": "http://c", own + "TIMEOUT": "10s"}, "",
			own + `TIMEOUT is \"10s\"`},
		{"no time", map[string]string{base + "ENDPOINT": "http://c", base + "TIMEOUT": "0"}, "", base + `TIMEOUT is \"0\"`},
		{"much time", map[string]string{base + "ENDPOINT": "http://c", base + "TIMEOUT": "600001"}, "",
			base + `TIMEOUT is \"600001\"`},
		{"the most time", map[string]string{base + "ENDPOINT": "http://c", base + "TIMEOUT": "600000"},
			"http://c/v1/traces", ""},
		{"compression", map[string]string{base + "ENDPOINT": "http://c", base + "COMPRESSION": "zstd"}, "",
			base + `COMPRESSION is \"zstd\"`},
		{"certificate", map[string]string{base + "ENDPOINT": "http://c", base + "CERTIFICATE": "/none/such"}, "",
			base + "CERTIFICATE names a file that cannot be read: open /none/such"},
		{"half a key pair", map[string]string{base + "ENDPOINT": "http://c", base + "CLIENT_KEY": "/x"}, "",
			base + "CLIENT_CERTIFICATE and " + base + "CLIENT_KEY go together"},
		{"no key pair", map[string]string{base + "ENDPOINT": "http://c", base + "CLIENT_KEY": "/none/such",
			base + "CLIENT_CERTIFICATE": "/none/such"}, "",
			base + "CLIENT_CERTIFICATE and " + base + "CLIENT_KEY cannot be used"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			s := readSettings(func(name string) string { return tt.variables[name] },
				slog.New(slog.NewTextHandler(&log, nil)))
			endpoint := ""
			if s != nil {
				endpoint = s.endpoint.String()
			}
			if endpoint != tt.endpoint {
				t.Errorf("the endpoint is %q, want %q", endpoint, tt.endpoint)
			}
			got := log.String()
			if tt.logged == "" && got != "" || !strings.Contains(got, tt.logged) ||
				tt.logged != "" && !strings.Contains(got, "level=ERROR msg=\"no traces are exported\"") {
				t.Errorf("logged %s, want %s", got, tt.logged)
			}
			if strings.Contains(got, "password") && !strings.Contains(got, "a password") {
				t.Errorf("logged a secret: %s", got)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	h, err := parseHeaders("api-key=a%20b, , X-Tenant = t=1 ,")
	if err != nil || h.Get("Api-Key") != "a b" || h.Get("X-Tenant") != "t=1" || len(h) != 2 {
		t.Error(h, err)
	}
	for _, bad := range []string{"a", "=b", "a b=c", "a=%zz", "a=b%0Ac"} {
		if h, err := parseHeaders(bad); !errors.Is(err, errHeaders) {
			t.Errorf("%q is read as %v, %v", bad, h, err)
		}
	}
}

// TestExport sends one span that has everything, in gzip and with headers, and reads it with OpenTelemetry's own
// package.
func TestExport(t *testing.T) {
	c := tracetest.New(t)
	var header http.Header
	c.Answer = func(_ http.ResponseWriter, r *http.Request) int {
		header = r.Header
		if r.URL.Path != "/v1/traces" || r.Method != http.MethodPost {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		return 200
	}
	p, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL, "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip",
		"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc",
		"OTEL_RESOURCE_ATTRIBUTES", "team=science,service.version=9")
	state, _ := oteltrace.ParseTraceState("a=b")
	parent := oteltrace.NewSpanContext(oteltrace.SpanContextConfig{
		TraceID: [16]byte{1, 2, 15: 16}, SpanID: [8]byte{1, 7: 8}, TraceFlags: 1, TraceState: state, Remote: true})
	link := oteltrace.NewSpanContext(oteltrace.SpanContextConfig{TraceID: [16]byte{9}, SpanID: [8]byte{7}})
	began := time.Unix(1_700_000_000, 5)
	_, span := p.Start(oteltrace.ContextWithSpanContext(context.Background(), parent), "everything",
		oteltrace.WithTimestamp(began), oteltrace.WithSpanKind(oteltrace.SpanKindServer),
		oteltrace.WithLinks(oteltrace.Link{SpanContext: link, Attributes: []attribute.KeyValue{attribute.Int("n", -1)}}))
	span.SetAttributes(attribute.String("text", "ü\xff"), attribute.String("empty", ""), attribute.Int("int", 1<<40),
		attribute.Bool("yes", true), attribute.Bool("no", false), attribute.Float64("float", 0.25),
		attribute.StringSlice("list", []string{"a", ""}))
	span.AddEvent("happened", oteltrace.WithTimestamp(began.Add(1)),
		oteltrace.WithAttributes(attribute.String("why", "so")))
	span.SetStatus(codes.Error, "wrong")
	span.End(oteltrace.WithTimestamp(began.Add(time.Second)))
	p.Stop(context.Background())

	spans := c.Spans()
	if len(spans) != 1 {
		t.Fatalf("%d spans", len(spans))
	}
	s := spans[0]
	if diff := cmp.Diff(map[string]any{
		"text": "ü\ufffd", "empty": "", "int": int64(1 << 40), "yes": true, "no": false, "float": 0.25,
		"list": []any{"a", ""},
	}, s.Attributes); diff != "" {
		t.Error(diff)
	}
	if s.Trace != "01020000000000000000000000000010" || s.Parent != "0100000000000008" ||
		s.ID != hex.EncodeToString(spanID(span)) || s.GetTraceState() != "a=b" || s.GetFlags() != 0x301 {
		t.Errorf("context: %v", s.Span)
	}
	if s.GetName() != "everything" || s.GetKind().String() != "SPAN_KIND_SERVER" ||
		s.GetStartTimeUnixNano() != 1_700_000_000_000_000_005 || s.GetEndTimeUnixNano() != 1_700_000_001_000_000_005 {
		t.Errorf("span: %v", s.Span)
	}
	if diff := cmp.Diff([]tracetest.Event{{Name: "happened", Attributes: map[string]any{"why": "so"}}},
		s.Events); diff != "" || s.Span.GetEvents()[0].GetTimeUnixNano() != 1_700_000_000_000_000_006 {
		t.Error(diff, s.Span.GetEvents())
	}
	if l := s.GetLinks(); len(l) != 1 || l[0].GetTraceId()[0] != 9 || l[0].GetSpanId()[0] != 7 ||
		!maps.Equal(tracetest.Values(l[0].GetAttributes()), map[string]any{"n": int64(-1)}) || l[0].GetFlags() != 0x100 {
		t.Errorf("links: %v", l)
	}
	if s.GetStatus().GetCode().String() != "STATUS_CODE_ERROR" || s.GetStatus().GetMessage() != "wrong" {
		t.Errorf("status: %v", s.GetStatus())
	}
	of, scope := c.Resource()
	for name, want := range map[string]any{
		"service.name": "reddit-classifier", "service.version": "9", "team": "science", "telemetry.sdk.name": "opentelemetry",
	} {
		if of[name] != want {
			t.Errorf("%s is %v, want %v", name, of[name], want)
		}
	}
	if scope != "reddit-classifier/function" {
		t.Errorf("the scope is %q", scope)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer abc", "Content-Type": "application/x-protobuf", "Content-Encoding": "gzip",
		"User-Agent": "reddit-classifier/" + version.String(),
	} {
		if got := header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if got := p.Counts(); got != (Counts{Ended: 1, Exported: 1}) {
		t.Error(got)
	}
	if strings.Contains(log.String(), "lost") {
		t.Error(log)
	}
	const schema = "https://opentelemetry.io/schemas/1.41.0"
	if diff := cmp.Diff([]string{schema, schema}, c.Schemas()); diff != "" {
		t.Error(diff)
	}
}

func spanID(s oteltrace.Span) []byte { id := s.SpanContext().SpanID(); return id[:] }

func TestServiceName(t *testing.T) {
	for _, tt := range []struct{ service, variable, want string }{
		{"", "", "reddit-classifier"}, {"spam", "", "spam"}, {"spam", "mine", "mine"},
	} {
		c := tracetest.New(t)
		p, _ := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL, "K_SERVICE", tt.service, "OTEL_SERVICE_NAME", tt.variable)
		end(p, 1)
		p.Stop(context.Background())
		if of, _ := c.Resource(); of["service.name"] != tt.want {
			t.Errorf("%+v: the service is called %v", tt, of["service.name"])
		}
	}
}

// end makes n spans.
func end(p *Provider, n int) {
	for range n {
		_, span := p.Start(context.Background(), "span")
		span.End()
	}
}

func TestSampler(t *testing.T) {
	for _, tt := range []struct {
		sampler, argument string
		want              int
		logged            bool
	}{
		{"always_off", "", 0, false},
		{"traceidratio", "0", 0, false},
		{"parentbased_always_on", "", 3, false},
		{"sometimes", "", 3, true},
		{"traceidratio", "many", 3, true},
	} {
		c := tracetest.New(t)
		p, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL, "OTEL_TRACES_SAMPLER", tt.sampler,
			"OTEL_TRACES_SAMPLER_ARG", tt.argument)
		end(p, 3)
		p.Stop(context.Background())
		if n := len(c.Spans()); n != tt.want {
			t.Errorf("%+v: %d spans", tt, n)
		}
		if logged := strings.Contains(log.String(), "OTEL_TRACES_SAMPLER"); logged != tt.logged {
			t.Errorf("%+v: logged %s", tt, log)
		}
	}
}

// TestRetries: what may work later is posted again, and nothing else.
func TestRetries(t *testing.T) {
	for _, tt := range []struct {
		statuses []int // the last one for ever
		posts    int
		want     Counts
	}{
		{[]int{503, 429, 200}, 3, Counts{2, 2, 0}},
		{[]int{502, 504, 200}, 3, Counts{2, 2, 0}},
		{[]int{400}, 1, Counts{2, 0, 2}},
		{[]int{301}, 1, Counts{2, 0, 2}},
	} {
		c := tracetest.New(t)
		var posts atomic.Int32
		c.Answer = func(http.ResponseWriter, *http.Request) int {
			i := int(posts.Add(1)) - 1
			return tt.statuses[min(i, len(tt.statuses)-1)]
		}
		p, _ := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
		end(p, 2)
		p.Stop(context.Background())
		if got := p.Counts(); got != tt.want || int(posts.Load()) != tt.posts {
			t.Errorf("%v: %+v after %d posts", tt.statuses, got, posts.Load())
		}
	}
}

// TestRetryAfter: the collector says when.
func TestRetryAfter(t *testing.T) {
	c := tracetest.New(t)
	var times []time.Time
	c.Answer = func(w http.ResponseWriter, _ *http.Request) int {
		if times = append(times, time.Now()); len(times) > 1 {
			return 200
		}
		w.Header().Set("Retry-After", "1")
		return 503
	}
	p, _ := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	end(p, 1)
	p.Stop(context.Background())
	if len(times) != 2 || times[1].Sub(times[0]) < time.Second {
		t.Errorf("posted at %v", times)
	}
}

// TestPartialSuccess: rejected spans are counted, and the collector's words are logged.
func TestPartialSuccess(t *testing.T) {
	c := tracetest.New(t)
	c.Answer = func(w http.ResponseWriter, _ *http.Request) int {
		partial := message{}.varint(1, 2).text(2, "too old")
		_, _ = w.Write(message{}.bytes(1, partial))
		return 200
	}
	p, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	end(p, 3)
	p.Stop(context.Background())
	if got := p.Counts(); got != (Counts{3, 1, 2}) {
		t.Error(got)
	}
	if !strings.Contains(log.String(), "the collector has rejected spans: too old") {
		t.Error(log)
	}
}

// TestResponses: no response makes reading it fail.
func TestResponses(t *testing.T) {
	whole := message{}.bytes(1, message{}.varint(1, 2).text(2, "too old"))
	for _, b := range [][]byte{nil, {8}, {10, 200}, {0xff}, {13, 1, 2, 3, 4}, whole[:len(whole)-1]} {
		if n, text := rejectedBy(b); n != 0 || text != "" {
			t.Errorf("%x is read as %d %q", b, n, text)
		}
	}
	if n, text := rejectedBy(whole); n != 2 || text != "too old" {
		t.Error(n, text)
	}
}

// TestFailuresAreLoggedOnce: the first one, and when it works again.
func TestFailuresAreLoggedOnce(t *testing.T) {
	c := tracetest.New(t)
	status := http.StatusBadRequest
	c.Answer = func(http.ResponseWriter, *http.Request) int { return status }
	p, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	export := func() { end(p, 1); _ = p.provider.ForceFlush(context.Background()) }
	for range 3 {
		export()
	}
	status = http.StatusOK
	export()
	status = http.StatusForbidden
	export()
	p.Stop(context.Background())
	lines := slices.DeleteFunc(strings.Split(log.String(), "\n"), func(line string) bool { return line == "" })
	var got []string
	for _, line := range lines {
		_, message, _ := strings.Cut(line, " level=")
		got = append(got, message)
	}
	want := []string{
		fmt.Sprintf("INFO msg=traces endpoint=%s/v1/traces", c.URL),
		fmt.Sprintf(`ERROR msg="spans are lost; the next losses are only counted" endpoint=%s/v1/traces spans=1 `+
			`error="the collector answered 400"`, c.URL),
		`INFO msg="spans are exported again" lost_meanwhile=2`,
		fmt.Sprintf(`ERROR msg="spans are lost; the next losses are only counted" endpoint=%s/v1/traces spans=1 `+
			`error="the collector answered 403"`, c.URL),
		`WARN msg="spans were lost" exported=1 not_delivered=4 dropped=0`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestStopIsBounded: a collector that never answers holds up neither spans nor the end.
func TestStopIsBounded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // which takes connections, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+l.Addr().String(), "OTEL_BSP_MAX_QUEUE_SIZE", "10",
		"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5")
	began := time.Now()
	end(p, 1000)
	if took := time.Since(began); took > time.Second {
		t.Errorf("a thousand spans took %v", took)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	began = time.Now()
	p.Stop(ctx)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if !strings.Contains(log.String(), "spans were lost") {
		t.Error(log)
	}
	// Stop has waited for the last export, which has failed.
	if got := p.Counts(); got.Ended != 1000 || got.Exported != 0 || got.Failed == 0 {
		t.Error(got)
	}
}

// TestSecretsAreNotLogged: an endpoint may hold a password.
func TestSecretsAreNotLogged(t *testing.T) {
	p, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:password@127.0.0.1:1/x?key=secret",
		"OTEL_EXPORTER_OTLP_TIMEOUT", "50")
	end(p, 1)
	p.Stop(context.Background())
	if !strings.Contains(log.String(), "connection refused") || strings.Contains(log.String(), "password") ||
		strings.Contains(log.String(), "secret") {
		t.Error(log)
	}
}

// TestCertificates: CERTIFICATE names what a collector is trusted by.
func TestCertificates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.pem")
	if err := os.WriteFile(path, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", "https://localhost", "OTEL_EXPORTER_OTLP_CERTIFICATE", path)
	if !strings.Contains(log.String(), "has no certificate in PEM form") {
		t.Error(log)
	}
	c := tracetest.NewTLS(t)
	if err := os.WriteFile(path, c.Certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	p, log := open(t, "OTEL_EXPORTER_OTLP_ENDPOINT", c.URL, "OTEL_EXPORTER_OTLP_CERTIFICATE", path)
	end(p, 1)
	p.Stop(context.Background())
	if len(c.Spans()) != 1 {
		t.Error("the collector has no span:", log)
	}
}
