package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"connectrpc.com/connect"
)

// api calls the function's REST API within this process.
type api struct{ rest http.Handler }

// get sends a GET request. It decodes the response into answer unless that is nil.
func (a *api) get(ctx context.Context, path string, answer any) error {
	return a.call(ctx, http.MethodGet, path, nil, answer)
}

// post sends a POST request with a JSON body.
func (a *api) post(ctx context.Context, path string, body []byte, answer any) error {
	return a.call(ctx, http.MethodPost, path, body, answer)
}

func (a *api) call(ctx context.Context, method, path string, body []byte, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, bytes.NewReader(body))
	if err != nil {
		return connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("the name cannot be part of a path: %w", err))
	}
	req.RequestURI = req.URL.RequestURI()
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if call, ok := connect.CallInfoForHandlerContext(ctx); ok { // the trace goes on
		for _, name := range []string{"Traceparent", "Tracestate"} {
			if value := call.RequestHeader().Get(name); value != "" {
				req.Header.Set(name, value)
			}
		}
	}
	w := &recorder{header: http.Header{}}
	a.rest.ServeHTTP(w, req)
	if w.status() >= 300 {
		return w.refusal()
	}
	if raw, ok := answer.(*[]byte); ok {
		*raw = w.body.Bytes()
		return nil
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(w.body.Bytes(), answer); err != nil {
		return connect.NewError(connect.CodeInternal, fmt.Errorf("the answer of %s cannot be read: %w", path, err))
	}
	return nil
}

// recorder records a response.
type recorder struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

var _ io.Writer = (*recorder)(nil)

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *recorder) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}

// refusal returns the error in a response, with the reason in the message.
func (w *recorder) refusal() error {
	var said struct{ Error, Reason string }
	if err := json.Unmarshal(w.body.Bytes(), &said); err != nil || said.Error == "" {
		said.Error = http.StatusText(w.status())
	}
	if said.Reason != "" {
		said.Error += " (" + said.Reason + ")"
	}
	return connect.NewError(codeOf(w.status()), errors.New(said.Error))
}

// codeOf returns the gRPC code for an HTTP status.
func codeOf(status int) connect.Code {
	switch status {
	case http.StatusNotFound:
		return connect.CodeNotFound
	case http.StatusMethodNotAllowed:
		return connect.CodeUnimplemented
	case http.StatusRequestEntityTooLarge:
		return connect.CodeResourceExhausted
	case http.StatusServiceUnavailable:
		return connect.CodeUnavailable
	}
	if status >= 500 {
		return connect.CodeInternal
	}
	return connect.CodeInvalidArgument
}
