package function

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/version"
)

// tokenFile is where a SinkBinding mounts the OIDC token for its sink.
const tokenFile = "/oidc/token"

// maxHeaders is the maximum size, in bytes, of attributes that are posted in headers. KafkaSinks accept 8 KiB of
// headers in all.
const maxHeaders = 4 << 10

// trace is a W3C trace context. Without tracing, what a request's headers say is passed on as headers, whatever its
// event says.
type trace struct{ parent, state string }

func (t trace) setHeader(h http.Header) {
	if t.parent != "" {
		h["Traceparent"] = []string{t.parent}
	}
	if t.state != "" {
		h["Tracestate"] = []string{t.state}
	}
}

// sink posts events to K_SINK or to DEAD_LETTER_SINK. An event may arrive twice, with the same id, because a post whose
// answer was lost is repeated.
type sink struct {
	sinkSettings
	client   *http.Client
	token    token
	observer *observer
}

// newSink returns nil without settings.
func newSink(c *sinkSettings, o *observer) *sink {
	if c == nil {
		return nil
	}
	return &sink{
		sinkSettings: *c,
		token:        token{path: tokenFile},
		observer:     o,
		client: &http.Client{
			Transport: &http.Transport{
				Proxy:                 http.ProxyFromEnvironment,
				DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
				TLSClientConfig:       &tls.Config{RootCAs: c.roots, MinVersion: tls.VersionTLS12},
				ForceAttemptHTTP2:     true,
				MaxIdleConns:          256,
				MaxIdleConnsPerHost:   256, // at least as many as there are events in flight
				IdleConnTimeout:       60 * time.Second,
				TLSHandshakeTimeout:   5 * time.Second,
				ExpectContinueTimeout: time.Second,
			},
			// A redirected POST would become a GET, whose 200 does not mean that the event was accepted.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func (s *sink) close() {
	if s != nil {
		s.client.CloseIdleConnections()
	}
}

// post posts an event until the sink has accepted it. It retries failures that may be temporary, with growing pauses,
// until the timeout. The error is a 503 even if the sink refuses for good: the source then retries, and dead-letters
// the event in the end. Only an answer that is too large for the sink is a 413, which sources do not retry.
func (s *sink) post(ctx context.Context, e *cloudevent.Event, t trace) error {
	return s.postAs(ctx, e, t, encodeMessage)
}

// postStructured is post in structured mode, with the event's data as JSON.
func (s *sink) postStructured(ctx context.Context, e *cloudevent.Event, t trace) error {
	return s.postAs(ctx, e, t, encodeStructured)
}

// postAs is post of an event that is encoded by a function. With tracing the event and the headers name the span of the
// post.
func (s *sink) postAs(ctx context.Context, e *cloudevent.Event, t trace, encode func(*cloudevent.Event) message) error {
	for _, x := range s.extensions {
		e.SetExtension(x)
	}
	if s.observer.tracer == nil {
		return s.send(ctx, encode(e), t)
	}
	ctx, t, span := s.observer.startSendSpan(ctx, s.url, e)
	err := s.send(ctx, encode(e), t)
	endSendSpan(span, err)
	return err
}

// message is an event encoded for HTTP.
type message struct {
	header http.Header
	body   []byte
}

// encodeMessage returns an event in binary mode, or in structured mode if headers would not do.
func encodeMessage(e *cloudevent.Event) message {
	m := message{header: make(http.Header, 12), body: e.Data}
	if e.FitsHeaders(maxHeaders) {
		e.WriteHeaders(m.header)
	} else { // a KafkaSink reads headers as Latin-1, trims them, and refuses long ones
		m.header["Content-Type"] = []string{cloudevent.StructuredType}
		m.body = e.AppendJSONBase64(nil)
	}
	return m
}

// encodeStructured returns an event in structured mode, with its data as JSON.
func encodeStructured(e *cloudevent.Event) message {
	return message{http.Header{"Content-Type": {cloudevent.StructuredType}}, e.AppendJSON(nil)}
}

// send posts a message until it is accepted, refused for good, or late.
func (s *sink) send(ctx context.Context, m message, t trace) error {
	t.setHeader(m.header)
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	const shortest, longest = 50 * time.Millisecond, 2 * time.Second
	var before error // of the previous attempt
	for pause := shortest; ; pause = min(2*pause, longest) {
		err, again := s.postOnce(ctx, m)
		if before != nil && err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return before // says more than that the time ran out during the last attempt
		}
		if err == nil || !again {
			return err
		}
		before = err
		wait := time.NewTimer(pause/2 + rand.N(pause/2))
		select {
		case <-ctx.Done():
			wait.Stop()
			return err
		case <-wait.C:
			s.observer.retries()
		}
	}
}

// userAgent returns the User-Agent header of the function's posts.
var userAgent = sync.OnceValue(func() []string { return []string{"reddit-classifier/" + version.String()} })

// postOnce posts once, and reports whether another attempt makes sense.
func (s *sink) postOnce(ctx context.Context, m message) (err error, again bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(m.body))
	if err != nil {
		return err, false
	}
	maps.Copy(req.Header, m.header)
	req.Header["User-Agent"] = userAgent()
	if bearer := s.token.get(); bearer != "" && !s.withoutToken {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	began := time.Now()
	resp, err := s.client.Do(req)
	if err != nil {
		e, again := s.postError(err)
		s.observer.posted(ctx, 0, time.Since(began), e.cause)
		return e, again
	}
	defer resp.Body.Close()
	s.observer.posted(ctx, resp.StatusCode, time.Since(began), nil)
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again
	if resp.StatusCode/100 == 2 {
		return nil, false
	}
	if resp.StatusCode == http.StatusUnauthorized {
		s.token.forget()
	}
	if resp.StatusCode == http.StatusRequestEntityTooLarge { // a retry would be too large as well
		return tooLarge("answer_too_large",
			"the sink refuses an answer of %d bytes as too large (413): split the record", len(m.body)), false
	}
	again = cloudevent.IsRetryable(resp.StatusCode) || resp.StatusCode == http.StatusUnauthorized // tokens change
	return unavailable("sink_refused", "the sink answered %d", resp.StatusCode), again
}

// postError returns the error for a post without an answer, and reports whether another attempt makes sense.
func (s *sink) postError(cause error) (e *Error, again bool) {
	e = unavailable("sink_unreachable", "the sink cannot be reached")
	switch {
	case errors.Is(cause, context.DeadlineExceeded),
		errors.As(cause, new(*Error)): // the cause of a context whose batch is late
		e = s.timeoutError()
	case errors.Is(cause, context.Canceled):
		e = unavailable("canceled", "the sender went away before the answer")
	default:
		again = true
	}
	e.cause = cause
	if u := (*url.Error)(nil); errors.As(cause, &u) {
		e.cause = u.Err // without the URL, which may contain a secret
	}
	return e, again
}

// timeoutError returns the error of a sink that did not accept in time.
func (s *sink) timeoutError() *Error {
	return unavailable("sink_timeout", "the sink did not accept the prediction within %v", s.timeout)
}

// token reads the bearer token from a file that is replaced from time to time. Without the file there is no token.
type token struct {
	path  string
	mu    sync.Mutex
	value string
	read  time.Time
}

func (t *token) get() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.read) > time.Minute {
		b, err := os.ReadFile(t.path)
		if err == nil {
			t.value = strings.TrimSpace(string(b))
		}
		t.read = time.Now()
	}
	return t.value
}

func (t *token) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read = time.Time{}
}
