// Package pickle reads pickles without executing anything in them.
//
// A pickle is a program for a small stack machine (Python's pickletools module documents it opcode by opcode). Python's
// own machine imports and calls whatever the program names, so reading a pickle there is running it. The machine here
// calls nothing: it builds plain data, see the types in value.go. For a few functions, listed in calls.go, it knows
// what they return: NumPy's arrays, dtypes and scalars, sets, bytes, and the functions that dill and cloudpickle write
// by value, whose code is looked at, to see whether it is the identity, and never run. An object of any other class,
// and a call of any other function, becomes an Object that says which. Only a pickle that wants to call what attacks
// call, such as os.system, is refused whole.
//
// Read are protocols 0 to 5; files of pickle, joblib (compressed too), dill and cloudpickle; little and big endian
// arrays in C or Fortran order.
//
// Errors are of two kinds: FormatError, the bytes are no pickle, or a value is not what it should be, and
// UnsupportedError, they are but hold what this project cannot represent.
package pickle

import "fmt"

// FormatError says that the bytes are not a pickle of such a model: cut short, damaged, inconsistent or unfitted.
type FormatError string

func (e FormatError) Error() string { return "pickle: " + string(e) }

// UnsupportedError says that the pickle is valid but names or holds something that is refused or cannot be represented.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "pickle: " + string(e) }

func formatErrorf(format string, args ...any) error {
	return FormatError(fmt.Sprintf(format, args...))
}

func unsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}
