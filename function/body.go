package function

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
)

// maxDrain is how much of a body that is too long is read and thrown away: a client that is still sending would not see the
// answer otherwise, only a broken connection, and a KafkaSource would deliver the event again and again.
const maxDrain = 64 << 20

// readBody reads the body as far as it may go.
func (r *running) readBody(req *http.Request, x *exchange) error {
	if encoding := first(req.Header, "Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return unsupported("unsupported_content_encoding", "the content encoding %s is not read", printable(encoding))
	}
	if req.ContentLength > r.maxBody {
		return r.overlong(req)
	}
	if n := int(req.ContentLength); n >= 0 && n <= freeBytes {
		if err := readAll(&x.body, req.Body, n); err != nil {
			return err
		}
		_ = req.Body.Close() // it has ended: else net/http looks for more of it before it answers
		return nil
	}
	return r.readLong(req, x)
}

// readLong reads a body that is long, or may be. What is beyond its beginning is read once the budget has room for all of it.
func (r *running) readLong(req *http.Request, x *exchange) error {
	buf := &x.body
	if n := int(req.ContentLength); n >= 0 {
		// Its beginning grows as it comes: a length is easily claimed.
		if got, err := buf.ReadFrom(io.LimitReader(req.Body, freeBytes)); err != nil || got < freeBytes {
			return badRequest("incomplete_body", "the body ends before it should")
		}
		if err := r.take(req.Context(), x, r.bodies, int64(n), &x.taken); err != nil {
			return err
		}
		return readAll(buf, req.Body, n-freeBytes)
	}
	n, err := buf.ReadFrom(io.LimitReader(req.Body, min(freeBytes, r.maxBody+1)))
	if err == nil && n == freeBytes && n <= r.maxBody { // of unknown length: as long as can be
		if err := r.take(req.Context(), x, r.bodies, r.maxBody, &x.taken); err != nil {
			return err
		}
		_, err = buf.ReadFrom(io.LimitReader(req.Body, r.maxBody+1-n))
		r.bodies.shrink(&x.taken, int64(buf.Len()))
	}
	switch {
	case int64(buf.Len()) > r.maxBody:
		*buf = bytes.Buffer{} // its memory is free while the rest of the body comes
		r.giveBack(x)
		return r.overlong(req)
	case err != nil:
		return badRequest("incomplete_body", "the body ends before it should")
	}
	return nil
}

// readAll appends the n bytes of a body that come next.
func readAll(buf *bytes.Buffer, body io.Reader, n int) error {
	buf.Grow(n)
	b := buf.AvailableBuffer()[:n]
	if _, err := io.ReadFull(body, b); err != nil {
		return badRequest("incomplete_body", "the body ends before it should")
	}
	buf.Write(b)
	return nil
}

// take waits until a budget has n bytes for the request, and notes that it has them.
func (r *running) take(ctx context.Context, x *exchange, b *budget, n int64, taken *int64) error {
	if x.until.IsZero() {
		x.until = time.Now().Add(r.patience)
	}
	err := b.take(ctx, n, time.Until(x.until))
	if err == nil {
		*taken = n
	}
	return err
}

// takeWork waits until there is room for answering what weighs so much.
func (r *running) takeWork(ctx context.Context, x *exchange, weight int64) error {
	if weight <= freeBytes {
		return nil
	}
	return r.take(ctx, x, r.work, min(weight, workBytes), &x.work)
}

// giveBack returns what the body took of its budget.
func (r *running) giveBack(x *exchange) {
	r.bodies.shrink(&x.taken, 0)
}

// release returns what the request took of both budgets.
func (r *running) release(x *exchange) {
	r.giveBack(x)
	r.keep(x, 0)
}

// keep returns what the request took for an answer of n bytes beyond those.
func (r *running) keep(x *exchange, n int) {
	if n <= freeBytes {
		n = 0
	}
	r.work.shrink(&x.work, int64(n))
}

// forget lets a long question go once it is answered, so that a slow sink does not keep others waiting.
func (r *running) forget(x *exchange, in *event.Event) {
	if x.taken > 0 || cap(x.payload.comments) > 64 {
		in.DataEncoded, x.body, x.payload, x.scanner = nil, bytes.Buffer{}, payload{}, scanner{}
		r.giveBack(x)
	}
}

func (r *running) overlong(req *http.Request) error {
	_, _ = io.CopyN(io.Discard, req.Body, maxDrain)
	return tooLarge("body_too_large", "the body is longer than the %d bytes of MAX_BODY_BYTES", r.maxBody)
}
