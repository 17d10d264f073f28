package dataset

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"reddit-classifier/internal/comments"
	"reddit-classifier/model/head"
)

// Classes are those of a model that was not trained here. Its texts are UTF-8 in files of any kind unless
// Options.Encoding says otherwise. Labels are names of its classes: numbers, strings or booleans. Of a multilabel model
// a label is a list of them, as JSON. Dataset.Labels has the numbers of the classes, Dataset.Sets those of a multilabel
// model.
type Classes struct {
	Names      []head.Class
	Multilabel bool
}

// index finds the class that a cell of a table or a JSON value names.
func (c *Classes) index(name string) (int, error) {
	name = strings.TrimSpace(name)
	for k, class := range c.Names {
		if class.Text == name || class.Kind != head.ClassString && sameValue(class.Text, name) {
			return k, nil
		}
	}
	var known []string
	for _, class := range c.Names {
		known = append(known, class.Text)
	}
	return 0, fmt.Errorf("the label %.40q is none of the model's classes: %.200s", name, strings.Join(known, ", "))
}

// sameValue reports whether two names are those of the same number or boolean.
func sameValue(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return strings.EqualFold(a, b)
	}
	y, err := strconv.ParseFloat(b, 64)
	return err == nil && x == y
}

// indicators finds the classes that a JSON list names, and returns for each class whether it is among them.
func (c *Classes) indicators(list string) ([]bool, error) {
	var values []json.RawMessage
	if err := json.Unmarshal([]byte(list), &values); err != nil {
		return nil, fmt.Errorf("the label %.40q is not a JSON list of classes, as a multilabel model needs", list)
	}
	set := make([]bool, len(c.Names))
	for _, v := range values {
		k, err := c.index(comments.PlainValue(v))
		if err != nil {
			return nil, err
		}
		set[k] = true
	}
	return set, nil
}

// addLabel adds the label of the next comment.
func (p *parser) addLabel(name string) error {
	y := 0
	var err error
	switch c := p.options.Classes; {
	case c == nil:
		y, err = label(name)
	case c.Multilabel:
		var set []bool
		set, err = c.indicators(name)
		p.data.Sets = append(p.data.Sets, set)
	default:
		y, err = c.index(name)
	}
	p.data.Labels = append(p.data.Labels, y)
	return err
}
