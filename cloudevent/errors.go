package cloudevent

import (
	"fmt"
	"net/http"
)

// Error is why an event cannot be read. Its message holds nothing of the event's data.
type Error struct {
	Status  int    // of HTTP, with which the event is refused
	Reason  string // in snake_case
	Message string // printable ASCII
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

func badRequest(reason, format string, args ...any) error {
	return &Error{http.StatusBadRequest, reason, fmt.Sprintf(format, args...)}
}

func unsupported(reason, format string, args ...any) error {
	return &Error{http.StatusUnsupportedMediaType, reason, fmt.Sprintf(format, args...)}
}

// Quote returns s as it can stand in a message: quoted, cut to 64 bytes, and with a question mark for every byte that
// is not printable ASCII, or is a quotation mark or a backslash.
func Quote(s string) string {
	const most = 64
	cut := ""
	if len(s) > most {
		s, cut = s[:most], "..."
	}
	out := []byte(s)
	for i, c := range out {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			out[i] = '?'
		}
	}
	return "'" + string(out) + cut + "'"
}
