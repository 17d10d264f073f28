package eventing

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// Refusal is why an event was dead-lettered.
type Refusal struct {
	Code    string // HTTP status; empty if there was no answer
	Reason  string // the function's reason, in snake_case; if it gave none, status_CODE or no_answer
	Message string
}

// IsDeadLetter reports whether e is a dead letter.
func (e Event) IsDeadLetter() bool { return e.Attributes[ErrorDest] != "" }

// Refusal returns why a dead letter was refused, from the extensions that the source added to it.
func (e Event) Refusal() Refusal {
	r := Refusal{Code: e.Attributes[ErrorCode]}
	body, _ := base64.StdEncoding.DecodeString(e.Attributes[ErrorData])
	var answer struct{ Error, Reason string }
	if json.Unmarshal(body, &answer) == nil {
		r.Reason, r.Message = answer.Reason, answer.Error
	} else {
		r.Message = strings.TrimSpace(string(body))
	}
	switch {
	case r.Reason != "":
	case r.Code != "":
		r.Reason = "status_" + r.Code
	default:
		r.Reason = "no_answer"
	}
	return r
}
