package function

import (
	"cmp"
	"context"
	"net/http"

	oteltrace "go.opentelemetry.io/otel/trace"

	"reddit-classifier/cloudevent"
)

// serveBatch answers a batch with a batch in the same order. With a sink the predictions are posted one by one, because
// a KafkaSink accepts no batches, and the answer has only the refusals. If the sink fails, the whole batch fails;
// events that the sink has accepted before are then posted again, with the same ids.
func (r *servingState) serveBatch(b *buffers, w http.ResponseWriter, req *http.Request) {
	ctx, u := req.Context(), rejectedEvent{mode: ModeBatch, data: b.body.Bytes()}
	events, err := cloudevent.CountBatch(b.body.Bytes()) // finds a broken batch before its first event is answered
	if err == nil {
		err = reserveWork(ctx, b, r.classifier.batchMemory(events, b.body.Bytes()))
	}
	if err != nil {
		r.refuse(b, w, req, u, err)
		return
	}
	r.observer.setEventCount(ctx, events)
	if s := cmp.Or(r.sink, r.letters); s != nil { // one deadline for all events: the server's own time is limited
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.timeout, s.timeoutError())
		defer cancel()
	}
	answer := batchAnswer{servingState: r, buffers: b, header: req.Header, array: []byte{'['}}
	if err := answer.all(ctx); err != nil {
		r.refuse(b, w, req, u, err)
		return
	}
	shrinkWork(b, len(answer.array))
	if len(answer.array) == 1 && (r.sink != nil || answer.delivered) {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header()["Content-Type"] = []string{cloudevent.BatchType}
	writeBody(w, http.StatusOK, append(answer.array, ']'))
}

// maxLogged is the number of refused events of a batch that the log names. The answer or the dead letter sink has all.
const maxLogged = 3

// batchAnswer builds the answer to a batch.
type batchAnswer struct {
	*servingState
	buffers      *buffers
	header       http.Header
	carrier      *cloudevent.Event // of the request; nil until there is a letter
	array        []byte            // JSON array of the answers, without the closing bracket
	delivered    bool              // the dead letter sink has a refused event
	refused      int
	eventBuffers buffers // for one event
}

// all answers the events one after another.
func (a *batchAnswer) all(ctx context.Context) error {
	index := -1
	err := cloudevent.ReadBatch(a.buffers.body.Bytes(), func(in *cloudevent.Event, raw []byte, err error) error {
		index++
		ctx := ctx
		if a.observer.tracer != nil {
			var span oteltrace.Span
			ctx, span = a.observer.startInnerSpan(ctx, in)
			defer span.End()
		}
		u := rejectedEvent{event: in, mode: ModeBinary, data: in.Data, index: index}
		if err != nil {
			u.mode, u.data = ModeStructured, raw
		}
		out, e := a.answerOne(ctx, in, err)
		if e != nil {
			if e.Code == http.StatusServiceUnavailable {
				a.observer.spanFailed(ctx, e)
				return e
			}
			if out, err = a.refusal(ctx, &u, e); err != nil {
				return err
			}
		}
		return a.add(out)
	})
	if a.refused > maxLogged {
		a.observer.refusedMore(a.refused - maxLogged)
	}
	return err
}

// add appends an event to the answer; nil is ignored.
func (a *batchAnswer) add(e *cloudevent.Event) error {
	if e == nil {
		return nil
	}
	if len(a.array) > 1 {
		a.array = append(a.array, ',')
	}
	if a.array = e.AppendJSON(a.array); len(a.array) > maxAnswer {
		return tooLarge("answer_too_large",
			"the answer to the batch is longer than %d bytes: send fewer events in one batch", maxAnswer)
	}
	return nil
}

// refusal returns the event that stands for a refused one in the answer, or nil if the refused event was posted to the
// dead letter sink.
func (a *batchAnswer) refusal(ctx context.Context, u *rejectedEvent, e *Error) (*cloudevent.Event, error) {
	kind := a.eventBuffers.request.shape
	if a.refused++; a.refused <= maxLogged {
		a.observer.refused(ctx, u.event, kind, e)
	} else {
		a.observer.countRefused(ctx, kind, e)
	}
	if a.letters == nil || !e.isRefusal() || u.event.Type == ErrorType {
		return a.classifier.refusal(ctx, u.event, u.index, e), nil
	}
	if a.carrier == nil {
		a.carrier = carrierOf(a.header)
	}
	u.carrier, u.refusal = a.carrier, e
	a.delivered = true
	return nil, a.deliver(ctx, a.buffers, u)
}

// answerOne returns the prediction for one event, or nil if it was posted to the sink, or an error. A non-nil err is
// why the event cannot be read.
func (a *batchAnswer) answerOne(
	ctx context.Context,
	in *cloudevent.Event,
	err error,
) (out *cloudevent.Event, refused *Error) {
	if err == nil {
		if a.eventBuffers.reset(); a.sink != nil { // net/http may still be sending the previous event
			a.eventBuffers = buffers{}
		}
		out, err = a.answerRecovering(ctx, &a.eventBuffers, in)
	}
	if err == nil && a.sink != nil {
		out, err = nil, a.sink.post(ctx, out, a.buffers.trace)
	}
	if err == nil {
		a.observer.accepted(ctx, a.eventBuffers.request.shape, a.acceptedCode())
		return out, nil
	}
	return nil, AsError(err)
}
