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

// maxDrain is how many bytes of a body that is too long are read and discarded before the answer. A client that is
// still sending would otherwise see a broken connection instead of the answer, and a KafkaSource would retry the event.
const maxDrain = 64 << 20

var errIncomplete = badRequest("incomplete_body", "the body ends too early")

// readBody reads the body into b, up to the limit of MAX_BODY_BYTES.
func (r *servingState) readBody(req *http.Request, b *buffers) error {
	n := req.ContentLength
	switch encoding := firstHeader(req.Header, "Content-Encoding"); {
	case encoding == "", strings.EqualFold(encoding, "identity"):
	case strings.EqualFold(encoding, "gzip"), strings.EqualFold(encoding, "x-gzip"):
		if n > r.maxBody {
			return r.bodyTooLarge(req)
		}
		return r.readCompressed(req, b)
	default:
		return unsupported("unsupported_content_encoding",
			"the content encoding %s is not supported: use gzip or none", cloudevent.Quote(encoding))
	}
	switch {
	case n > r.maxBody:
		return r.bodyTooLarge(req)
	case n < 0:
		return r.readUnknown(req, b, req.Body)
	case n > freeBytes:
		return readLong(req, b)
	}
	if err := readAll(&b.body, req.Body, int(n)); err != nil {
		return err
	}
	_ = req.Body.Close() // all of it was read: otherwise net/http looks for more before it answers
	return nil
}

// readCompressed reads a body in gzip. MAX_BODY_BYTES limits both its compressed and its decompressed size.
func (r *servingState) readCompressed(req *http.Request, b *buffers) error {
	errBad := badRequest("bad_content_encoding",
		"the body is not gzip, although Content-Encoding says so, or it ends too early")
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

// readLong reads a long body. It reads the first freeBytes at once and waits for memory only then, so that an announced
// Content-Length alone reserves nothing.
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

// readUnknown reads a body of unknown length. If it is longer than freeBytes, memory for the maximum length is reserved
// until the end of the body is reached.
func (r *servingState) readUnknown(req *http.Request, b *buffers, body io.Reader) error {
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
		b.body = bytes.Buffer{} // frees its memory while the rest of the body is drained
		b.memory.Shrink(bodyMemory, 0)
		return r.bodyTooLarge(req)
	case err != nil:
		return errIncomplete
	}
	return nil
}

// readAll appends the next n bytes of a body.
func readAll(buf *bytes.Buffer, body io.Reader, n int) error {
	buf.Grow(n)
	b := buf.AvailableBuffer()[:n]
	if _, err := io.ReadFull(body, b); err != nil {
		return errIncomplete
	}
	buf.Write(b)
	return nil
}

func (r *servingState) bodyTooLarge(req *http.Request) error {
	_, _ = io.CopyN(io.Discard, req.Body, maxDrain)
	return tooLarge("body_too_large", "the body is longer than MAX_BODY_BYTES allows, %d bytes", r.maxBody)
}
