package cloudevent

import (
	"fmt"
	"net/http"
)

// Error says why an event cannot be read. Its message contains nothing of the event's data.
type Error struct {
	Status  int    // HTTP status for the refusal, 400 or 415
	Reason  string // kind of error, in snake_case
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

// Quote returns s in single quotes for a message, truncated to 64 bytes. Bytes that are not printable ASCII, double
// quotes and backslashes become question marks.
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
