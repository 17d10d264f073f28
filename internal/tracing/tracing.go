// Package tracing exports OpenTelemetry traces when the standard OTEL_* environment variables ask for them. Spans are
// made, sampled and queued by OpenTelemetry's SDK, which reads OTEL_TRACES_SAMPLER, OTEL_BSP_…, OTEL_SERVICE_NAME and
// OTEL_RESOURCE_ATTRIBUTES itself. They are sent over OTLP/HTTP by an exporter of this package: OpenTelemetry's own,
// linked into the function, adds 8 MB (gRPC among them) and a quarter to the processor time of its start.
package tracing

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"

	"reddit-classifier/internal/version"
)

// StopWithin is how long Stop waits for the collector to take the last spans.
const StopWithin = 5 * time.Second

// scope names who makes the spans.
const scope = "reddit-classifier/function"

// Context reads and writes trace contexts as headers and extensions have them: traceparent and tracestate.
var Context propagation.TraceContext

// Provider makes spans and exports them in the background. An exporter that does not reach its collector delays
// nothing.
type Provider struct {
	trace.Tracer
	provider *sdk.TracerProvider
	exporter *exporter
	ended    atomic.Uint64 // sampled spans
	log      *slog.Logger
}

// Counts are of sampled spans: Ended counts all of them, Exported those that the collector has accepted, and Failed
// those that it rejected or that could not be delivered. The rest is in the queue, or was dropped because the queue was
// full.
type Counts struct{ Ended, Exported, Failed uint64 }

// Start returns what exports traces as the environment asks, or nil if it asks for none. A variable whose value cannot
// be used is logged by its name; no trace is worth an event, so it does not stop the start.
func Start(log *slog.Logger) *Provider {
	s := readSettings(os.Getenv, log)
	if s == nil {
		return nil
	}
	p := &Provider{exporter: newExporter(s, log), log: log}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { // of the SDK, while it reads its variables
		log.Error("a setting of OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG or OTEL_RESOURCE_ATTRIBUTES cannot be used",
			"error", err.Error())
	}))
	p.provider = sdk.NewTracerProvider(
		sdk.WithSpanProcessor((*counter)(&p.ended)),
		sdk.WithBatcher(p.exporter),
		sdk.WithResource(describe()),
	)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Warn("OpenTelemetry", "error", err.Error())
	}))
	p.Tracer = p.provider.Tracer(scope, trace.WithInstrumentationVersion(version.String()),
		trace.WithSchemaURL(semconv.SchemaURL))
	log.Info("traces", "endpoint", s.redactedEndpoint())
	return p
}

// describe returns what this program is: what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say, and else the name of
// the Knative Service.
func describe() *resource.Resource {
	host, _ := os.Hostname() // of a pod: its name
	r, err := resource.New(context.Background(),
		resource.WithAttributes(
			semconv.ServiceName(cmp.Or(os.Getenv("K_SERVICE"), "reddit-classifier")),
			semconv.ServiceVersion(version.String()),
			semconv.ServiceInstanceID(host),
		),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(), // last, so that it counts
		resource.WithSchemaURL(semconv.SchemaURL),
	)
	if err != nil {
		otel.Handle(err)
	}
	return r
}

// Stop exports the spans that are left, for as long as StopWithin or until ctx is done, and says how many were lost.
func (p *Provider) Stop(ctx context.Context) {
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, StopWithin)
	defer cancel()
	defer context.AfterFunc(ctx, p.exporter.cancelExport)() // from then on each export fails at once
	_ = p.provider.Shutdown(context.WithoutCancel(ctx))     // the exporter has counted what is lost
	if c := p.Counts(); c.Exported < c.Ended {
		p.log.Warn("spans were lost", "exported", c.Exported, "not_delivered", c.Failed,
			"dropped", c.Ended-c.Exported-c.Failed)
	}
}

// Counts returns what has become of the spans until now.
func (p *Provider) Counts() Counts {
	return Counts{Exported: p.exporter.exported.Load(), Failed: p.exporter.failed.Load(), Ended: p.ended.Load()}
}

// counter is a processor that counts the spans which are to be exported.
type counter atomic.Uint64

func (c *counter) OnStart(context.Context, sdk.ReadWriteSpan) {}
func (c *counter) OnEnd(s sdk.ReadOnlySpan) {
	if s.SpanContext().IsSampled() {
		(*atomic.Uint64)(c).Add(1)
	}
}
func (c *counter) Shutdown(context.Context) error   { return nil }
func (c *counter) ForceFlush(context.Context) error { return nil }
