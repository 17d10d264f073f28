package function

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"reddit-classifier/model"
)

// Function answers events once Start has returned, until Stop is called.
type Function struct {
	fixed  *Config // instead of the environment
	state  atomic.Pointer[running]
	failed atomic.Pointer[error]
	gate   gate
}

// running is what a started function has; it never changes.
type running struct {
	*core
	sink     *sink
	bodies   *budget
	work     *budget
	patience time.Duration // with both budgets
	maxBody  int64
	log      *slog.Logger
}

// New returns a function that Start configures from the environment. The model within the program is being read from then on:
// func-go has its port to open before it calls Start.
func New() *Function {
	if os.Getenv("MODEL_PATH") == "" {
		go func() { _, _ = model.Default() }() // Start gets the same result, or waits for it
	}
	return &Function{}
}

// NewWith returns a function with a configuration of its own.
func NewWith(c Config) *Function { return &Function{fixed: &c} }

// Start reads the configuration and the model. The port of func-go's service is open before it returns: until then events are
// answered 503. The settings func-go passes are the environment once more, and are not read.
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
	var c Config
	var err error
	if f.fixed != nil {
		c, err = *f.fixed, f.fixed.Validate()
	} else {
		c, err = ReadConfig()
	}
	if err != nil {
		return nil, err
	}
	m, err := openModel(c)
	if err != nil {
		return nil, err
	}
	core, err := newCore(m, c)
	if err != nil {
		return nil, err
	}
	s, err := newSink(c)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	log.Info("ready", "model", core.name, "version", core.version, "digest", core.digest, "source", c.EventSource, "sink", redacted(c.Sink))
	if s == nil {
		log.Info("no K_SINK: answers are replies; a KafkaSource alone discards them")
	}
	return &running{
		core:     core,
		sink:     s,
		bodies:   &budget{left: max(bodyBytes, c.MaxBodyBytes)},
		work:     &budget{left: workBytes},
		patience: c.patience(),
		maxBody:  c.MaxBodyBytes,
		log:      log,
	}, nil
}

// openModel returns the model of a valid configuration, its signature verified if that is asked for.
func openModel(c Config) (*model.Model, error) {
	open := model.Default
	name := "the model within the program"
	if c.ModelPath != "" {
		open = func() (*model.Model, error) { return model.Open(c.ModelPath) }
		name = c.ModelPath
	}
	m, err := open()
	if err != nil {
		return nil, unreadable(name, err)
	}
	if c.ModelKey == "" {
		return m, nil
	}
	key, err := model.ParsePublicKey(c.ModelKey)
	if err == nil {
		err = m.VerifySignature(key)
	}
	if err != nil {
		return nil, configError("MODEL_PUBLIC_KEY", "does not fit "+name+": "+err.Error())
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
	return fmt.Errorf("the model %s (of --model, or of the setting MODEL_PATH) cannot be read: %s; it may be a file of train or import, or default or original", name, why)
}

// redacted returns a URL for the log: scheme, host and path, since the rest may be secret.
func redacted(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// Ready tells whether events are answered. The error is why Start failed.
func (f *Function) Ready(context.Context) (bool, error) {
	if err := f.failed.Load(); err != nil {
		return false, *err
	}
	return f.state.Load() != nil && !f.gate.shut(), nil
}

// Alive tells that the process need not be restarted, which is always so.
func (f *Function) Alive(context.Context) (bool, error) { return true, nil }

// Stop turns readiness off, refuses new events and returns when those in flight are answered, or with ctx.
func (f *Function) Stop(ctx context.Context) error {
	idle := f.gate.close()
	r := f.state.Load()
	if r != nil {
		r.bodies.close() // but who has its body is answered
	}
	select {
	case <-idle:
	case <-ctx.Done():
		return ctx.Err()
	}
	if r != nil && r.sink != nil {
		r.sink.close()
	}
	return nil
}

// HandleEvent answers one event. An event that is refused gives an *Error. Handle bounds how many long events are answered at once, by
// their memory; here that is for the caller to do.
func (f *Function) HandleEvent(ctx context.Context, in event.Event) (*event.Event, error) {
	if !f.gate.enter() {
		return nil, errStopping
	}
	defer f.gate.leave()
	r := f.state.Load()
	if r == nil {
		return nil, errNotReady
	}
	return r.contained(ctx, &in)
}

var (
	errNotReady = unavailable("not_ready", "the model is not loaded yet")
	errStopping = unavailable("stopping", "the function is being stopped")
)

// gate counts what is in flight, and can be closed.
type gate struct {
	n        atomic.Int64 // with closed added once nobody gets in
	shutting sync.Once
	emptied  sync.Once
	idle     chan struct{}
}

// closed is far below any count, so that the sum's sign tells whether the gate is shut.
const closed = math.MinInt64 / 2

func (g *gate) enter() bool {
	if g.n.Add(1) > 0 {
		return true
	}
	g.leave()
	return false
}

func (g *gate) leave() {
	if g.n.Add(-1) == closed {
		g.emptied.Do(func() { close(g.idle) })
	}
}

// close lets nothing in any more. The channel it returns is closed when all have left.
func (g *gate) close() <-chan struct{} {
	g.shutting.Do(func() {
		g.idle = make(chan struct{})
		g.n.Add(closed + 1)
		g.leave() // in case nobody else does
	})
	return g.idle
}

func (g *gate) shut() bool { return g.n.Load() < 0 }
