package artifact

import "fmt"

// FormatError says that the bytes are not an intact artifact.
type FormatError string

func (e FormatError) Error() string { return "model: " + string(e) }

// UnsupportedError says that the artifact is intact but needs something that this program does not have: a newer
// format, a section it does not know, a signature of another key.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "model: " + string(e) }

// FormatErrorf returns a FormatError.
func FormatErrorf(format string, args ...any) error { return FormatError(fmt.Sprintf(format, args...)) }

// UnsupportedErrorf returns an UnsupportedError.
func UnsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}
