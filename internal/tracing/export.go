package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"

	"reddit-classifier/internal/version"
)

// exporter posts spans to a collector: OTLP/HTTP with protobuf, https://opentelemetry.io/docs/specs/otlp.
type exporter struct {
	settings
	client           *http.Client
	log              *slog.Logger
	stop             context.Context
	cancelExport     context.CancelFunc // ends an export under way
	exported, failed atomic.Uint64
	failing          bool // and the log knows
	unloggedSpans    uint64
}

func newExporter(s *settings, log *slog.Logger) *exporter {
	e := &exporter{settings: *s, log: log}
	e.stop, e.cancelExport = context.WithCancel(context.Background())
	e.client = &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSClientConfig:     s.tls,
			TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConns:        1,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return e
}

// ExportSpans posts spans until the collector has taken them or cannot, for as long as OTEL_EXPORTER_OTLP_TIMEOUT. What
// fails is logged and counted here, so there is never an error.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	defer context.AfterFunc(e.stop, cancel)()
	rejected, err := e.send(ctx, appendRequest(nil, spans))
	if rejected = min(rejected, len(spans)); err != nil && rejected == 0 {
		rejected = len(spans)
	}
	e.failed.Add(uint64(rejected))
	e.exported.Add(uint64(len(spans) - rejected))
	e.logOutcome(rejected, err)
	return nil
}

// rejection is the error of a collector that takes some spans and not others, in its own words.
type rejection string

func (r rejection) Error() string { return "the collector has rejected spans: " + string(r) }

// logOutcome logs the first failure and the first success after it.
func (e *exporter) logOutcome(lost int, err error) {
	switch {
	case err != nil && !e.failing:
		e.failing, e.unloggedSpans = true, 0
		e.log.Error("spans are lost; the next losses are only counted", "endpoint", e.redactedEndpoint(),
			"spans", lost, "error", err.Error())
	case err != nil:
		e.unloggedSpans += uint64(lost)
	case e.failing:
		e.failing = false
		e.log.Info("spans are exported again", "lost_meanwhile", e.unloggedSpans)
	}
}

// Shutdown closes connections; the SDK has exported all by then.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	e.cancelExport()
	return nil
}

// send posts a request until it is accepted or cannot be, and returns how many of its spans were rejected.
func (e *exporter) send(ctx context.Context, body []byte) (rejected int, err error) {
	if e.gzip {
		body = compress(body)
	}
	const shortest, longest = 100 * time.Millisecond, 2 * time.Second
	for pause := shortest; ; pause = min(2*pause, longest) {
		rejected, after, err := e.post(ctx, body)
		if after < 0 || ctx.Err() != nil {
			return rejected, err
		}
		wait := time.NewTimer(max(after, pause/2+rand.N(pause/2)))
		select {
		case <-ctx.Done():
			wait.Stop()
			return 0, err
		case <-wait.C:
		}
	}
}

// noRetry says that a post need not be repeated.
const noRetry = -1

// post posts once. It returns how long to wait before it makes sense to try again, or never.
func (e *exporter) post(ctx context.Context, body []byte) (rejected int, after time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return 0, noRetry, err
	}
	for name, values := range e.header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("User-Agent", "reddit-classifier/"+version.String())
	if e.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := e.client.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // without the URL, which may hold a secret
		}
		return 0, 0, err
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	switch resp.StatusCode {
	case http.StatusOK, http.StatusAccepted, http.StatusNoContent:
		if n, message := rejectedBy(answer); n > 0 {
			return n, noRetry, rejection(message)
		}
		return 0, noRetry, nil
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		after = time.Duration(max(seconds, 0)) * time.Second
	default:
		after = noRetry
	}
	return 0, after, fmt.Errorf("the collector answered %d", resp.StatusCode)
}

func compress(b []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(b) // a bytes.Buffer takes everything
	_ = z.Close()
	return buf.Bytes()
}
