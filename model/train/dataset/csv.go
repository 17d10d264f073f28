package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"reddit-classifier/model/clean"
)

// layout says in which column is what; −1 is nowhere.
type layout struct {
	columns        int
	text, label    int
	score, created int
}

// The layouts of the public dataset, by number of columns.
var layouts = map[int]layout{
	4: {columns: 4, text: 2, label: 3, score: -1, created: -1},
	8: {columns: 8, text: 1, label: 7, score: 2, created: 5},
}

// layoutOf finds the columns by the names in the first record, or by how many there are. named says that it was by names.
func layoutOf(fields []string) (l layout, named bool, err error) {
	find := func(names ...string) int {
		for i, f := range fields {
			for _, name := range names {
				if strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(f, "ï»¿")), name) {
					return i
				}
			}
		}
		return -1
	}
	l = layout{len(fields), find("body", "text"), find("removed", "label"), find("score"), find("created_utc")}
	if l.text >= 0 && l.label >= 0 {
		return l, true, nil
	}
	l, known := layouts[len(fields)]
	if !known {
		return l, false, wrongColumns(fields)
	}
	if _, err := label(fields[l.label]); err != nil {
		return l, false, wrongColumns(fields) // it is a header, of other columns
	}
	return l, false, nil
}

func wrongColumns(fields []string) error {
	return fmt.Errorf("the columns are %.200q: one named BODY (or text) and one named REMOVED (or label) are needed; without a header 4 columns (index, X, BODY, REMOVED) or 8 (index, body, score, parent_id, id, created_utc, retrieved_on, REMOVED)", fields)
}

// table reads comma-separated values.
func (p *parser) table(b []byte) error {
	r := &csvReader{rest: b, line: 1}
	fields, err := p.record(r)
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	l, named, err := layoutOf(fields)
	if err != nil {
		return err
	}
	if named {
		fields, err = p.record(r)
	}
	for ; err == nil; fields, err = p.record(r) {
		if err := p.row(l, fields); err != nil {
			return err
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// record returns the next record that is not an empty line.
func (p *parser) record(r *csvReader) ([]string, error) {
	for {
		p.line = r.line
		fields, err := r.read()
		if err != nil || len(fields) > 1 || fields[0] != "" {
			return fields, err
		}
	}
}

func (p *parser) row(l layout, fields []string) error {
	if len(fields) != l.columns {
		return fmt.Errorf("%d columns, not %d as in the lines before (is a quote missing?)", len(fields), l.columns)
	}
	y, err := label(fields[l.label])
	if err != nil {
		return err
	}
	d := p.data
	d.IDs, d.Texts, d.Labels = append(d.IDs, fields[0]), append(d.Texts, fields[l.text]), append(d.Labels, y)
	if l.score >= 0 {
		d.Score = append(d.Score, number(fields[l.score]))
	}
	if l.created >= 0 {
		d.Created = append(d.Created, number(fields[l.created]))
	}
	return nil
}

// number reads a number; what is none (an empty field, NA) is NaN.
func number(s string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// csvReader reads RFC 4180 as Python's csv module does, which encoding/csv does not: a carriage return within quotes stays (the
// cleaner makes CR LF one space, and leaves a lone LF), and a quote within an unquoted field is a character. It is stricter
// where a quoted field goes on behind its closing quote: Python would join the pieces, but it always means that a quote is
// broken, and comments run into each other.
type csvReader struct {
	rest   []byte
	line   int
	fields []string
}

// The ways in which a quote can be broken.
var (
	errOpenQuote  = errors.New("a quote is opened here and never closed")
	errAfterQuote = errors.New("text follows a closing quote: a quote within a quoted field must be doubled")
)

// read returns the next record, io.EOF when there is none. The slice is reused.
func (r *csvReader) read() ([]string, error) {
	if len(r.rest) == 0 {
		return nil, io.EOF
	}
	r.fields = r.fields[:0]
	for {
		field, err := r.field()
		if err != nil {
			return nil, err
		}
		r.fields = append(r.fields, field)
		if len(r.rest) > 0 && r.rest[0] == ',' {
			r.rest = r.rest[1:]
			continue
		}
		r.endOfLine()
		return r.fields, nil
	}
}

func (r *csvReader) endOfLine() {
	if len(r.rest) > 0 && r.rest[0] == '\r' {
		r.rest = r.rest[1:]
		if len(r.rest) == 0 || r.rest[0] != '\n' {
			r.line++
			return
		}
	}
	if len(r.rest) > 0 {
		r.rest = r.rest[1:]
	}
	r.line++
}

// field reads up to the comma or line end behind it.
func (r *csvReader) field() (string, error) {
	if len(r.rest) > 0 && r.rest[0] == '"' {
		return r.quoted()
	}
	end := bytes.IndexAny(r.rest, ",\r\n")
	if end < 0 {
		end = len(r.rest)
	}
	field := clean.Latin1(r.rest[:end])
	r.rest = r.rest[end:]
	return field, nil
}

func (r *csvReader) quoted() (string, error) {
	var joined []byte // what stands before doubled quotes
	for rest := r.rest[1:]; ; {
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			return "", errOpenQuote
		}
		r.line += bytes.Count(rest[:end], []byte{'\n'})
		piece, after := rest[:end], rest[end+1:]
		if len(after) > 0 && after[0] == '"' {
			joined = append(append(joined, piece...), '"')
			rest = after[1:]
			continue
		}
		if len(after) > 0 && after[0] != ',' && after[0] != '\r' && after[0] != '\n' {
			return "", errAfterQuote
		}
		r.rest = after
		if joined == nil {
			return clean.Latin1(piece), nil
		}
		return clean.Latin1(append(joined, piece...)), nil
	}
}
