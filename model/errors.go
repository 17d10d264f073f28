package model

import "fmt"

// FormatError says that the bytes are not an intact artifact.
type FormatError string

func (e FormatError) Error() string { return "model: " + string(e) }

// UnsupportedError says that the artifact is intact but needs something that this program does not have: a newer format, a
// section it does not know, a signature of another key.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "model: " + string(e) }

func formatErrorf(format string, args ...any) error { return FormatError(fmt.Sprintf(format, args...)) }

func unsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}
