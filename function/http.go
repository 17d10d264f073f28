package function

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/event"
)

// maxPooled is the size up to which buffers of bodies are kept for the next request.
const maxPooled = 256 << 10

// exchange is the memory of a request and its answer, which another request uses after it.
type exchange struct {
	body  bytes.Buffer
	taken int64     // of the budget of bodies
	work  int64     // of the budget of work
	until time.Time // it may wait for either; the patience runs from when it first asks
	from  event.EventContextV1
	in    event.Event
	space // of the answer
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// free keeps the memory for another request, and nothing of this one's content.
func (x *exchange) free() {
	if x.body.Cap() > maxPooled || cap(x.event.DataEncoded) > maxPooled || cap(x.payload.comments) > 64 {
		return
	}
	x.body.Reset()
	clear(x.from.Extensions)
	x.from = event.EventContextV1{Extensions: x.from.Extensions}
	clear(x.context.Extensions)
	x.context = event.EventContextV1{Extensions: x.context.Extensions}
	clear(x.payload.comments)
	x.payload = payload{comments: x.payload.comments[:0]}
	x.scanner = scanner{}
	x.until = time.Time{}
	exchanges.Put(x)
}

// Handle answers one request that holds a CloudEvent in binary or structured mode, or a batch of them. It lets the requests of
// other connections be read first: then answers are written close together, and the later ones find the sender awake.
func (f *Function) Handle(w http.ResponseWriter, req *http.Request) {
	runtime.Gosched()
	if !f.gate.enter() {
		writeError(w, errStopping)
		return
	}
	defer f.gate.leave()
	r := f.state.Load()
	if r == nil {
		writeError(w, errNotReady)
		return
	}
	defer r.contain(w)
	r.serve(w, req)
}

// contain turns a panic into a 500. The log gets where it happened; of the value only the runtime's own, since others may hold
// text of a comment.
func (r *running) contain(w http.ResponseWriter) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	r.logPanic(p)
	writeError(w, AsError(nil))
}

func (r *running) logPanic(p any) {
	what := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	r.log.Error("panic", "value", what, "stack", string(debug.Stack()))
}

func (r *running) serve(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeError(w, &Error{Code: http.StatusMethodNotAllowed, Reason: "method_not_allowed", Message: "events are sent by POST"})
		return
	}
	x := exchanges.Get().(*exchange)
	r.serveIn(x, w, req)
	if r.sink == nil { // else net/http may still be sending the answer's data
		x.free()
	}
}

// serveIn answers in the memory of x. After a panic that memory is not used again.
func (r *running) serveIn(x *exchange, w http.ResponseWriter, req *http.Request) {
	defer r.release(x)
	if err := r.readBody(req, x); err != nil {
		r.refuse(w, nil, err)
		return
	}
	mode, err := modeOf(req.Header)
	if err != nil {
		r.refuse(w, nil, err)
		return
	}
	if mode == batchType {
		r.serveBatch(x, w, req.Context())
		return
	}
	in, err := x.readEvent(mode, req.Header)
	if err != nil {
		r.refuse(w, in, err)
		return
	}
	r.serveEvent(x, w, req.Context(), in)
}

// first returns a header's first value, as Header.Get does of a name that is in canonical form already.
func first(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// modeOf tells how events stand in a request: structuredType, batchType, or empty for the binary mode.
func modeOf(h http.Header) (string, error) {
	contentType := first(h, "Content-Type")
	if len(contentType) < len("application/cloudevents") || !strings.EqualFold(contentType[:len("application/cloudevents")], "application/cloudevents") {
		return "", nil
	}
	name, params, err := mime.ParseMediaType(contentType)
	if charset := params["charset"]; err == nil && charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "", unsupported("unsupported_charset", "the charset %s is not read, UTF-8 is", printable(charset))
	}
	if err != nil || name != structuredType && name != batchType {
		return "", unsupported("unsupported_content_type", "events as %s are not read; %s, %s and the binary mode are", printable(contentType), structuredType, batchType)
	}
	return name, nil
}

func (x *exchange) readEvent(mode string, h http.Header) (*event.Event, error) {
	body := x.body.Bytes()
	if mode == "" {
		x.in = event.Event{Context: &x.from, DataEncoded: body}
		return &x.in, readHeaders(&x.from, h)
	}
	if !utf8.Valid(body) {
		return nil, badRequest("invalid_utf8", "the event is not valid UTF-8")
	}
	s := &scanner{b: bytes.TrimPrefix(body, byteOrderMark)}
	in, err := fromJSON(s)
	if err == nil {
		err = s.end()
	}
	return in, err
}

// serveEvent answers with the prediction, or with 202 when the sink has it.
func (r *running) serveEvent(x *exchange, w http.ResponseWriter, ctx context.Context, in *event.Event) {
	out, err := r.answerIn(x, ctx, in)
	if err == nil && r.sink != nil {
		r.forget(x, in)
		err = r.sink.post(ctx, out)
	}
	if err != nil {
		r.refuse(w, in, err)
		return
	}
	if r.sink != nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	writeHeaders(w.Header(), out.Context.(*event.EventContextV1))
	writeBody(w, http.StatusOK, out.DataEncoded)
}

// answerIn is handleIn once there is room for it.
func (r *running) answerIn(x *exchange, ctx context.Context, in *event.Event) (*event.Event, error) {
	if err := r.takeWork(ctx, x, r.weight(in.DataEncoded)); err != nil {
		return nil, err
	}
	out, err := r.handleIn(&x.space, ctx, in)
	if err == nil {
		r.keep(x, len(out.DataEncoded))
	}
	return out, err
}

func (r *running) refuse(w http.ResponseWriter, in *event.Event, err error) {
	e := AsError(err)
	r.logRefusal(in, e)
	writeError(w, e)
}

// logRefusal logs what finds the event again, and nothing of its text.
func (r *running) logRefusal(in *event.Event, e *Error) {
	id, source := "", ""
	if in != nil {
		if a, ok := in.Context.(*event.EventContextV1); ok {
			id, source = beginning(a.ID), beginning(a.Source.Redacted())
		}
	}
	level := slog.LevelWarn
	if e.Code >= 500 {
		level = slog.LevelError
	}
	attributes := []any{"code", e.Code, "reason", e.Reason, "error", e.Message, "id", id, "source", source}
	if e.cause != nil {
		attributes = append(attributes, "cause", e.cause.Error())
	}
	r.log.Log(context.Background(), level, "refused", attributes...)
}

// beginning returns as much of an attribute as the log takes.
func beginning(s string) string {
	const most = 256
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// body returns the error as the one line of ASCII that answers have, which a KafkaSource puts in knativeerrordata.
func (e *Error) body() []byte {
	b, _ := json.Marshal(struct {
		Error  string `json:"error"`
		Reason string `json:"reason"`
	}{e.Message, e.Reason})
	return b
}

func writeError(w http.ResponseWriter, e *Error) {
	w.Header()["Content-Type"] = []string{applicationJSON}
	writeBody(w, e.Code, append(e.body(), '\n'))
}

// writeBody leaves the Content-Length of short bodies to net/http, which knows it without going through a string.
func writeBody(w http.ResponseWriter, code int, body []byte) {
	if len(body) > 2000 {
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(code)
	_, _ = w.Write(body) // a client that went away has nothing to be told
}
