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

// Error is why an event was not answered with a prediction. Neither its message nor its reason ever holds text of a
// comment, so both may be logged, sent to a dead letter topic and shown.
type Error struct {
	// Code is the HTTP status that says who has to act: 4xx the sender (the event is dead-lettered at once by a
	// KafkaSource), 503 nobody (it is delivered again), 500 us.
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

// AsError returns err as an *Error. Any other error than this program's own kinds is a bug and becomes a 500.
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

// body returns the error as the one line of ASCII that answers have, which a KafkaSource puts in knativeerrordata.
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

// interrupted returns why ctx is done: the *Error that is its cause, or else that the sender is gone.
func interrupted(ctx context.Context) error {
	if e := (*Error)(nil); errors.As(context.Cause(ctx), &e) {
		return e
	}
	return unavailable("canceled", "the sender went away before the answer")
}
