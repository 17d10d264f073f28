// Package comments reads the comments that the commands work on, from the three kinds of file that people have:
//
//   - .jsonl: one object a line, {"id","text"}; a Reddit comment as its API gives it ("body", and "id" or "name") will do as well
//   - .csv: the columns of the public dataset: the id first, and one named BODY (or text). As the original reads it, each byte is
//     one character, ISO-8859-1
//   - .txt: one comment a line, its number is its id
//
// Standard input is read as JSON lines.
package comments

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/dataset/table"
)

// Comment is a text to predict on and the name by which its answer is found again.
type Comment struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Reader reads comments one after the other.
type Reader struct {
	name string
	file io.Closer // nil when there is nothing to close
	next source
}

// Open opens the file at path; "-" means stdin.
func Open(path string, stdin io.Reader) (*Reader, error) {
	if path == "-" {
		return &Reader{name: dataset.StandardInput, next: newLines(stdin).object}, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("input %s does not exist: give a .jsonl, .csv or .txt file, or - for standard input", path)
	}
	if err != nil {
		return nil, fmt.Errorf("input cannot be read: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("input %s is a folder: give one file in it", path)
	}
	r, err := NewReader(path, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.file = f
	return r, nil
}

// NewReader reads from in what the file called name has.
func NewReader(name string, in io.Reader) (*Reader, error) {
	kind, err := kindOf(name)
	if err != nil {
		return nil, err
	}
	r := &Reader{name: name}
	if r.next, err = kind(in); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// source returns the next comment.
type source func() (Comment, error)

func kindOf(name string) (func(io.Reader) (source, error), error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jsonl":
		return func(r io.Reader) (source, error) { return newLines(r).object, nil }, nil
	case ".txt":
		return func(r io.Reader) (source, error) { return newLines(r).plain, nil }, nil
	case ".csv":
		return newTable, nil
	default:
		return nil, fmt.Errorf("input %s: its name must end in .jsonl, .csv or .txt, so that its kind is known", name)
	}
}

// Next returns the next comment, io.EOF after the last. Any other error names the file and the line.
func (r *Reader) Next() (Comment, error) {
	c, err := r.next()
	if err != nil && err != io.EOF {
		return Comment{}, fmt.Errorf("%s: %w", r.name, err)
	}
	return c, err
}

// All returns the comments that are left; after an error there are none.
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

// Close closes the file, never standard input.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// lines reads line by line, however long a line is.
type lines struct {
	in     *bufio.Reader
	number int
}

func newLines(r io.Reader) *lines { return &lines{in: bufio.NewReaderSize(r, 1<<16)} }

// line returns the next line without its end, io.EOF after the last.
func (l *lines) line() (string, error) {
	if l.number == 0 {
		if err := table.SkipMark(l.in); err != nil {
			return "", err
		}
	}
	s, err := l.in.ReadString('\n')
	if err == io.EOF && s != "" {
		err = nil
	}
	l.number++
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r"), err
}

func (l *lines) plain() (Comment, error) {
	s, err := l.line()
	return Comment{ID: strconv.Itoa(l.number), Text: s}, err
}

// object reads a line's JSON object; blank lines between objects are passed over.
func (l *lines) object() (Comment, error) {
	for {
		s, err := l.line()
		if err != nil {
			return Comment{}, err
		}
		if strings.TrimSpace(s) == "" {
			continue
		}
		c, err := parseObject(s)
		if err != nil {
			return Comment{}, fmt.Errorf("line %d: %w", l.number, err)
		}
		if c.ID == "" {
			c.ID = strconv.Itoa(l.number)
		}
		return c, nil
	}
}

func parseObject(s string) (Comment, error) {
	var o struct {
		ID   json.RawMessage `json:"id"`
		Name string          `json:"name"`
		Text *string         `json:"text"`
		Body *string         `json:"body"`
	}
	if err := json.Unmarshal([]byte(s), &o); err != nil {
		return Comment{}, fmt.Errorf(`not a JSON object like {"id":"…","text":"…"}: %w`, err)
	}
	c := Comment{ID: o.Name}
	if len(o.ID) > 0 && string(o.ID) != "null" {
		c.ID = string(o.ID) // a number stands for itself
		if o.ID[0] == '"' {
			if err := json.Unmarshal(o.ID, &c.ID); err != nil {
				return Comment{}, err
			}
		}
	}
	switch {
	case o.Text != nil:
		c.Text = *o.Text
	case o.Body != nil:
		c.Text = *o.Body
	default:
		return Comment{}, errors.New(`has neither "text" nor "body"`)
	}
	return c, nil
}
