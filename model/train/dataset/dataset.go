// Package dataset reads labelled comments:
//
//   - .csv in the two layouts of the public dataset: index, X, BODY, REMOVED; and index, body, score, parent_id, id,
//     created_utc, retrieved_on, REMOVED. The columns are found by the names in the first line, or, where that is no
//     header, by how many there are. Each byte is one character, ISO-8859-1, as the original reads them: the cleaner
//     puts the encoding right. Semicolons or tabs may separate them, as in .tsv.
//   - .jsonl or .ndjson: an object a line with "text" (or "body") and "label" (or "removed"), and "id" if you like;
//     UTF-8
//
// Options name other columns or fields, and another encoding.
//
// Either may be compressed with gzip, and be called .gz then.
//
// A label is 0 or 1, as a table with gaps in other rows has them 0.0 or 1.0, or true or false in any case: 1 and true
// mean that the comment was removed.
package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"reddit-classifier/internal/comments"
	"reddit-classifier/internal/textfile"
)

// Dataset holds comments by column. Score, Created and Others are there only if every file had them.
type Dataset struct {
	IDs     []string
	Texts   []string
	Labels  []int    // 0 kept, 1 removed; with Classes the number of the class
	Sets    [][]bool // of a multilabel model: for each class whether it is a label; nil otherwise
	Score   []float64
	Created []float64 // seconds since 1970
	Others  []Column
	Files   []File // that the comments were read from, in order; nil when it was none
}

// File is what some of the comments were read from.
type File struct {
	Name     string
	Comments int
}

// Column is a column of a CSV file that training does not use.
type Column struct {
	Name   string
	Values []string
}

// Len is the number of comments.
func (d *Dataset) Len() int { return len(d.Texts) }

// Select returns the comments at the given places.
func (d *Dataset) Select(rows []int) *Dataset {
	s := &Dataset{IDs: selectRows(d.IDs, rows), Texts: selectRows(d.Texts, rows), Labels: selectRows(d.Labels, rows)}
	if d.Sets != nil {
		s.Sets = selectRows(d.Sets, rows)
	}
	if d.Score != nil {
		s.Score = selectRows(d.Score, rows)
	}
	if d.Created != nil {
		s.Created = selectRows(d.Created, rows)
	}
	for _, c := range d.Others {
		s.Others = append(s.Others, Column{c.Name, selectRows(c.Values, rows)})
	}
	return s
}

func selectRows[T any](values []T, rows []int) []T {
	picked := make([]T, len(rows))
	for k, i := range rows {
		picked[k] = values[i]
	}
	return picked
}

// Digests returns the SHA-256, in hexadecimal, of each file's texts and labels: of all comments together when they come
// from no file.
func (d *Dataset) Digests() []string {
	files := d.Files
	if files == nil {
		files = []File{{Comments: d.Len()}}
	}
	digests := make([]string, len(files))
	row := 0
	for k, f := range files {
		h := sha256.New()
		for end := row + f.Comments; row < end; row++ {
			fmt.Fprintf(h, "%d %d\n%s\n", d.Labels[row], len(d.Texts[row]), d.Texts[row])
		}
		digests[k] = hex.EncodeToString(h.Sum(nil))
	}
	return digests
}

// Error is the error of a file that cannot be read, with the place.
type Error struct {
	File string
	Line int // 0 when it is the file as a whole
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s: line %d: %v", e.File, e.Line, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// ErrEmpty is the error of a file without comments.
var ErrEmpty = errors.New("there is no comment in it")

// Options say how files are read. The zero value reads them as the package's documentation says.
type Options struct {
	TextColumn  string // column of a table, or field of an object, that has the text
	IDColumn    string // and that has the id
	LabelColumn string // and that has the label
	Encoding    textfile.Encoding
	Classes     *Classes // what labels are; nil stands for 0 and 1
}

// columns returns the options of a comment without its label.
func (o Options) columns() comments.Options {
	return comments.Options{TextColumn: o.TextColumn, IDColumn: o.IDColumn}
}

// labels returns the names that a label can have.
func (o Options) labels() []string {
	if o.LabelColumn != "" {
		return []string{o.LabelColumn}
	}
	return []string{"label", "removed"}
}

// Read reads the files one after the other into one dataset; "-" is stdin, read as JSON lines.
func Read(stdin io.Reader, o Options, paths ...string) (*Dataset, error) {
	all := &Dataset{}
	for i, path := range paths {
		d, err := readFile(stdin, o, path)
		if err != nil {
			return nil, err
		}
		all.add(d, i == 0)
	}
	return all, nil
}

func readFile(stdin io.Reader, o Options, path string) (*Dataset, error) {
	if path == "-" {
		return Parse(textfile.StandardInput, stdin, o)
	}
	f, err := textfile.Open(path)
	switch {
	case errors.Is(err, textfile.ErrFolder):
		return nil, &Error{File: path, Err: errors.New("it is a folder: name the files in it")}
	case err != nil:
		return nil, &Error{File: path, Err: err}
	}
	defer f.Close()
	if kind := textfile.KindOf(path); kind == textfile.Unknown || kind == textfile.Text {
		return nil, &Error{
			File: path,
			Err: errors.New(
				"its name must end in .csv, .tsv, .jsonl or .ndjson, or one of these and .gz, so that its kind is known",
			),
		}
	}
	return Parse(path, f, o)
}

// Parse reads the content of one file; its kind is that of the name. The error is an *Error.
func Parse(name string, in io.Reader, o Options) (*Dataset, error) {
	p := &parser{data: &Dataset{}, options: o, kind: textfile.KindOf(name)}
	if o.Classes != nil && o.Encoding == "" {
		p.options.Encoding = textfile.UTF8 // such a model has no cleaner that would repair other bytes
	}
	read := p.readTable
	if name == textfile.StandardInput || p.kind == textfile.JSONLines {
		read = p.readLines
	}
	in, err := textfile.Decompress(name, in)
	if err == nil {
		err = read(in)
	}
	if err == nil && p.data.Len() == 0 {
		p.line, err = 0, ErrEmpty
	}
	if errors.Is(err, textfile.ErrNotUTF8) {
		err = fmt.Errorf("%w: convert it, or read it with --encoding latin-1", err)
	}
	if err != nil {
		return nil, &Error{File: name, Line: p.line, Err: err}
	}
	p.data.Files = []File{{name, p.data.Len()}}
	return p.data, nil
}

// parser collects the comments of one file.
type parser struct {
	data    *Dataset
	options Options
	kind    textfile.Kind
	line    int // where what is being read begins
}

func (d *Dataset) add(o *Dataset, first bool) {
	d.IDs, d.Texts, d.Labels = append(d.IDs, o.IDs...), append(d.Texts, o.Texts...), append(d.Labels, o.Labels...)
	d.Sets = append(d.Sets, o.Sets...)
	d.Score = joinColumns(d.Score, o.Score, first)
	d.Created = joinColumns(d.Created, o.Created, first)
	d.Files = append(d.Files, o.Files...)
	if first {
		d.Others = o.Others
		return
	}
	var shared []Column
	for _, c := range d.Others {
		for _, more := range o.Others {
			if c.Name == more.Name {
				shared = append(shared, Column{c.Name, append(c.Values, more.Values...)})
			}
		}
	}
	d.Others = shared
}

// joinColumns joins columns that every file so far has.
func joinColumns(a, b []float64, first bool) []float64 {
	if b == nil || a == nil && !first {
		return nil
	}
	return append(a, b...)
}

// label reads a label.
func label(s string) (int, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "0", "0.0", "false":
		return 0, nil
	case "1", "1.0", "true":
		return 1, nil
	}
	return 0, fmt.Errorf("the label %.40q is neither 0 or false (kept) nor 1 or true (removed): rewrite the labels; "+
		"for classes of other names, fit a model in scikit-learn and import it", s)
}
