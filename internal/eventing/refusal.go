package eventing

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// Refusal is why an event ended in the error topic.
type Refusal struct {
	Code    string // HTTP status, empty when there was no answer
	Reason  string // the function's own code for it, in snake_case; without one, status_CODE or no_answer
	Message string
}

// IsDead tells whether e is a dead letter.
func (e Event) IsDead() bool { return e.Attributes[ErrorDest] != "" }

// Refusal reads what the source added to a dead letter.
func (e Event) Refusal() Refusal {
	f := Refusal{Code: e.Attributes[ErrorCode]}
	body, _ := base64.StdEncoding.DecodeString(e.Attributes[ErrorData])
	var said struct{ Error, Reason string }
	if json.Unmarshal(body, &said) == nil {
		f.Reason, f.Message = said.Reason, said.Error
	} else {
		f.Message = strings.TrimSpace(string(body))
	}
	switch {
	case f.Reason != "":
	case f.Code != "":
		f.Reason = "status_" + f.Code
	default:
		f.Reason = "no_answer"
	}
	return f
}
