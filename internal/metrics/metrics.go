// Package metrics collects metrics and serves them to Prometheus on a port of their own.
package metrics

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// Path is the path of the metrics.
const Path = "/metrics"

// Handler answers with the metrics of a registry.
func Handler(r *Registry) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(r.AppendText(nil)) // fails if the client is gone
	})
}

// Server serves metrics until Stop is called.
type Server struct {
	listener net.Listener
	server   *http.Server
	done     chan struct{}
}

// Serve listens on addr and serves the metrics of a registry at Path.
func Serve(addr string, r *Registry) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, Handler(r))
	s := &Server{
		l,
		&http.Server{
			Handler:           mux,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      20 * time.Second,
		},
		make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(l) // returns after Stop
	}()
	return s, nil
}

// URL returns the address of the metrics.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + Path }

// Stop stops serving. It waits for scrapes in progress until ctx is done.
func (s *Server) Stop(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.server.Close())
	}
	<-s.done
	return err
}
