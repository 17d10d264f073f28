package comments

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"reddit-classifier/internal/plural"
	"reddit-classifier/internal/textfile"
	"reddit-classifier/model/train/dataset/table"
)

// newTable reads the header. It returns an error if the file has not the expected columns.
func newTable(in io.Reader, kind textfile.Kind, o Options) (source, error) {
	r := table.NewReader(in)
	o.Separate(r, kind)
	header, err := r.Read()
	if err == io.EOF {
		return nil, errors.New("is empty: a header that names the column BODY (or text) is needed")
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", r.Line(), err)
	}
	text, id, err := o.Columns(header)
	if err != nil {
		return nil, err
	}
	columns := len(header)
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
			err := fmt.Errorf("%s, not %d as in the header (is a quote missing?)",
				plural.Of(len(fields), "column", "columns"), columns)
			return Comment{}, &lineError{line: r.Line(), err: err, skippable: true}
		}
		c := Comment{ID: strconv.Itoa(row), Text: fields[text]}
		if id >= 0 {
			c.ID = fields[id]
		}
		for _, field := range []*string{&c.ID, &c.Text} {
			if *field, err = o.Encoding.DecodeField(*field); err != nil {
				return Comment{}, &lineError{line: r.Line(), err: err, skippable: true}
			}
		}
		return c, nil
	}, nil
}

// Separate finds the separator of the fields of a table.
func (o Options) Separate(r *table.Reader, kind textfile.Kind) {
	separators := ",;\t"
	if kind == textfile.TSV {
		separators = "\t,;"
	}
	r.Separate(separators, o.texts()...)
}

// Columns returns the indices of the columns with the text and with the id, −1 for a table without ids.
func (o Options) Columns(header []string) (text, id int, err error) {
	texts := table.Columns(header, o.texts()...)
	text, id = -1, table.IDColumn(header)
	if len(texts) > 0 {
		text = texts[0]
	}
	if o.IDColumn != "" {
		id = table.Column(header, o.IDColumn)
	}
	switch {
	case text < 0 && o.TextColumn != "":
		err = fmt.Errorf("no column is named %q, as --text-column says; the header has %q", o.TextColumn, header)
	case text < 0:
		err = fmt.Errorf("no column is named BODY or text; the header has %q; --text-column names another", header)
	case len(texts) > 1 && o.TextColumn != "":
		err = fmt.Errorf("%d columns are named %q, as --text-column says: rename all but one", len(texts), o.TextColumn)
	case len(texts) > 1:
		err = fmt.Errorf("columns %d and %d of the header, %q and %q, can both have the text: name one by --text-column, "+
			"or rename one", texts[0]+1, texts[1]+1, header[texts[0]], header[texts[1]])
	case id < 0 && o.IDColumn != "":
		err = fmt.Errorf("no column is named %q, as --id-column says; the header has %q", o.IDColumn, header)
	case id == text:
		id = -1
	}
	return text, id, err
}
