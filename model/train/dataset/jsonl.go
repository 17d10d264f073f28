package dataset

import (
	"fmt"
	"io"
	"strconv"

	"reddit-classifier/internal/comments"
	"reddit-classifier/internal/textfile"
)

// readLines reads JSON lines, however long they are, and skips blank ones.
func (p *parser) readLines(in io.Reader) error {
	lines := textfile.NewLines(in, p.options.Encoding)
	for {
		line, err := lines.NextObject()
		if err == io.EOF {
			return nil
		}
		p.line = lines.Number()
		if err == nil {
			err = p.readObject(line)
		}
		if err != nil {
			return err
		}
	}
}

func (p *parser) readObject(line string) error {
	o, err := comments.ParseObject(line)
	if err != nil {
		return err
	}
	c, err := o.Comment(p.options.columns())
	if err != nil {
		return err
	}
	label, ok := o.Value(p.options.labels()...)
	switch {
	case !ok && p.options.LabelColumn != "":
		return fmt.Errorf("has no %q, which --label-column names", p.options.LabelColumn)
	case !ok:
		return fmt.Errorf(`has neither "label" nor "removed"`)
	}
	if err := p.addLabel(label); err != nil {
		return err
	}
	if c.ID == "" {
		c.ID = strconv.Itoa(p.line)
	}
	d := p.data
	d.IDs, d.Texts = append(d.IDs, c.ID), append(d.Texts, c.Text)
	return nil
}
