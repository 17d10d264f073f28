package function

import (
	"bytes"
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/event"
)

// serveBatch answers a batch with a batch, in its order. With a sink the predictions are posted one by one (KafkaSink takes no
// batches) and only refusals are left to answer; if the sink fails the whole batch does, and what it had accepted will come
// again under the same ids.
func (r *running) serveBatch(w http.ResponseWriter, ctx context.Context, body []byte) {
	if !utf8.Valid(body) {
		r.refuse(w, nil, badRequest("invalid_utf8", "the batch is not valid UTF-8"))
		return
	}
	s := &scanner{b: bytes.TrimPrefix(body, byteOrderMark)}
	if s.peek() != '[' {
		r.refuse(w, nil, badRequest("not_a_cloudevent", "the batch is not a JSON array"))
		return
	}
	if err := check(s.b); err != nil { // before the first event of a broken batch is answered
		r.refuse(w, nil, err)
		return
	}
	if r.sink != nil { // for all of them together: the server's own time is limited
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.sink.timeout)
		defer cancel()
	}
	answer := []byte{'['}
	err := s.array(func() error {
		in, err := fromJSON(s)
		out, err := r.handleOne(ctx, in, err)
		if err != nil || out == nil {
			return err
		}
		if len(answer) > 1 {
			answer = append(answer, ',')
		}
		answer = appendEvent(answer, out)
		return nil
	})
	if err != nil {
		r.refuse(w, nil, err)
		return
	}
	if r.sink != nil && len(answer) == 1 {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header()["Content-Type"] = []string{batchType}
	writeBody(w, http.StatusOK, append(answer, ']'))
}

// check returns an error unless b is JSON.
func check(b []byte) error {
	s := scanner{b: b}
	if err := s.skip(); err != nil {
		return err
	}
	return s.end()
}

// handleOne returns what stands for one event of a batch in the answer: the prediction, a refusal, or nil when the sink has it.
func (r *running) handleOne(ctx context.Context, in *event.Event, err error) (out *event.Event, fatal error) {
	if err == nil {
		out, err = r.contained(ctx, in)
	}
	if err == nil && r.sink != nil {
		out, err = nil, r.sink.post(ctx, out)
	}
	if err == nil {
		return out, nil
	}
	e := AsError(err)
	if e.Code == http.StatusServiceUnavailable {
		return nil, e
	}
	r.logRefusal(in, e)
	return r.refusal(in.Context.(*event.EventContextV1), e), nil
}

// contained is handle with a panic turned into an error, so that one event does not take others with it.
func (r *running) contained(ctx context.Context, in *event.Event) (out *event.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.logPanic(p)
			out, err = nil, AsError(nil)
		}
	}()
	return r.handle(ctx, in)
}
