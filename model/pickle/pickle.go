// Package pickle reads pickles without executing anything in them.
//
// A pickle is a program for a small stack machine (Python's pickletools module documents it opcode by opcode). Python's
// own machine imports and calls whatever the program names, so reading a pickle with Python runs it. The machine here
// calls nothing. It builds plain data, of the types in value.go. For a few functions, listed in calls.go, it knows the
// result: NumPy's arrays, dtypes and scalars, sets, bytes, and the functions that dill and cloudpickle write by value,
// whose code is compared with that of the identity function and never run. An object of any other class, and a call of
// any other function, becomes an [Object] that names it. A pickle that would call what attacks call, such as os.system,
// is refused.
//
// The package reads protocols 0 to 5; files of pickle, joblib (also compressed), dill, cloudpickle and skops; arrays in
// little or big endian and in C or Fortran order.
//
// An error is a [FormatError] if the bytes are not a pickle or a value is not what it should be, and an
// [UnsupportedError] if the pickle holds something that this package cannot represent.
package pickle

import "fmt"

// FormatError says that the bytes are not a pickle of a fitted model: they are truncated, damaged or inconsistent.
type FormatError string

func (e FormatError) Error() string { return "pickle: " + string(e) }

// UnsupportedError says that the pickle is valid but holds something that is refused or cannot be represented.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "pickle: " + string(e) }

func formatErrorf(format string, args ...any) error {
	return FormatError(fmt.Sprintf(format, args...))
}

func unsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}
