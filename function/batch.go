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
func (r *running) serveBatch(x *exchange, w http.ResponseWriter, ctx context.Context) {
	body := x.body.Bytes()
	if !utf8.Valid(body) {
		r.refuse(w, nil, badRequest("invalid_utf8", "the batch is not valid UTF-8"))
		return
	}
	s := &scanner{b: bytes.TrimPrefix(body, byteOrderMark)}
	if s.peek() != '[' {
		r.refuse(w, nil, badRequest("not_a_cloudevent", "the batch is not a JSON array"))
		return
	}
	events, err := count(s.b) // before the first event of a broken batch is answered
	if err == nil {
		err = r.takeWork(ctx, x, r.batchWeight(events, s.b))
	}
	if err != nil {
		r.refuse(w, nil, err)
		return
	}
	if r.sink != nil { // for all of them together: the server's own time is limited
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.sink.timeout, r.sink.late())
		defer cancel()
	}
	answer, err := r.answerBatch(ctx, s)
	if err != nil {
		r.refuse(w, nil, err)
		return
	}
	r.keep(x, len(answer))
	if r.sink != nil && len(answer) == 1 {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header()["Content-Type"] = []string{batchType}
	writeBody(w, http.StatusOK, append(answer, ']'))
}

// maxLogged is how many refused events of a batch the log names; the answer has them all.
const maxLogged = 3

// answerBatch returns the array of what answers the events of a batch, less its end.
func (r *running) answerBatch(ctx context.Context, s *scanner) ([]byte, error) {
	answer := []byte{'['}
	i, refused := -1, 0
	err := s.array(func() error {
		i++
		in, err := fromJSON(s)
		out, e := r.handleOne(ctx, in, err)
		if e != nil && e.Code == http.StatusServiceUnavailable {
			return e
		}
		if e != nil {
			if refused++; refused <= maxLogged {
				r.logRefusal(in, e)
			}
			out = r.refusal(in.Context.(*event.EventContextV1), i, e)
		}
		if out == nil {
			return nil
		}
		if len(answer) > 1 {
			answer = append(answer, ',')
		}
		if answer = appendEvent(answer, out); len(answer) > maxAnswer {
			return tooLarge("answer_too_large", "the answer to the batch is longer than %d bytes: send fewer events in one batch", maxAnswer)
		}
		return nil
	})
	if refused > maxLogged {
		r.log.Warn("refused, of the same batch", "more", refused-maxLogged)
	}
	return answer, err
}

// count returns how many elements the array in JSON has that b is.
func count(b []byte) (n int, err error) {
	s := scanner{b: b}
	err = s.array(func() error {
		n++
		return s.skip()
	})
	if err == nil {
		err = s.end()
	}
	return n, err
}

// batchWeight returns about how many bytes it takes to answer a batch of so many events: for each the attributes of its answer,
// and what its comments take, those included whose quotes base64 hides.
func (r *running) batchWeight(events int, batch []byte) int64 {
	return int64(events)*512 + max(r.weight(batch), 16*int64(len(batch)))
}

// handleOne returns the prediction for one event of a batch, nil when the sink has it, or why there is none.
func (r *running) handleOne(ctx context.Context, in *event.Event, err error) (out *event.Event, refused *Error) {
	if err == nil {
		out, err = r.contained(ctx, in)
	}
	if err == nil && r.sink != nil {
		out, err = nil, r.sink.post(ctx, out)
	}
	if err == nil {
		return out, nil
	}
	return nil, AsError(err)
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
