package function

import (
	"context"
	"net/http"

	"reddit-classifier/cloudevent"
)

// serveBatch answers a batch with a batch, in its order. With a sink the predictions are posted one by one (KafkaSink takes no
// batches) and only refusals are left to answer; if the sink fails the whole batch does, and what it had accepted will come
// again under the same ids.
func (r *running) serveBatch(b *buffers, w http.ResponseWriter, ctx context.Context) {
	events, err := cloudevent.CountBatch(b.body.Bytes()) // before the first event of a broken batch is answered
	if err == nil {
		err = reserveWork(ctx, b, r.classifier.batchWeight(events, b.body.Bytes()))
	}
	if err != nil {
		r.refuse(w, b, err)
		return
	}
	if r.sink != nil { // for all of them together: the server's own time is limited
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.sink.timeout, r.sink.late())
		defer cancel()
	}
	answer, err := r.answerBatch(ctx, b.body.Bytes())
	if err != nil {
		r.refuse(w, b, err)
		return
	}
	keepWork(b, len(answer))
	if r.sink != nil && len(answer) == 1 {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header()["Content-Type"] = []string{cloudevent.BatchType}
	writeBody(w, http.StatusOK, append(answer, ']'))
}

// maxLogged is how many refused events of a batch the log names; the answer has them all.
const maxLogged = 3

// answerBatch returns the array of what answers the events of a batch, less its end.
func (r *running) answerBatch(ctx context.Context, batch []byte) ([]byte, error) {
	answer := []byte{'['}
	i, refused := -1, 0
	var b buffers
	err := cloudevent.ReadBatch(batch, func(in *cloudevent.Event, err error) error {
		i++
		out, e := r.answerOne(ctx, &b, in, err)
		if e != nil && e.Code == http.StatusServiceUnavailable {
			return e
		}
		if e != nil {
			if refused++; refused <= maxLogged {
				r.observer.refused(in, b.request.shape, e)
			} else {
				r.observer.countRefused(b.request.shape, e)
			}
			out = r.classifier.refusal(in, i, e)
		}
		if out == nil {
			return nil
		}
		if len(answer) > 1 {
			answer = append(answer, ',')
		}
		if answer = out.AppendJSON(answer); len(answer) > maxAnswer {
			return tooLarge("answer_too_large", "the answer to the batch is longer than %d bytes: send fewer events in one batch", maxAnswer)
		}
		return nil
	})
	if refused > maxLogged {
		r.observer.refusedMore(refused - maxLogged)
	}
	return answer, err
}

// answerOne returns the prediction for one event of a batch, nil when the sink has it, or why there is none. err is why the event cannot be
// read.
func (r *running) answerOne(ctx context.Context, b *buffers, in *cloudevent.Event, err error) (out *cloudevent.Event, refused *Error) {
	if err == nil {
		if b.reset(); r.sink != nil { // net/http may still be sending what was posted before
			*b = buffers{}
		}
		out, err = r.answerContained(ctx, b, in)
	}
	if err == nil && r.sink != nil {
		out, err = nil, r.sink.post(ctx, out)
	}
	if err == nil {
		r.observer.accepted(b.request.shape, r.acceptedCode())
		return out, nil
	}
	return nil, AsError(err)
}
