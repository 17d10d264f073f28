package eventing

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Delivery says how often and how long delivery of an event is tried, as a KafkaSource's spec.delivery does.
type Delivery struct {
	Retry   int           // attempts after the first
	Backoff time.Duration // the n-th retry waits Backoff × 2ⁿ, or Backoff × n
	Linear  bool
	Timeout time.Duration // of one attempt
}

// DefaultDelivery is what a KafkaSource without spec.delivery gets.
var DefaultDelivery = Delivery{Retry: 10, Backoff: 300 * time.Millisecond, Timeout: 10 * time.Minute}

// pause returns how long to wait before retry n, which counts from 1 (WebClientCloudEventSender.computeRetryPolicy).
func (d Delivery) pause(n int) time.Duration {
	if d.Linear {
		return d.Backoff * time.Duration(n)
	}
	return time.Duration(min(float64(d.Backoff)*math.Pow(2, float64(n)), float64(24*time.Hour)))
}

// Retryable tells the answers that may change when asked again (WebClientCloudEventSender.isRetryableStatusCode).
func Retryable(status int) bool {
	switch status {
	case http.StatusNotFound, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}

// answer is what came of one attempt: a status, or the error that kept it from having one.
type answer struct {
	status int
	body   []byte // at most maxErrorData
	header http.Header
	err    error
}

const maxErrorData = 1024

func (a answer) accepted() bool { return a.err == nil && a.status >= 200 && a.status < 300 }

func (a answer) final() bool { return a.err == nil && !Retryable(a.status) }

func (a answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return fmt.Sprintf("status %d: %s", a.status, bytes.TrimSpace(a.body))
}

// extensions describes a failure to the reader of the dead letter (RecordDispatcherImpl.errorTransform).
func (a answer) extensions(destination string) map[string]string {
	ext := map[string]string{ErrorDest: destination}
	if a.err != nil {
		return ext
	}
	ext[ErrorCode] = strconv.Itoa(a.status)
	for name := range a.header {
		if extra, ok := strings.CutPrefix(strings.ToLower(name), "kne-"); ok {
			ext[extra] = a.header.Get(name)
		}
	}
	if len(a.body) > 0 {
		ext[ErrorData] = base64.StdEncoding.EncodeToString(a.body)
	}
	return ext
}

// sender posts events to one address.
type sender struct {
	client    *http.Client
	url       string
	namespace string
	strict    bool // nothing is posted that Vert.x would not post
}

// userAgent is that of the dispatcher's client.
const userAgent = "Vert.x-WebClient/4.5.27"

// newClient returns a client that keeps as many connections open as there are requests in flight, and takes a redirect
// for the answer it is.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy, t.DisableCompression = nil, true
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, 1024
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post makes one attempt, in binary mode. A trace is passed on as its header.
func (s sender) post(ctx context.Context, e Event, trace trace, timeout time.Duration) answer {
	header := make(http.Header)
	if refused := e.setHeader(header); len(refused) > 0 && s.strict {
		return answer{err: fmt.Errorf("a control character in %s: no header can hold it", strings.Join(refused, ", "))}
	}
	trace.setHeader(header)
	return s.send(ctx, header, e.Data, timeout)
}

// postStructured makes one attempt, in structured mode.
func (s sender) postStructured(ctx context.Context, e Event, timeout time.Duration) answer {
	header := http.Header{"Content-Type": {eventMedia + "+json"}}
	return s.send(ctx, header, e.JSON(), timeout)
}

func (s sender) send(ctx context.Context, header http.Header, body []byte, timeout time.Duration) answer {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	req.Header = header
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Prefer", "reply")
	req.Header.Set("Kn-Namespace", s.namespace)
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorData))
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body) // a connection is used again only when its answer was read
	}
	return answer{status: resp.StatusCode, body: said, header: resp.Header, err: err}
}

// sleep waits, and reports whether it did so to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
