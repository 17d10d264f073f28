package function

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"reddit-classifier/cloudevent"
)

// Handle answers one HTTP request: a CloudEvent in binary or structured mode, a batch of CloudEvents, or a request of
// the REST API. It first yields the processor, so that requests of other connections are read and the answers are
// written close together; see "Not obvious" in DESIGN.md.
func (f *Function) Handle(w http.ResponseWriter, req *http.Request) {
	runtime.Gosched()
	if !f.inFlight.enter() {
		writeError(w, errStopping)
		return
	}
	defer f.inFlight.leave()
	r := f.state.Load()
	if r == nil {
		writeError(w, errNotReady)
		return
	}
	defer r.recoverPanic(w)
	r.serve(w, req)
}

// recoverPanic turns a panic into a 500.
func (r *servingState) recoverPanic(w http.ResponseWriter) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	r.observer.panicked(p)
	writeError(w, AsError(nil))
}

func (r *servingState) serve(w http.ResponseWriter, req *http.Request) {
	if r.publicPath != "" && req.URL.Path == r.publicPath && req.Method == http.MethodGet {
		r.public.ServeHTTP(w, req)
		return
	}
	if r.rest && !isEvent(req.Header) {
		r.serveREST(w, req)
		return
	}
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeError(
			w,
			&Error{Code: http.StatusMethodNotAllowed, Reason: "method_not_allowed", Message: "events are sent by POST"},
		)
		return
	}
	b := pool.Get().(*buffers)
	b.memory.memory = r.memory
	r.serveIn(b, w, req)
	if r.sink == nil { // with a sink net/http may still be sending the event's data
		b.recycle()
	}
}

// serveIn answers an event or a batch, using the buffers b. After a panic b is not used again.
func (r *servingState) serveIn(b *buffers, w http.ResponseWriter, req *http.Request) {
	defer b.memory.Release()
	if r.sink != nil || r.letters != nil {
		b.began = time.Now()
		b.trace = trace{firstHeader(req.Header, "Traceparent"), firstHeader(req.Header, "Tracestate")}
	}
	began := r.observer.clock()
	mode, u, err := r.readEvent(b, req)
	if r.observer.tracer != nil {
		var x *tracedResponse
		x, req = r.observer.startEventSpan(w, req, &b.in, began)
		w = x
		defer x.end(&b.memory)
	}
	switch {
	case err != nil:
		r.refuse(b, w, req, u, err)
	case mode == cloudevent.Batched:
		r.serveBatch(b, w, req)
	default:
		r.serveEvent(b, w, req, u)
	}
}

// readEvent reads the body of a request, and the event if it is not a batch. What u says is for the case that it is
// refused.
func (r *servingState) readEvent(b *buffers, req *http.Request) (mode cloudevent.Mode, u rejectedEvent, err error) {
	if err := r.readBody(req, b); err != nil {
		return mode, u, err
	}
	u = rejectedEvent{mode: ModeBinary, data: b.body.Bytes()}
	mode, err = cloudevent.ModeOf(firstHeader(req.Header, "Content-Type"))
	switch {
	case err != nil || mode == cloudevent.Batched:
	case mode == cloudevent.Structured:
		u.event, u.mode = &b.in, ModeStructured
		if err = b.in.ReadJSON(b.body.Bytes()); err == nil {
			u.mode, u.data = ModeBinary, b.in.Data
		}
	default:
		b.in.Data = b.body.Bytes()
		err = b.in.ReadHeaders(req.Header, headerExtensions)
	}
	return mode, u, err
}

// firstHeader is Header.Get for a name in canonical form.
func firstHeader(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// serveEvent answers with the prediction, or with 202 once the sink has accepted it. u is used if the event is refused.
func (r *servingState) serveEvent(b *buffers, w http.ResponseWriter, req *http.Request, u rejectedEvent) {
	out, err := r.reserveAndAnswer(req.Context(), b, &b.in)
	u.kind = b.request.shape
	if err == nil && r.sink != nil {
		if b.releaseBody() {
			u.mode, u.data = "", nil
		}
		err = r.sink.post(req.Context(), out, b.trace)
	}
	if err != nil {
		r.refuse(b, w, req, u, err)
		return
	}
	r.observer.accepted(req.Context(), u.kind, r.acceptedCode())
	if r.sink != nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	out.WriteHeaders(w.Header())
	if r.observer.tracer != nil {
		traceOf(req.Context()).setHeader(w.Header())
	}
	writeBody(w, http.StatusOK, out.Data)
}

// reserveAndAnswer reserves memory and then calls answer.
func (r *servingState) reserveAndAnswer(
	ctx context.Context, b *buffers, in *cloudevent.Event,
) (*cloudevent.Event, error) {
	carried := 0
	if r.sink != nil {
		carried = attributesMemory(in)
	}
	if err := reserveWork(ctx, b, r.classifier.estimateMemory(in.Data)+int64(carried)); err != nil {
		return nil, err
	}
	began := r.observer.begin()
	out, err := r.classifier.answer(ctx, b, in)
	if err == nil {
		shrinkWork(b, len(out.Data)+carried)
		r.observer.answered(ctx, &b.predictions, len(out.Data), began)
	}
	return out, err
}

// answerRecovering is answer with a panic turned into an error, so that one event of a batch does not affect the
// others.
func (r *servingState) answerRecovering(
	ctx context.Context,
	b *buffers,
	in *cloudevent.Event,
) (out *cloudevent.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.observer.panicked(p)
			out, err = nil, AsError(nil)
		}
	}()
	began := r.observer.begin()
	if out, err = r.classifier.answer(ctx, b, in); err == nil {
		r.observer.answered(ctx, &b.predictions, len(out.Data), began)
	}
	return out, err
}

// reserveWork waits until there is memory for an answer of a weight in bytes.
func reserveWork(ctx context.Context, b *buffers, weight int64) error {
	if weight <= freeBytes {
		return nil
	}
	return b.memory.Grow(ctx, workMemory, min(weight, workBytes))
}

// shrinkWork releases what was reserved for an answer, except its n bytes.
func shrinkWork(b *buffers, n int) {
	if n <= freeBytes {
		n = 0
	}
	b.memory.Shrink(workMemory, int64(n))
}

// refuse answers with an error, or with 202 once the dead letter sink has accepted a letter about it.
func (r *servingState) refuse(b *buffers, w http.ResponseWriter, req *http.Request, u rejectedEvent, err error) {
	e := AsError(err)
	isLetter := r.letters != nil && e.isRefusal() && b.in.Type != ErrorType && isEvent(req.Header)
	if isLetter {
		u.carrier, u.refusal = carrierOf(req.Header), e
		if u.event == nil {
			u.event = u.carrier
		}
		if err := r.deliver(req.Context(), b, &u); err != nil {
			e, isLetter = AsError(err), false
		}
	}
	r.observer.refused(req.Context(), &b.in, u.kind, e)
	if isLetter {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	writeError(w, e)
}

// acceptedCode returns the status of an event that is not refused.
func (r *servingState) acceptedCode() int {
	if r.sink != nil {
		return http.StatusAccepted
	}
	return http.StatusOK
}

func writeError(w http.ResponseWriter, e *Error) {
	w.Header()["Content-Type"] = []string{applicationJSON}
	writeBody(w, e.Code, append(e.body(), '\n'))
}

// writeBody writes a response. It leaves the Content-Length of short bodies to net/http, which sets it more cheaply.
func writeBody(w http.ResponseWriter, code int, body []byte) {
	if len(body) > 2000 {
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(code)
	_, _ = w.Write(body) // nothing is left to tell a client that is gone
}
