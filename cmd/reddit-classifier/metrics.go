package main

import (
	"context"
	"time"

	"reddit-classifier/internal/local"
	"reddit-classifier/internal/metrics"
)

// The flag of the commands that run until they are stopped.
const (
	metricsFlag  = "metrics"
	metricsUsage = "Serve Prometheus metrics at /metrics of `ADDRESS`, such as 127.0.0.1:9095. (default: no metrics)"
)

// serveMetrics serves the metrics of a registry until stop is called. If addr is empty it does nothing.
func serveMetrics(addr string, r *metrics.Registry) (stop func(), err error) {
	if addr == "" {
		return func() {}, nil
	}
	s, err := metrics.Serve(addr, r)
	if err != nil {
		return nil, local.ListenError(metricsFlag, addr, err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.Stop(ctx) // a scrape that takes longer is cut off
	}, nil
}
