package function

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"reddit-classifier/cloudevent"
)

// maxDrain is how much of a body that is too long is read and thrown away: a client that is still sending would not see
// the answer otherwise, only a broken connection, and a KafkaSource would deliver the event again and again.
const maxDrain = 64 << 20

var errIncomplete = badRequest("incomplete_body", "the body ends before it should")

// readBody reads the body as far as it may go.
func (r *running) readBody(req *http.Request, b *buffers) error {
	n := req.ContentLength
	switch encoding := first(req.Header, "Content-Encoding"); {
	case encoding == "", strings.EqualFold(encoding, "identity"):
	case strings.EqualFold(encoding, "gzip"), strings.EqualFold(encoding, "x-gzip"):
		if n > r.maxBody {
			return r.overlong(req)
		}
		return r.readCompressed(req, b)
	default:
		return unsupported("unsupported_content_encoding",
			"the content encoding %s is not read; gzip and identity are", cloudevent.Quote(encoding))
	}
	switch {
	case n > r.maxBody:
		return r.overlong(req)
	case n < 0:
		return r.readUnknown(req, b, req.Body)
	case n > freeBytes:
		return readLong(req, b)
	}
	if err := readAll(&b.body, req.Body, int(n)); err != nil {
		return err
	}
	_ = req.Body.Close() // it has ended: else net/http looks for more of it before it answers
	return nil
}

// readCompressed reads a body in gzip. Its limit is that of the body itself, whether or not it is compressed.
func (r *running) readCompressed(req *http.Request, b *buffers) error {
	errBad := badRequest("bad_content_encoding",
		"the body is not gzip, though Content-Encoding says so, or ends before it should")
	z, err := gzip.NewReader(req.Body)
	if err != nil {
		return errBad
	}
	err = r.readUnknown(req, b, z)
	if errors.Is(err, errIncomplete) {
		return errBad
	}
	return err
}

// readLong reads a long body. What is beyond its beginning is read once the budget has room for all of it: a length is
// easily announced.
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

// readUnknown reads a body whose length is not known. Once it is longer than its beginning, it counts as long as it may
// be until it has ended.
func (r *running) readUnknown(req *http.Request, b *buffers, body io.Reader) error {
	n, err := b.body.ReadFrom(io.LimitReader(body, min(freeBytes, r.maxBody+1)))
	if err == nil && n == freeBytes && n <= r.maxBody {
		if err := b.memory.Grow(req.Context(), bodyMemory, r.maxBody); err != nil {
			return err
		}
		_, err = b.body.ReadFrom(io.LimitReader(body, r.maxBody+1-n))
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
