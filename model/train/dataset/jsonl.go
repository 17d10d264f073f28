package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"reddit-classifier/internal/textfile"
)

// lines reads JSON lines, however long they are; blank ones are passed over.
func (p *parser) lines(in io.Reader) error {
	lines := textfile.NewLines(in, textfile.UTF8)
	for {
		line, err := lines.NextObject()
		if err == io.EOF {
			return nil
		}
		p.line = lines.Number()
		if err == nil {
			err = p.object([]byte(line))
		}
		if err != nil {
			return err
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
