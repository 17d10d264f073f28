package comments

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"reddit-classifier/internal/textfile"
	"reddit-classifier/model/train/dataset/table"
)

// newTable reads the header, so that a file of another shape is refused before anything is done with it.
func newTable(in io.Reader, kind textfile.Kind, o Options) (source, error) {
	names := []string{"body", "text"}
	if o.TextColumn != "" {
		names = []string{o.TextColumn}
	}
	r := table.NewReader(in)
	separators := ",;\t"
	if kind == textfile.TSV {
		separators = "\t,;"
	}
	r.Separate(separators, names...)
	header, err := r.Read()
	if err == io.EOF {
		return nil, errors.New("is empty: a header that names the column BODY (or text) is needed")
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", r.Line(), err)
	}
	columns, text, id := len(header), table.Column(header, names...), table.IDColumn(header)
	if o.IDColumn != "" {
		id = table.Column(header, o.IDColumn)
	}
	switch {
	case text < 0 && o.TextColumn != "":
		return nil, fmt.Errorf("no column is named %q, as --text-column says; the header has %q", o.TextColumn, header)
	case text < 0:
		return nil, fmt.Errorf("no column is named BODY or text; the header has %q; --text-column names another", header)
	case id < 0 && o.IDColumn != "":
		return nil, fmt.Errorf("no column is named %q, as --id-column says; the header has %q", o.IDColumn, header)
	case id == text:
		id = -1
	}
	row := 0
	return func() (Comment, error) {
		fields, err := r.Read()
		if err == io.EOF {
			return Comment{}, err
		}
		row++
		switch {
		case err != nil:
			return Comment{}, &lineError{line: r.Line(), err: err}
		case len(fields) != columns:
			err := fmt.Errorf("%d columns, not %d as in the header (is a quote missing?)", len(fields), columns)
			return Comment{}, &lineError{line: r.Line(), err: err, skippable: true}
		}
		c := Comment{ID: strconv.Itoa(row), Text: fields[text]}
		if id >= 0 {
			c.ID = fields[id]
		}
		if o.Encoding == textfile.UTF8 {
			if err := decode(&c); err != nil {
				return Comment{}, &lineError{line: r.Line(), err: err, skippable: true}
			}
		}
		return c, nil
	}, nil
}

// decode makes UTF-8 of bytes that were read as a character each.
func decode(c *Comment) (err error) {
	for _, s := range []*string{&c.ID, &c.Text} {
		b := make([]byte, 0, len(*s))
		for _, r := range *s {
			b = append(b, byte(r))
		}
		if *s, err = textfile.UTF8.Decode(string(b)); err != nil {
			return err
		}
	}
	return nil
}
