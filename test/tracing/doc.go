// Package tracing checks traces with a real OpenTelemetry collector: its OTLP receiver runs in the test, and the whole
// system of `reddit-classifier up` sends to it.
//
//	cd test/tracing && go test -count=1 -v .
//
// It needs Go and nothing else.
package tracing
