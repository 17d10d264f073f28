package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	fn "knative.dev/func-go/http"
)

// Host runs a function behind func-go's own HTTP service, the one that a deployed function has, but leaves listening,
// signals and the function's life to this process: fn.Service's Start takes over all signals of the process and keeps a
// goroutine for ever.
type Host struct {
	service  *fn.Service
	function fn.Handler
	listener net.Listener
	served   chan error
}

const (
	readyWithin = time.Minute
	stopWithin  = 30 * time.Second // as fn.ServerShutdownTimeout
)

// StartHost listens on addr, starts the function and returns when it is ready.
func StartHost(ctx context.Context, addr string, f fn.Handler) (*Host, error) {
	fn.SetLogLevel(fn.LogDisabled) // which leaves the function's own log alone
	l, err := Listen(addr)
	if err != nil {
		return nil, fmt.Errorf("the function %w", err)
	}
	h := &Host{service: fn.New(f), function: f, listener: l, served: make(chan error, 1)}
	started := make(chan error, 1)
	if starter, ok := f.(fn.Starter); ok {
		go func() { started <- starter.Start(context.WithoutCancel(ctx), environment()) }()
	}
	go func() { h.served <- h.service.Serve(l) }()
	if err := h.ready(ctx, started); err != nil {
		_ = h.Stop() // the error that counts is why it did not start
		return nil, fmt.Errorf("the function did not start: %w", err)
	}
	return h, nil
}

// Listen is net.Listen with errors that say what to do.
func Listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, ListenError("listen", addr, err)
	}
	return l, nil
}

// ListenError says what to do about err, the reason why the flag's addr cannot be listened on.
func ListenError(flag, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf(
			"cannot listen on %s, the port is in use: stop what uses it, or choose another with --%s HOST:PORT (port 0: any free one)",
			addr,
			flag,
		)
	}
	return fmt.Errorf("cannot listen on %s: %w; --%s takes HOST:PORT", addr, err, flag)
}

// environment is what fn.Service hands to a function that starts.
func environment() map[string]string {
	m := make(map[string]string)
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		m[name] = value
	}
	return m
}

// ready waits until the function says that it is, or its start fails.
func (h *Host) ready(ctx context.Context, started <-chan error) error {
	reporter, ok := h.function.(fn.ReadinessReporter)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		if ok, err := reporter.Ready(ctx); ok || err != nil {
			return err
		}
		select {
		case err := <-started:
			if err != nil {
				return err
			}
			started = nil
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// URL is where events are posted to.
func (h *Host) URL() string { return "http://" + h.listener.Addr().String() }

// Stop accepts no more requests, waits for those in flight and stops the function.
func (h *Host) Stop() error { return h.StopWithin(stopWithin) }

// StopWithin is Stop, but that it waits no longer than d.
func (h *Host) StopWithin(d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	err := h.service.Shutdown(ctx)
	if served := <-h.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	if stopper, ok := h.function.(fn.Stopper); ok {
		err = errors.Join(err, stopper.Stop(ctx))
	}
	return err
}
