package function

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"reddit-classifier/cloudevent"
)

// maxDrain is how much of a body that is too long is read and thrown away: a client that is still sending would not see the
// answer otherwise, only a broken connection, and a KafkaSource would deliver the event again and again.
const maxDrain = 64 << 20

var errIncomplete = badRequest("incomplete_body", "the body ends before it should")

// readBody reads the body as far as it may go.
func (r *running) readBody(req *http.Request, b *buffers) error {
	if encoding := first(req.Header, "Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return unsupported("unsupported_content_encoding", "the content encoding %s is not read", cloudevent.Quote(encoding))
	}
	n := req.ContentLength
	switch {
	case n > r.maxBody:
		return r.overlong(req)
	case n < 0:
		return r.readChunked(req, b)
	case n > freeBytes:
		return readLong(req, b)
	}
	if err := readAll(&b.body, req.Body, int(n)); err != nil {
		return err
	}
	_ = req.Body.Close() // it has ended: else net/http looks for more of it before it answers
	return nil
}

// readLong reads a long body. What is beyond its beginning is read once the budget has room for all of it: a length is easily announced.
func readLong(req *http.Request, b *buffers) error {
	n := req.ContentLength
	if got, err := b.body.ReadFrom(io.LimitReader(req.Body, freeBytes)); err != nil || got < freeBytes {
		return errIncomplete
	}
	if err := b.memory.Grow(req.Context(), bodyMemory, n); err != nil {
		return err
	}
	return readAll(&b.body, req.Body, int(n)-freeBytes)
}

// readChunked reads a body of unknown length. Once it is longer than its beginning, it counts as long as it may be until it has ended.
func (r *running) readChunked(req *http.Request, b *buffers) error {
	n, err := b.body.ReadFrom(io.LimitReader(req.Body, min(freeBytes, r.maxBody+1)))
	if err == nil && n == freeBytes && n <= r.maxBody {
		if err := b.memory.Grow(req.Context(), bodyMemory, r.maxBody); err != nil {
			return err
		}
		_, err = b.body.ReadFrom(io.LimitReader(req.Body, r.maxBody+1-n))
		b.memory.Shrink(bodyMemory, int64(b.body.Len()))
	}
	switch {
	case int64(b.body.Len()) > r.maxBody:
		b.body = bytes.Buffer{} // its memory is free while the rest of the body comes
		b.memory.Shrink(bodyMemory, 0)
		return r.overlong(req)
	case err != nil:
		return errIncomplete
	}
	return nil
}

// readAll appends the n bytes of a body that come next.
func readAll(buf *bytes.Buffer, body io.Reader, n int) error {
	buf.Grow(n)
	b := buf.AvailableBuffer()[:n]
	if _, err := io.ReadFull(body, b); err != nil {
		return errIncomplete
	}
	buf.Write(b)
	return nil
}

func (r *running) overlong(req *http.Request) error {
	_, _ = io.CopyN(io.Discard, req.Body, maxDrain)
	return tooLarge("body_too_large", "the body is longer than the %d bytes of MAX_BODY_BYTES", r.maxBody)
}
