package pickle

import (
	"fmt"
	"math/big"
	"strings"
)

// The values in a pickle. Other than these types, None is nil, a bool is a bool, an int is an int64 or, if it does not
// fit, a *big.Int, a float is a float64, and a str is a string (as is a str of Python 2, byte for byte). A lone
// surrogate in a str is encoded like other characters, in three bytes that are not valid UTF-8.
type (
	Bytes []byte // bytes or bytearray
	Tuple []any
	List  struct{ Items []any }
	Set   struct{ Items []any } // set or frozenset
	// Dict keeps the order of insertion, as Python's does. Of several pairs with the same key the last counts.
	Dict struct{ Keys, Values []any }
	// Global is the name of a class or function.
	Global struct{ Module, Name string }
	// Module is the name of a module, as dill and cloudpickle write it.
	Module struct{ Name string }
	// Function is a function that dill or cloudpickle wrote by value.
	Function struct {
		Name string
		code *code
	}
	// Object is an object of any class, or the result of any function: the class or function, its arguments, and what was
	// set on the result.
	Object struct {
		Module, Class string
		Args          Tuple
		// State is the argument of BUILD if it is not a dict of attributes.
		State any
		// Items and Entries are the elements of an object whose class is derived from list, set or dict.
		Items   []any
		Entries Dict

		attributes Dict
	}
)

func (d *Dict) set(key, value any) {
	d.Keys = append(d.Keys, key)
	d.Values = append(d.Values, value)
}

// Get returns the last value stored under a text key.
func (d *Dict) Get(key string) (any, bool) {
	for i := len(d.Keys) - 1; i >= 0; i-- {
		if k, ok := d.Keys[i].(string); ok && k == key {
			return d.Values[i], true
		}
	}
	return nil, false
}

// String returns the qualified name, module.name.
func (g *Global) String() string { return qualified(g.Module, g.Name) }

// String returns the qualified name of the class or function.
func (o *Object) String() string { return qualified(o.Module, o.Class) }

func qualified(module, name string) string {
	if module == "" {
		return name
	}
	return module + "." + name
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// Describe names a value in an error.
func Describe(v any) string {
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
	case Bytes:
		return "bytes"
	case *big.Int:
		return "a large integer"
	case Tuple:
		return "a tuple"
	case *List:
		return "a list"
	case *Dict:
		return "a dict"
	case *Set:
		return "a set"
	case *Global:
		return v.String()
	case *Function:
		return "the function " + v.Name
	case *Module:
		return "the module " + v.Name
	case *Object:
		return "an object of class " + v.String()
	case *Array:
		return "an array"
	case *DType:
		return "the dtype " + v.String()
	}
	return "something else"
}
