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

// Function is the function that func-go's HTTP service runs. It answers requests from the return of [Function.Start]
// until [Function.Stop] is called, and refuses them with 503 before and after. Its methods are safe for concurrent use.
type Function struct {
	config   *Config // nil: the configuration is read from the environment
	state    atomic.Pointer[servingState]
	failed   atomic.Pointer[error]
	inFlight inFlight
}

// servingState is the state of a started function. It is immutable.
type servingState struct {
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

// New returns a function that [Function.Start] configures from the environment. New already begins to read the built-in
// model if MODEL_PATH is not set, while func-go opens its port.
func New() *Function {
	if os.Getenv("MODEL_PATH") == "" {
		go func() { _, _ = model.Default() }() // Start gets the result, or waits for it
	}
	return &Function{}
}

// NewWith returns a function with the configuration c, whatever the environment says.
func NewWith(c Config) *Function { return &Function{config: &c} }

// Start reads the configuration and the model. func-go opens its port before Start has returned; until then requests
// are answered with 503. Start ignores the settings that func-go passes, which are the environment again. An error
// names the setting or the file that is wrong.
func (f *Function) Start(context.Context, map[string]string) error {
	r, err := f.load()
	if err != nil {
		f.failed.Store(&err)
		return err
	}
	f.state.Store(r)
	return nil
}

func (f *Function) load() (*servingState, error) {
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
	r := &servingState{
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

// startMetrics registers the metrics and serves them, as the settings say.
func (f *Function) startMetrics(r *servingState, s *settings, began time.Time) (err error) {
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
	if f.config != nil {
		return f.config.parse()
	}
	c, err := ReadConfig()
	if err != nil {
		return nil, err
	}
	return c.parse()
}

// openModel opens the model and verifies its signature if MODEL_PUBLIC_KEY is set.
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

// unreadable returns an error about a model that cannot be opened, for users of MODEL_PATH and of --model.
func unreadable(name string, err error) error {
	var system *fs.PathError
	why := strings.TrimPrefix(err.Error(), name+": ")
	if errors.As(err, &system) {
		why = system.Err.Error()
	}
	return fmt.Errorf("the model %s cannot be read: %s; --model or MODEL_PATH names it", name, why)
}

// Ready reports whether requests are answered. The error is why Start failed.
func (f *Function) Ready(context.Context) (bool, error) {
	if err := f.failed.Load(); err != nil {
		return false, *err
	}
	return f.state.Load() != nil && !f.inFlight.isClosed(), nil
}

// Alive always returns true: the process never needs a restart.
func (f *Function) Alive(context.Context) (bool, error) { return true, nil }

// Stop makes [Function.Ready] return false, refuses new requests, and returns once those in flight are answered, or
// with the error of ctx.
func (f *Function) Stop(ctx context.Context) error {
	idle := f.inFlight.close()
	r := f.state.Load()
	if r != nil {
		defer r.observer.tracer.Stop(ctx)
		r.memory.budgets[bodyMemory].close() // only a request whose body was read is still answered
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
