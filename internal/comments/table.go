package comments

import (
	"errors"
	"fmt"
	"io"

	"reddit-classifier/model/train/dataset/table"
)

// newTable reads the header, so that a file of another shape is refused before anything is done with it.
func newTable(in io.Reader) (source, error) {
	r := table.NewReader(in)
	header, err := r.Read()
	if err == io.EOF {
		return nil, errors.New("is empty: a header with the columns id, …, BODY is needed")
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", r.Line(), err)
	}
	text := table.Column(header, "body", "text")
	if text < 0 {
		return nil, fmt.Errorf("no column is named BODY or text; the header has %q", header)
	}
	return func() (Comment, error) {
		fields, err := r.Read()
		switch {
		case err == io.EOF:
			return Comment{}, err
		case err != nil:
			return Comment{}, fmt.Errorf("line %d: %w", r.Line(), err)
		case len(fields) <= text:
			return Comment{}, fmt.Errorf("line %d: %d columns, the comment should be in column %d", r.Line(), len(fields), text+1)
		}
		return Comment{ID: fields[0], Text: fields[text]}, nil
	}, nil
}
