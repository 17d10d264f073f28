// Package comments reads comments from files:
//
//   - .jsonl or .ndjson: one object a line, {"id","text"}, or a Reddit comment as its API returns it ("body", and "id"
//     or "name"). UTF-8
//   - .csv or .tsv: a header that names a column BODY (or text), separated by commas, semicolons or tabs; the id is in
//     the column id, comment_id or name, or else it is the row's number. Each byte is one character, ISO-8859-1, as the
//     original program reads the public dataset; its cleaner restores UTF-8
//   - .txt: one comment a line, whose id is the line's number. UTF-8
//
// Each may be compressed with gzip if its name ends in .gz. Standard input is read as JSON lines.
package comments

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"reddit-classifier/internal/textfile"
)

// Comment is a text to predict on, with the id that its answer gets.
type Comment struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Options say how files are read. The zero value reads them as the package's documentation says.
type Options struct {
	TextColumn string // column of a table, or field of an object, that has the text
	IDColumn   string // column or field that has the id
	Encoding   textfile.Encoding
	SkipBad    bool // skip lines that have no comment
}

// Reader reads comments one after another.
type Reader struct {
	Skipped int   // number of lines skipped with SkipBad
	First   error // the error of the first skipped line

	name    string
	options Options
	file    io.Closer // nil if there is nothing to close
	next    source
}

// Open opens the file at path, or stdin if path is "-".
func Open(path string, stdin io.Reader, o Options) (*Reader, error) {
	if path == "-" {
		return newReader(textfile.StandardInput, textfile.JSONLines, stdin, o)
	}
	f, err := textfile.Open(path)
	switch {
	case errors.Is(err, textfile.ErrAbsent):
		return nil, fmt.Errorf("input %s does not exist: give a .jsonl, .csv or .txt file, or - for standard input", path)
	case errors.Is(err, textfile.ErrFolder):
		return nil, fmt.Errorf("input %s is a folder: give one file in it", path)
	case err != nil:
		return nil, fmt.Errorf("input cannot be read: %w", err)
	}
	r, err := NewReader(path, f, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.file = f
	return r, nil
}

// NewReader returns a reader of the file in, whose name says what kind of file it is.
func NewReader(name string, in io.Reader, o Options) (*Reader, error) {
	kind := textfile.KindOf(name)
	if kind == textfile.Unknown {
		return nil, fmt.Errorf(
			"input %s: its name must end in .jsonl, .ndjson, .csv, .tsv or .txt, or one of these and .gz, "+
				"so that its kind is known", name)
	}
	in, err := textfile.Decompress(name, in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return newReader(name, kind, in, o)
}

func newReader(name string, kind textfile.Kind, in io.Reader, o Options) (*Reader, error) {
	r := &Reader{name: name, options: o}
	lines := textfile.NewLines(in, o.Encoding)
	switch kind {
	case textfile.JSONLines:
		r.next = func() (Comment, error) { return readObject(lines, o) }
	case textfile.Text:
		r.next = func() (Comment, error) { return readPlain(lines) }
	default:
		var err error
		if r.next, err = newTable(in, kind, o); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return r, nil
}

// source returns the next comment.
type source func() (Comment, error)

// lineError says what is wrong with a line. After a skippable error the next line can be read.
type lineError struct {
	line      int
	err       error
	skippable bool
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }

func (e *lineError) Unwrap() error { return e.err }

// Next returns the next comment, or io.EOF after the last. Any other error names the file and the line.
func (r *Reader) Next() (Comment, error) {
	for {
		c, err := r.next()
		if err == nil || err == io.EOF {
			return c, err
		}
		var bad *lineError
		if !r.options.SkipBad || !errors.As(err, &bad) || !bad.skippable {
			switch {
			case errors.Is(err, errNull):
				err = fmt.Errorf("%w; --skip-bad skips such lines", err)
			case errors.Is(err, textfile.ErrNotUTF8):
				err = fmt.Errorf("%w: convert it, or read it with --encoding latin-1", err)
			}
			return Comment{}, fmt.Errorf("%s: %w", r.name, err)
		}
		if r.Skipped == 0 {
			r.First = err
		}
		r.Skipped++
	}
}

// All returns the remaining comments. It ends after the first error.
func (r *Reader) All() iter.Seq2[Comment, error] {
	return func(yield func(Comment, error) bool) {
		for {
			c, err := r.Next()
			if err == io.EOF || !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// Close closes the file. It does not close standard input.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

func readPlain(l *textfile.Lines) (Comment, error) {
	s, err := l.Next()
	if err != nil {
		return Comment{}, withLine(l, err)
	}
	return Comment{ID: strconv.Itoa(l.Number()), Text: s}, nil
}

// withLine adds the line's number to an error.
func withLine(l *textfile.Lines, err error) error {
	if err == io.EOF || l.Number() == 0 {
		return err
	}
	return &lineError{line: l.Number(), err: err, skippable: errors.Is(err, textfile.ErrNotUTF8)}
}

// readObject reads the next line's JSON object.
func readObject(l *textfile.Lines, o Options) (Comment, error) {
	s, err := l.NextObject()
	if err != nil {
		return Comment{}, withLine(l, err)
	}
	c, err := parseObject(s, o)
	if err != nil {
		return Comment{}, &lineError{line: l.Number(), err: err, skippable: true}
	}
	if c.ID == "" {
		c.ID = strconv.Itoa(l.Number())
	}
	return c, nil
}

func parseObject(s string, o Options) (Comment, error) {
	object, err := ParseObject(s)
	if err != nil {
		return Comment{}, err
	}
	return object.Comment(o)
}

// Object is a JSON object with a comment.
type Object map[string]json.RawMessage

// ParseObject reads the JSON object in a line.
func ParseObject(line string) (Object, error) {
	var o Object
	if err := json.Unmarshal([]byte(line), &o); err != nil || o == nil {
		if err == nil {
			err = errors.New("it is null")
		}
		return nil, fmt.Errorf(`not a JSON object like {"id":"…","text":"…"}: %w`, err)
	}
	return o, nil
}

// Comment returns the text and the id, which is empty if there is none.
func (o Object) Comment(options Options) (Comment, error) {
	ids := []string{"id", "name"}
	if options.IDColumn != "" {
		ids = []string{options.IDColumn}
	}
	text, err := textOf(o, options.texts())
	id, _ := o.Value(ids...)
	return Comment{ID: id, Text: text}, err
}

// texts returns the names that a text can have.
func (o Options) texts() []string {
	if o.TextColumn != "" {
		return []string{o.TextColumn}
	}
	return []string{"text", "body"}
}

// member returns the member with a name, ignoring case.
func member(members Object, name string) (json.RawMessage, bool) {
	if raw, ok := members[name]; ok {
		return raw, true
	}
	for other, raw := range members {
		if strings.EqualFold(other, name) {
			return raw, true
		}
	}
	return nil, false
}

var errNull = errors.New("is null")

// textOf returns the one of the named members that exists and is not null.
func textOf(members Object, names []string) (text string, err error) {
	null, found := "", ""
	for _, name := range names {
		raw, ok := member(members, name)
		switch {
		case !ok:
			continue
		case string(raw) == "null":
			if null == "" {
				null = name
			}
			continue
		case found != "":
			return "", fmt.Errorf("has both %q and %q: name one by --text-column", found, name)
		}
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", fmt.Errorf(`not a JSON object like {"id":"…","text":"…"}: %s is not a string`, name)
		}
		found = name
	}
	switch {
	case found != "":
		return text, nil
	case null != "":
		return "", fmt.Errorf("%s %w", null, errNull)
	case len(names) == 1:
		return "", fmt.Errorf("has no %q, which --text-column names", names[0])
	}
	return "", fmt.Errorf("has neither %q nor %q", names[0], names[1])
}

// Value returns the first of the named members that exists and is not null, as [PlainValue].
func (o Object) Value(names ...string) (value string, ok bool) {
	for _, name := range names {
		if raw, ok := member(o, name); ok && string(raw) != "null" {
			return PlainValue(raw), true
		}
	}
	return "", false
}

// PlainValue returns the text of a JSON string, and the JSON of any other value.
func PlainValue(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
