package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// Error says why a request was not answered with a prediction. Its message and its reason never contain text of a
// comment, so both may be logged, sent to a dead letter topic and shown.
type Error struct {
	// Code is the HTTP status. 4xx: the sender has to act, and a KafkaSource dead-letters the event at once. 503: nobody
	// has to act, the event is delivered again. 500: a bug.
	Code int
	// Reason identifies the kind of error, in snake_case; the package comment lists all.
	Reason string
	// Message says what is wrong, in printable ASCII.
	Message string

	cause error // for the log
}

// Unwrap returns the cause of the error, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Error returns the message and the reason.
func (e *Error) Error() string { return e.Message + " (" + e.Reason + ")" }

// AsError returns err as an *Error. Errors of the packages cloudevent and jsonscan keep their reason; any other error
// is a bug and becomes a 500, internal_error.
func AsError(err error) *Error {
	if known := (*Error)(nil); errors.As(err, &known) {
		return known
	}
	if event := (*cloudevent.Error)(nil); errors.As(err, &event) {
		return &Error{Code: event.Status, Reason: event.Reason, Message: event.Message}
	}
	if syntax := (*jsonscan.Error)(nil); errors.As(err, &syntax) {
		return &Error{Code: http.StatusBadRequest, Reason: syntax.Reason, Message: syntax.Message}
	}
	return &Error{http.StatusInternalServerError, "internal_error", "the function failed; its log has the cause", err}
}

// body returns the error as one line of ASCII JSON, which a KafkaSource copies into knativeerrordata.
func (e *Error) body() []byte {
	b, _ := json.Marshal(struct {
		Error  string `json:"error"`
		Reason string `json:"reason"`
	}{e.Message, e.Reason})
	return b
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

// interrupted returns the error for a done ctx: the *Error that is its cause, or canceled.
func interrupted(ctx context.Context) error {
	if e := (*Error)(nil); errors.As(context.Cause(ctx), &e) {
		return e
	}
	return unavailable("canceled", "the sender went away before the answer")
}
