package main

import (
	"context"
	"time"

	"reddit-classifier/internal/local"
	"reddit-classifier/internal/metrics"
)

// The flag of the commands that run long.
const (
	metricsFlag  = "metrics"
	metricsUsage = "`ADDRESS` that Prometheus reads /metrics from, such as 127.0.0.1:9095; empty: none"
)

// serveMetrics serves those of a registry, unless addr is empty, until stop is called.
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
		_ = s.Stop(ctx) // a scrape that goes on for longer is cut off
	}, nil
}
