package dataset

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"reddit-classifier/model/head"
)

// Classes are those of a model that was not trained here. Its texts are UTF-8 in files of any kind, and their labels
// are names of its classes: numbers, strings or booleans. Of a multilabel model a label is a list of them, as JSON.
type Classes struct {
	Names      []head.Class
	Multilabel bool
}

// ReadClasses reads the files as Read does, with labels that are the names of classes. Labels has their numbers, Sets
// those of a multilabel model.
func ReadClasses(stdin io.Reader, classes Classes, paths ...string) (*Dataset, error) {
	return read(stdin, &classes, paths)
}

// one finds the class that a cell of a table or a JSON value names.
func (c *Classes) one(name string) (int, error) {
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

// several finds the classes that a JSON list names, and returns for each class whether it is among them.
func (c *Classes) several(list string) ([]bool, error) {
	var values []json.RawMessage
	if err := json.Unmarshal([]byte(list), &values); err != nil {
		return nil, fmt.Errorf("the label %.40q is not a JSON list of classes, as a multilabel model needs", list)
	}
	set := make([]bool, len(c.Names))
	for _, v := range values {
		k, err := c.one(plain(v))
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
	switch c := p.classes; {
	case c == nil:
		y, err = label(name)
	case c.Multilabel:
		var set []bool
		set, err = c.several(name)
		p.data.Sets = append(p.data.Sets, set)
	default:
		y, err = c.one(name)
	}
	p.data.Labels = append(p.data.Labels, y)
	return err
}

// asUTF8 returns the field of a table, whose bytes were read as one character each, as UTF-8.
func asUTF8(field string) (string, error) {
	b := make([]byte, 0, len(field))
	for _, r := range field {
		b = append(b, byte(r))
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%.40q is not UTF-8, which the texts of this model are", field)
	}
	return string(b), nil
}
