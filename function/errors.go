package function

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is why an event was not answered with a prediction. Neither its message nor its reason ever holds text of a comment,
// so both may be logged, sent to a dead letter topic and shown.
type Error struct {
	// Code is the HTTP status that says who has to act: 4xx the sender (the event is dead-lettered at once by a KafkaSource),
	// 503 nobody (it is delivered again), 500 us.
	Code int
	// Reason is the machine's word for it, in snake_case.
	Reason string
	// Message is printable ASCII and says what is wrong.
	Message string
}

// Error returns message and reason.
func (e *Error) Error() string { return e.Message + " (" + e.Reason + ")" }

// AsError returns err as an *Error; one that is of no known kind is our own bug and becomes a 500.
func AsError(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return &Error{http.StatusInternalServerError, "internal_error", "the function failed; its log has the cause"}
}

func badRequest(reason, format string, args ...any) *Error {
	return &Error{http.StatusBadRequest, reason, fmt.Sprintf(format, args...)}
}

func unprocessable(reason, format string, args ...any) *Error {
	return &Error{http.StatusUnprocessableEntity, reason, fmt.Sprintf(format, args...)}
}

func unsupported(reason, format string, args ...any) *Error {
	return &Error{http.StatusUnsupportedMediaType, reason, fmt.Sprintf(format, args...)}
}

func tooLarge(reason, format string, args ...any) *Error {
	return &Error{http.StatusRequestEntityTooLarge, reason, fmt.Sprintf(format, args...)}
}

func unavailable(reason, format string, args ...any) *Error {
	return &Error{http.StatusServiceUnavailable, reason, fmt.Sprintf(format, args...)}
}

// printable returns s quoted, cut to 64 bytes and with every byte that is not plain ASCII shown as a question mark, so that
// what a sender wrote in an attribute can stand in a message.
func printable(s string) string {
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
