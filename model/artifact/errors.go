package artifact

import "fmt"

// FormatError says that the bytes are not an intact artifact.
type FormatError string

func (e FormatError) Error() string { return string(e) }

// UnsupportedError says that the artifact is intact but cannot be used: it has a newer format, an unknown required
// section, or no signature of the given key.
type UnsupportedError string

func (e UnsupportedError) Error() string { return string(e) }

// FormatErrorf returns a [FormatError].
func FormatErrorf(format string, args ...any) error { return FormatError(fmt.Sprintf(format, args...)) }

// UnsupportedErrorf returns an [UnsupportedError].
func UnsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}
