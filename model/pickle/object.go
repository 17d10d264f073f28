package pickle

import (
	"math"
)

// Attr returns an attribute, and whether it exists.
func (o *Object) Attr(name string) (any, bool) { return o.attributes.Get(name) }

// Has reports whether an attribute exists, even if it is None.
func (o *Object) Has(name string) bool {
	_, ok := o.Attr(name)
	return ok
}

// Attributes returns the names of the attributes, in the order in which they were set.
func (o *Object) Attributes() []string {
	names := make([]string, 0, len(o.attributes.Keys))
	for _, key := range o.attributes.Keys {
		if name, ok := key.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

func (o *Object) typeError(name string, v any, want string) error {
	if v == nil && !o.Has(name) {
		return formatErrorf("%s has no %s: is it fitted?", o.Class, name)
	}
	return formatErrorf("the %s of %s is %s where %s is expected", name, o.Class, Describe(v), want)
}

// Bool returns a truth value, or otherwise if the attribute is missing. As in Python, None and 0 are false.
func (o *Object) Bool(name string, fallback bool) (bool, error) {
	v, ok := o.Attr(name)
	if !ok {
		return fallback, nil
	}
	switch v := v.(type) {
	case bool:
		return v, nil
	case nil:
		return false, nil
	}
	if f, ok := Number(v); ok {
		return f != 0, nil
	}
	return fallback, o.typeError(name, v, "True or False")
}

// Number returns a number, or otherwise if the attribute is None or missing.
func (o *Object) Number(name string, fallback float64) (float64, error) {
	v, _ := o.Attr(name)
	if v == nil {
		return fallback, nil
	}
	f, ok := Number(v)
	if !ok {
		return fallback, o.typeError(name, v, "a number")
	}
	return f, nil
}

// Int returns a whole number, or otherwise if the attribute is None or missing.
func (o *Object) Int(name string, fallback int) (int, error) {
	f, err := o.Number(name, float64(fallback))
	if err != nil {
		return fallback, err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		v, _ := o.Attr(name)
		return fallback, o.typeError(name, v, "a whole number")
	}
	return int(f), nil
}

// Text returns a text, or otherwise if the attribute is None or missing.
func (o *Object) Text(name, fallback string) (string, error) {
	v, _ := o.Attr(name)
	if v == nil {
		return fallback, nil
	}
	s, ok := v.(string)
	if !ok {
		return fallback, o.typeError(name, v, "a text")
	}
	return s, nil
}

// Array returns an array.
func (o *Object) Array(name string) (*Array, error) {
	v, _ := o.Attr(name)
	array, ok := v.(*Array)
	if !ok {
		return nil, o.typeError(name, v, "an array")
	}
	return array, nil
}

// Floats returns the numbers of an array, row by row, and its shape.
func (o *Object) Floats(name string) (values []float64, shape []int, err error) {
	array, err := o.Array(name)
	if err != nil {
		return nil, nil, err
	}
	if values, err = array.Floats(); err == errTooManyReads {
		return nil, nil, err
	} else if err != nil {
		return nil, nil, o.typeError(name, array, "an array of numbers")
	}
	return values, array.Shape, nil
}

// Ints returns the whole numbers of an array, row by row, and its shape.
func (o *Object) Ints(name string) (values []int64, shape []int, err error) {
	array, err := o.Array(name)
	if err != nil {
		return nil, nil, err
	}
	if values, err = array.Ints(); err == errTooManyReads {
		return nil, nil, err
	} else if err != nil {
		return nil, nil, o.typeError(name, array, "an array of whole numbers")
	}
	return values, array.Shape, nil
}

// Bools returns the truth values of an array.
func (o *Object) Bools(name string) ([]bool, error) {
	values, _, err := o.Floats(name)
	if err != nil {
		return nil, err
	}
	out := make([]bool, len(values))
	for i, v := range values {
		out[i] = v != 0
	}
	return out, nil
}

// Object returns an attribute that is an object.
func (o *Object) Object(name string) (*Object, error) {
	v, _ := o.Attr(name)
	inner, ok := v.(*Object)
	if !ok {
		return nil, o.typeError(name, v, "an object")
	}
	return inner, nil
}

// Dict returns an attribute that is a dict.
func (o *Object) Dict(name string) (*Dict, error) {
	v, _ := o.Attr(name)
	d, ok := v.(*Dict)
	if !ok {
		return nil, o.typeError(name, v, "a dict")
	}
	return d, nil
}

// Values returns the elements of an attribute that is a list, a tuple, a set or an array (row by row).
func (o *Object) Values(name string) ([]any, error) {
	v, _ := o.Attr(name)
	items, ok := Values(v)
	if !ok {
		return nil, o.typeError(name, v, "a list")
	}
	return items, nil
}

// Values returns the elements of a list, a tuple, a set or an array.
func Values(v any) ([]any, bool) {
	switch v := v.(type) {
	case *List:
		return v.Items, true
	case Tuple:
		return v, true
	case *Set:
		return v.Items, true
	case *Array:
		if v.chargeElements() != nil {
			return nil, false
		}
		return v.Values(), true
	}
	return nil, false
}

// Objects returns the elements of such an attribute if all are objects.
func (o *Object) Objects(name string) ([]*Object, error) {
	items, err := o.Values(name)
	if err != nil {
		return nil, err
	}
	out := make([]*Object, len(items))
	for i, item := range items {
		inner, ok := item.(*Object)
		if !ok {
			return nil, o.typeError(name, item, "a list of objects")
		}
		out[i] = inner
	}
	return out, nil
}

// Number returns an int, float or bool as a float64.
func Number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
