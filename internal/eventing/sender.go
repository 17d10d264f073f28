package eventing

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"reddit-classifier/cloudevent"
)

// sender posts events to one address.
type sender struct {
	client    *http.Client
	url       string
	namespace string
	strict    bool // refuse to post what Vert.x refuses to post
}

// userAgent is the User-Agent of the dispatcher's client.
const userAgent = "Vert.x-WebClient/4.5.27"

// newClient returns a client that keeps a connection open for every request in flight and does not follow redirects.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy, t.DisableCompression = nil, true
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, 1024
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post makes one attempt in binary mode. The trace travels as headers of the request.
func (s sender) post(ctx context.Context, e Event, trace trace, timeout time.Duration) result {
	header := make(http.Header)
	if refused := e.setHeader(header); len(refused) > 0 && s.strict {
		return result{err: fmt.Errorf("a control character in %s: no header can hold it", strings.Join(refused, ", "))}
	}
	trace.setHeader(header)
	return s.send(ctx, header, e.Data, timeout)
}

// postStructured makes one attempt in structured mode.
func (s sender) postStructured(ctx context.Context, e Event, timeout time.Duration) result {
	header := http.Header{"Content-Type": {eventMedia + "+json"}}
	return s.send(ctx, header, e.JSON(), timeout)
}

func (s sender) send(ctx context.Context, header http.Header, body []byte, timeout time.Duration) result {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return result{err: err}
	}
	req.Header = header
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Prefer", "reply")
	req.Header.Set("Kn-Namespace", s.namespace)
	resp, err := s.client.Do(req)
	if err != nil {
		return result{err: err}
	}
	defer resp.Body.Close()
	start, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorData))
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body) // a connection is reused only after its response was read to the end
	}
	return result{status: resp.StatusCode, body: start, header: resp.Header, err: err}
}

// maxErrorData is how many bytes of a response's body a dead letter carries.
const maxErrorData = 1024

// result is the outcome of one attempt: a response, or the error because of which there is none.
type result struct {
	status int
	body   []byte // at most maxErrorData
	header http.Header
	err    error
}

func (r result) accepted() bool { return r.err == nil && r.status >= 200 && r.status < 300 }

// isFinal reports whether another attempt would get the same response.
func (r result) isFinal() bool { return r.err == nil && !cloudevent.IsRetryable(r.status) }

func (r result) String() string {
	if r.err != nil {
		return r.err.Error()
	}
	return fmt.Sprintf("status %d: %s", r.status, bytes.TrimSpace(r.body))
}

// extensions returns the extensions with which a dead letter describes the failure
// (RecordDispatcherImpl.errorTransform).
func (r result) extensions(destination string) map[string]string {
	ext := map[string]string{ErrorDest: destination}
	if r.err != nil {
		return ext
	}
	ext[ErrorCode] = strconv.Itoa(r.status)
	for name := range r.header {
		if extension, ok := strings.CutPrefix(strings.ToLower(name), "kne-"); ok {
			ext[extension] = r.header.Get(name)
		}
	}
	if len(r.body) > 0 {
		ext[ErrorData] = base64.StdEncoding.EncodeToString(r.body)
	}
	return ext
}
