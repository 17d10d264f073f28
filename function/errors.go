package function

import (
	"context"
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

	cause error // for the log
}

// Unwrap returns what caused the error, if that is known.
func (e *Error) Unwrap() error { return e.cause }

// Error returns message and reason.
func (e *Error) Error() string { return e.Message + " (" + e.Reason + ")" }

// AsError returns err as an *Error; one that is of no known kind is our own bug and becomes a 500.
func AsError(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return &Error{http.StatusInternalServerError, "internal_error", "the function failed; its log has the cause", err}
}

func badRequest(reason, format string, args ...any) *Error {
	return &Error{Code: http.StatusBadRequest, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func unprocessable(reason, format string, args ...any) *Error {
	return &Error{Code: http.StatusUnprocessableEntity, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func unsupported(reason, format string, args ...any) *Error {
	return &Error{Code: http.StatusUnsupportedMediaType, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func tooLarge(reason, format string, args ...any) *Error {
	return &Error{Code: http.StatusRequestEntityTooLarge, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func unavailable(reason, format string, args ...any) *Error {
	return &Error{Code: http.StatusServiceUnavailable, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// printable returns s quoted, cut to 64 bytes and with every byte that is not plain ASCII shown as a question mark, so that
// what a sender wrote in an attribute can stand in a message.
// interrupted returns why ctx is done: the *Error that is its cause, or else that the sender is gone.
func interrupted(ctx context.Context) error {
	if e := (*Error)(nil); errors.As(context.Cause(ctx), &e) {
		return e
	}
	return unavailable("canceled", "the sender went away before the answer")
}

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
