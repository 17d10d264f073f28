// Package table reads values that are separated by commas, or by what else the header shows, as Python's csv module and
// pandas do, which encoding/csv does not: a carriage return within quotes stays (the cleaner makes CR LF one space, and
// leaves a lone LF), and a quote within an unquoted field is a character. Each byte is one character, ISO-8859-1.
package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"reddit-classifier/model/clean"
)

// Reader reads one record after the other. It holds one in memory, however long the table is.
type Reader struct {
	// Strict refuses text after a closing quote. Python joins it to the field, but it always means that a quote is
	// broken, and that comments run into each other.
	Strict bool
	Comma  byte // what separates fields; it is set before the first Read

	in     io.Reader
	err    error  // why nothing more comes from in
	buf    []byte // of which rest is a part
	rest   []byte // read from in, not yet from here
	line   int    // where the record that was read last begins
	next   int    // where the next one begins
	fields []string
	field  []byte
}

// NewReader returns a reader of the records in r. A byte order mark before the first is passed over.
func NewReader(r io.Reader) *Reader {
	t := &Reader{Comma: ',', in: r, buf: make([]byte, 0, 1<<16), next: 1}
	for len(t.rest) < longestMark && t.fill() {
	}
	n, err := mark(t.rest)
	if t.rest = t.rest[n:]; err != nil {
		t.rest, t.err = nil, err
	}
	return t
}

// SkipMark passes over a byte order mark at the beginning of a text.
func SkipMark(r *bufio.Reader) error {
	start, _ := r.Peek(longestMark) // an error comes again with the next read
	n, err := mark(start)
	_, _ = r.Discard(n) // Peek has read them
	return err
}

const longestMark = 3

// mark returns the length of the byte order mark that a text starts with, and errs when it is one of an encoding that
// is not read.
func mark(start []byte) (int, error) {
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		return 3, nil
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return 0, errUTF16
	}
	return 0, nil
}

// What can be wrong: the encoding, and the ways in which a quote can be broken.
var (
	errUTF16         = errors.New("the text is UTF-16: save it as UTF-8")
	errUnclosedQuote = errors.New("a quote is opened here and never closed")
	errAfterQuote    = errors.New("text follows a closing quote: a quote within a quoted field must be doubled")
)

// Line returns the number of the line that the record begins on which Read came to last.
func (r *Reader) Line() int { return r.line }

// Read returns the fields of the next record that is not an empty line, io.EOF after the last. The slice is used again.
func (r *Reader) Read() ([]string, error) {
	for {
		if err := r.record(); err != nil || len(r.fields) > 1 || r.fields[0] != "" {
			return r.fields, err
		}
	}
}

// record reads the fields of the next record.
func (r *Reader) record() error {
	r.line, r.fields = r.next, r.fields[:0]
	if _, err := r.peek(); err != nil {
		return err
	}
	for {
		if err := r.readField(); err != nil {
			return err
		}
		r.fields = append(r.fields, clean.Latin1(r.field))
		switch c, err := r.peek(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case c == r.Comma:
			r.rest = r.rest[1:]
		default:
			return r.endLine()
		}
	}
}

// endLine passes over CR LF, CR or LF.
func (r *Reader) endLine() error {
	r.next++
	c := r.rest[0]
	r.rest = r.rest[1:]
	if c == '\n' {
		return nil
	}
	c, err := r.peek()
	if c == '\n' {
		r.rest = r.rest[1:]
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// readField reads the next field, up to the comma or the line end behind it, into r.field.
func (r *Reader) readField() error {
	r.field = r.field[:0]
	if c, err := r.peek(); c != '"' || err != nil {
		return r.plain()
	}
	r.rest = r.rest[1:]
	for {
		if err := r.upToQuote(); err != nil {
			return err
		}
		c, err := r.peek()
		switch {
		case err == nil && c == '"':
			r.rest = r.rest[1:]
			r.field = append(r.field, '"')
		case err == io.EOF || err == nil && r.endsField(c):
			return nil
		case err != nil:
			return err
		case r.Strict:
			return errAfterQuote
		default:
			return r.plain()
		}
	}
}

// upToQuote adds what comes before the next quote to the field, and passes over the quote.
func (r *Reader) upToQuote() error {
	for {
		end := bytes.IndexByte(r.rest, '"')
		piece := r.rest
		if end >= 0 {
			piece = r.rest[:end]
		}
		r.field = append(r.field, piece...)
		r.next += bytes.Count(piece, []byte{'\n'})
		if end >= 0 {
			r.rest = r.rest[end+1:]
			return nil
		}
		r.rest = nil
		switch {
		case r.fill():
		case r.err == io.EOF:
			return errUnclosedQuote
		default:
			return r.err
		}
	}
}

// plain adds what comes before the next comma or line end to the field.
func (r *Reader) plain() error {
	for {
		end := slices.IndexFunc(r.rest, r.endsField)
		if end >= 0 {
			r.field = append(r.field, r.rest[:end]...)
			r.rest = r.rest[end:]
			return nil
		}
		r.field = append(r.field, r.rest...)
		r.rest = nil
		switch {
		case r.fill():
		case r.err == io.EOF:
			return nil
		default:
			return r.err
		}
	}
}

func (r *Reader) endsField(c byte) bool { return c == r.Comma || c == '\n' || c == '\r' }

// peek returns the next byte without passing over it.
func (r *Reader) peek() (byte, error) {
	for len(r.rest) == 0 {
		if !r.fill() {
			return 0, r.err
		}
	}
	return r.rest[0], nil
}

// fill reads something behind rest, which has room for it, and tells whether that may have been anything.
func (r *Reader) fill() bool {
	if r.err != nil {
		return false
	}
	kept := copy(r.buf[:cap(r.buf)], r.rest)
	n, err := r.in.Read(r.buf[kept:cap(r.buf)])
	r.rest, r.err = r.buf[:kept+n], err
	return n > 0 || err == nil
}

// Separate finds what separates the fields: the first of separators with which the first record has one of the columns,
// else the first.
func (r *Reader) Separate(separators string, columns ...string) {
	for len(r.rest) < cap(r.buf) && !bytes.ContainsAny(r.rest, "\r\n") && r.fill() {
	}
	r.Comma = separators[0]
	for i := range len(separators) {
		header := NewReader(bytes.NewReader(bytes.Clone(r.rest)))
		header.Comma = separators[i]
		if fields, err := header.Read(); (err == nil || err == io.EOF) && Column(fields, columns...) >= 0 {
			r.Comma = separators[i]
			return
		}
	}
}

// IDColumn returns the column that names a row: one called id, name or comment_id, else one that numbers the rows,
// which comes first and has no name or is called index; −1 when there is none.
func IDColumn(header []string) int {
	for _, name := range []string{"id", "comment_id", "name"} {
		if at := Column(header, name); at >= 0 {
			return at
		}
	}
	if len(header) > 0 && slices.Contains([]string{"", "index"}, strings.ToLower(strings.TrimSpace(header[0]))) {
		return 0
	}
	return -1
}

// Columns returns the places of all fields that are one of the names, in upper or lower case.
func Columns(fields []string, names ...string) (places []int) {
	for i, field := range fields {
		if Column([]string{field}, names...) == 0 {
			places = append(places, i)
		}
	}
	return places
}

// Column returns the place of the first field that is one of the names, in upper or lower case, or −1.
func Column(fields []string, names ...string) int {
	return slices.IndexFunc(fields, func(field string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(strings.TrimSpace(field), name) })
	})
}
