package pickle

import (
	"fmt"
	"strings"
)

// What the machine builds. Python's None is Go's nil; True and False are bool; an int is an int64 or, beyond that, a bigInt; a
// float is a float64; a str is a string (so is a Python 2 str, with its bytes as they are).
type (
	rawBytes []byte
	bigInt   struct{}
	tuple    []any
	list     struct{ items []any }
	// set keeps nothing: the only set in such a pickle, stop_words_, is the largest thing in it and of no use.
	set struct{}
	// opaque stands for something allowed that nothing is wanted from: a random state, a closure's cell.
	opaque struct{ what string }
	// global is a name that the program looked up.
	global struct{ module, name string }
	// function is one that dill wrote by value.
	function struct{ code *code }
	module   struct{ name string }
	object   struct {
		class string
		state *dict
	}
)

// code is what matters of a Python code object.
type code struct {
	args, locals, stack int64
	bytecode            []byte
	names, consts       int
}

// dict keeps the order of insertion, as Python's does; a later pair with the same key wins.
type dict struct{ keys, values []any }

func (d *dict) set(key, value any) {
	d.keys = append(d.keys, key)
	d.values = append(d.values, value)
}

// get returns the last value stored under a text key.
func (d *dict) get(key string) (any, bool) {
	for i := len(d.keys) - 1; i >= 0; i-- {
		if k, ok := d.keys[i].(string); ok && k == key {
			return d.values[i], true
		}
	}
	return nil, false
}

func (g *global) String() string { return g.module + "." + g.name }

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// describe names a value for an error.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64, float64:
		return fmt.Sprint(v)
	case string:
		return fmt.Sprintf("%.40q", v)
	case rawBytes:
		return "bytes"
	case bigInt:
		return "a large integer"
	case tuple:
		return "a tuple"
	case *list:
		return "a list"
	case *dict:
		return "a dict"
	case *set:
		return "a set"
	case *global:
		return v.String()
	case *function:
		return "a function"
	case *module:
		return "the module " + v.name
	case *object:
		return "an object of class " + v.class
	case *ndarray:
		return "an array"
	case *dtype:
		return fmt.Sprintf("the dtype %c%d", v.kind, v.width)
	case *opaque:
		return v.what
	}
	return "something else"
}
