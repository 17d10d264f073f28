package head

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Class is the name of a class, an element of classes_: a number, a string or a boolean.
type Class struct {
	Kind ClassKind
	Text string // as Python's str prints it: 1, 1.0, spam, True
}

// ClassKind is the type of a class's name.
type ClassKind uint8

// The types that a class's name can have.
const (
	ClassNumber ClassKind = iota
	ClassString
	ClassBool
)

// MarshalJSON encodes the class as a JSON number, string or boolean.
func (c Class) MarshalJSON() ([]byte, error) {
	switch c.Kind {
	case ClassNumber:
		return []byte(c.Text), nil
	case ClassBool:
		return json.Marshal(c.Text == "True")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(c.Text)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// UnmarshalJSON decodes a JSON number, string or boolean. Other values are an error.
func (c *Class) UnmarshalJSON(b []byte) error {
	switch {
	case b[0] == '"':
		c.Kind = ClassString
		return json.Unmarshal(b, &c.Text)
	case string(b) == "true":
		*c = Class{ClassBool, "True"}
	case string(b) == "false":
		*c = Class{ClassBool, "False"}
	case b[0] == '-' || '0' <= b[0] && b[0] <= '9':
		*c = Class{ClassNumber, string(b)}
	default:
		return fmt.Errorf("a class is a number, a string or a boolean")
	}
	return nil
}

// String returns the class as Python's str prints it.
func (c Class) String() string { return c.Text }
