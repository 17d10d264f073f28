package dataset

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"reddit-classifier/model/train/dataset/table"
)

// lines reads JSON lines, however long they are; blank ones are passed over.
func (p *parser) lines(in io.Reader) error {
	r := bufio.NewReaderSize(in, 1<<16)
	if err := table.SkipMark(r); err != nil {
		return err
	}
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			p.line = n
			if err := p.object(line); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (p *parser) object(line []byte) error {
	var o struct {
		ID      json.RawMessage `json:"id"`
		Text    *string         `json:"text"`
		Body    *string         `json:"body"`
		Label   json.RawMessage `json:"label"`
		Removed json.RawMessage `json:"removed"`
	}
	if err := json.Unmarshal(line, &o); err != nil {
		return fmt.Errorf(`not a JSON object like {"text":"…","label":1}: %w`, err)
	}
	if o.Text == nil {
		o.Text = o.Body
	}
	if o.Label == nil {
		o.Label = o.Removed
	}
	if o.Text == nil {
		return errors.New(`has neither "text" nor "body"`)
	}
	if o.Label == nil {
		return errors.New(`has neither "label" nor "removed"`)
	}
	if err := p.addLabel(plain(o.Label)); err != nil {
		return err
	}
	id := plain(o.ID)
	if id == "" {
		id = strconv.Itoa(p.line)
	}
	d := p.data
	d.IDs, d.Texts = append(d.IDs, id), append(d.Texts, *o.Text)
	return nil
}

// plain is the text of a JSON string, and any other value as it stands.
func plain(v json.RawMessage) string {
	var s string
	if len(v) > 0 && v[0] == '"' && json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}
