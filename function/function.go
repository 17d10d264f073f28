package function

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/models"
	"reddit-classifier/internal/tracing"
	"reddit-classifier/model"
)

// Function answers events once Start has returned, until Stop is called.
type Function struct {
	fixed    *Config // instead of the environment
	state    atomic.Pointer[running]
	failed   atomic.Pointer[error]
	inFlight inFlight
}

// running is what a started function has; it never changes.
type running struct {
	classifier *classifier
	sink       *sink // nil: answers are replies
	letters    *sink // nil: refused events are answered with the refusal
	memory     *memory
	maxBody    int64
	rest       bool // requests that are no events are answered
	observer   *observer

	exporter   *metrics.Server // nil: the metrics have no port of their own
	publicPath string          // of the metrics on the public port; empty: none
	public     http.Handler
}

// New returns a function that Start configures from the environment. The built-in model is being read from then on:
// func-go has its port to open before it calls Start.
func New() *Function {
	if os.Getenv("MODEL_PATH") == "" {
		go func() { _, _ = model.Default() }() // Start gets the same result, or waits for it
	}
	return &Function{}
}

// NewWith returns a function with a configuration of its own.
func NewWith(c Config) *Function { return &Function{fixed: &c} }

// Start reads the configuration and the model. The port of func-go's service is open before it returns: until then
// events are answered 503. The settings func-go passes are the environment once more, and are not read.
func (f *Function) Start(context.Context, map[string]string) error {
	r, err := f.load()
	if err != nil {
		f.failed.Store(&err)
		return err
	}
	f.state.Store(r)
	return nil
}

func (f *Function) load() (*running, error) {
	began := time.Now()
	s, err := f.settings()
	if err != nil {
		return nil, err
	}
	m, err := openModel(s)
	if err != nil {
		return nil, err
	}
	c, err := newClassifier(m, s)
	if err != nil {
		return nil, err
	}
	o := &observer{log: s.log}
	r := &running{
		classifier: c,
		sink:       newSink(s.sink, o),
		letters:    newSink(s.letters, o),
		memory:     newMemory(s.maxBody, s.patience, o),
		maxBody:    s.maxBody,
		rest:       s.rest,
		observer:   o,
	}
	if err := f.startMetrics(r, s, began); err != nil {
		return nil, err
	}
	if o.tracer = tracing.Start(s.log); o.tracer != nil {
		c.traced, o.digest, o.classes = true, c.digest[:12], c.form.classes
		if s.registry != nil {
			registerSpans(s.registry, o.tracer)
		}
	}
	o.started(c, s)
	return r, nil
}

// startMetrics counts, and serves the counts, as the settings say.
func (f *Function) startMetrics(r *running, s *settings, began time.Time) (err error) {
	if s.registry == nil {
		return nil
	}
	r.observer.metrics = newCounters(s.registry, f, r, began)
	if s.metricsPath != "" {
		r.publicPath, r.public = s.metricsPath, metrics.Handler(s.registry)
	}
	if s.metricsAddr != "" {
		if r.exporter, err = metrics.Serve(s.metricsAddr, s.registry); err != nil {
			return configError("METRICS_ADDRESS",
				"is "+cloudevent.Quote(s.metricsAddr)+", where nothing can listen: "+err.Error())
		}
		r.observer.log.Info("metrics", "url", r.exporter.URL())
	}
	return nil
}

func (f *Function) settings() (*settings, error) {
	if f.fixed != nil {
		return f.fixed.parse()
	}
	c, err := ReadConfig()
	if err != nil {
		return nil, err
	}
	return c.parse()
}

// openModel returns the model, its signature verified if that is asked for.
func openModel(s *settings) (*model.Model, error) {
	name := s.modelPath
	if name == "" {
		name = "the built-in model"
	}
	m, err := models.Open(s.modelPath)
	if err != nil {
		return nil, unreadable(name, err)
	}
	if s.modelKey != nil {
		if err := m.VerifySignature(s.modelKey); err != nil {
			return nil, configError("MODEL_PUBLIC_KEY", "does not fit "+name+": "+err.Error())
		}
	}
	return m, nil
}

// unreadable says why there is no model, in words for those who gave MODEL_PATH and for those who gave --model.
func unreadable(name string, err error) error {
	var system *fs.PathError
	why := strings.TrimPrefix(err.Error(), name+": ")
	if errors.As(err, &system) {
		why = system.Err.Error()
	}
	return fmt.Errorf(
		"the model %s (of --model, or of the setting MODEL_PATH) cannot be read: %s; it may be a file of train or import, or default or original",
		name,
		why,
	)
}

// Ready tells whether events are answered. The error is why Start failed.
func (f *Function) Ready(context.Context) (bool, error) {
	if err := f.failed.Load(); err != nil {
		return false, *err
	}
	return f.state.Load() != nil && !f.inFlight.isClosed(), nil
}

// Alive tells that the process need not be restarted, which is always so.
func (f *Function) Alive(context.Context) (bool, error) { return true, nil }

// Stop turns readiness off, refuses new events and returns when those in flight are answered, or with ctx.
func (f *Function) Stop(ctx context.Context) error {
	idle := f.inFlight.close()
	r := f.state.Load()
	if r != nil {
		defer r.observer.tracer.Stop(ctx)
		r.memory.budgets[bodyMemory].close() // a request that has its body is answered
	}
	select {
	case <-idle:
	case <-ctx.Done():
		return ctx.Err()
	}
	if r == nil {
		return nil
	}
	r.sink.close()
	r.letters.close()
	if r.exporter != nil {
		return r.exporter.Stop(ctx)
	}
	return nil
}

var (
	errNotReady = unavailable("not_ready", "the model is not loaded yet")
	errStopping = unavailable("stopping", "the function is being stopped")
)
