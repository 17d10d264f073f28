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

// Host runs a function behind func-go's HTTP service, like a deployed function. It listens, starts and stops the
// function itself, because the Start method of [fn.Service] takes over the signals of the process and leaks a
// goroutine.
type Host struct {
	service  *fn.Service
	function fn.Handler
	listener net.Listener
	served   chan error
}

const (
	readyTimeout = time.Minute
	stopTimeout  = 30 * time.Second // equal to fn.ServerShutdownTimeout
)

// StartHost listens on addr, starts the function and waits until it is ready.
func StartHost(ctx context.Context, addr string, f fn.Handler) (*Host, error) {
	fn.SetLogLevel(fn.LogDisabled) // does not affect the log of the function itself
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
	if err := h.awaitReady(ctx, started); err != nil {
		_ = h.Stop() // report why it did not start instead
		return nil, fmt.Errorf("the function did not start: %w", err)
	}
	return h, nil
}

// Listen listens on a TCP address. Its errors say what to do.
func Listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, ListenError("listen", addr, err)
	}
	return l, nil
}

// ListenError returns an error that says what to do about err, which was returned for listening on addr, the value of a
// flag.
func ListenError(flag, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf(
			"cannot listen on %s, the port is in use: stop the process that uses it, or choose another port with --%s HOST:PORT (port 0 picks a free one)",
			addr,
			flag,
		)
	}
	return fmt.Errorf("cannot listen on %s: %w; --%s takes HOST:PORT", addr, err, flag)
}

// environment returns the environment variables, which func-go passes to the Start method of a function.
func environment() map[string]string {
	m := make(map[string]string)
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		m[name] = value
	}
	return m
}

// awaitReady waits until the function reports that it is ready, or its start fails.
func (h *Host) awaitReady(ctx context.Context, started <-chan error) error {
	reporter, ok := h.function.(fn.ReadinessReporter)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
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

// URL returns the URL to which events are posted.
func (h *Host) URL() string { return "http://" + h.listener.Addr().String() }

// Stop accepts no more requests, waits for those in flight and stops the function.
func (h *Host) Stop() error { return h.StopWithin(stopTimeout) }

// StopWithin is [Host.Stop] with the timeout d.
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
