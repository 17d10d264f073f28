package comments

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"reddit-classifier/model/clean"
)

// table reads comma-separated values as Python's csv module and pandas do, which encoding/csv does not: a carriage return within
// quotes stays (the cleaner turns CR LF into one space, a lone LF not), and a quote within an unquoted field is a character.
type table struct {
	in   *bufio.Reader
	line int // where the record that was read last begins
	next int // where the next one begins
	text int // index of the column that holds the comment
}

// newTable reads the header, so that a file of another shape is refused before anything is done with it.
func newTable(r io.Reader) (source, error) {
	t := &table{in: bufio.NewReaderSize(r, 1<<16), next: 1}
	header, err := t.record()
	if err == io.EOF {
		return nil, errors.New("is empty: a header with the columns id, …, BODY is needed")
	}
	if err != nil {
		return nil, err
	}
	t.text = slices.IndexFunc(header, func(name string) bool {
		return strings.EqualFold(name, "body") || strings.EqualFold(name, "text")
	})
	if t.text < 0 {
		return nil, fmt.Errorf("no column is named BODY or text; the header has %q", header)
	}
	return t.comment, nil
}

func (t *table) comment() (Comment, error) {
	fields, err := t.record()
	if err != nil {
		return Comment{}, err
	}
	if len(fields) <= t.text {
		return Comment{}, fmt.Errorf("line %d: %d columns, the comment should be in column %d", t.line, len(fields), t.text+1)
	}
	return Comment{ID: fields[0], Text: fields[t.text]}, nil
}

// record returns the fields of the next record that is not a blank line.
func (t *table) record() ([]string, error) {
	for {
		fields, err := t.any()
		if err != nil || len(fields) > 1 || fields[0] != "" {
			return fields, err
		}
	}
}

// any returns the fields of the next record, io.EOF when there is none.
func (t *table) any() ([]string, error) {
	t.line = t.next
	if _, err := t.in.Peek(1); err != nil {
		return nil, err
	}
	var fields []string
	var field []byte
	quoted := false // inside quotes
	for {
		b, err := t.in.ReadByte()
		switch {
		case err == io.EOF && quoted:
			return nil, fmt.Errorf("line %d: a quote is opened and never closed", t.line)
		case err == io.EOF:
			return append(fields, clean.Latin1(field)), nil
		case err != nil:
			return nil, err
		}
		if b == '\n' || b == '\r' && !quoted {
			t.next++
		}
		switch {
		case quoted && b == '"' && t.follows('"'):
			field = append(field, '"')
		case quoted && b == '"':
			quoted = false
		case quoted:
			field = append(field, b)
		case b == '"' && len(field) == 0:
			quoted = true
		case b == ',':
			fields, field = append(fields, clean.Latin1(field)), field[:0]
		case b == '\n', b == '\r':
			if b == '\r' {
				t.follows('\n')
			}
			return append(fields, clean.Latin1(field)), nil
		default:
			field = append(field, b)
		}
	}
}

// follows consumes the next byte if it is b.
func (t *table) follows(b byte) bool {
	next, err := t.in.Peek(1)
	if err != nil || next[0] != b {
		return false
	}
	t.in.Discard(1)
	return true
}
