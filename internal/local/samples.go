package local

import (
	_ "embed"
	"encoding/json"
	"io"
	"strings"
)

// samples are comments written for this project. They include records that the original system lost silently: an emoji
// and curly quotes, which are answered, and broken JSON, an empty value and numbers, which are refused with a reason.
//
//go:embed samples.jsonl
var samples string

// RefusedSamples are the keys of the samples that the function refuses.
var RefusedSamples = []string{"broken-json", "empty", "numbers"}

// Message is a record for the input topic.
type Message struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Samples returns the records that are written when no input is given.
func Samples() []Message {
	var all []Message
	for line := range strings.Lines(samples) {
		var m Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			panic("samples.jsonl: " + err.Error()) // unreachable: the file is embedded, and a test reads it
		}
		all = append(all, m)
	}
	return all
}

// Sequence returns a function that returns the messages one after another, and then [io.EOF].
func Sequence(messages ...Message) func() (Message, error) {
	return func() (Message, error) {
		if len(messages) == 0 {
			return Message{}, io.EOF
		}
		m := messages[0]
		messages = messages[1:]
		return m, nil
	}
}

// NewMessage returns the record of a comment, in the format of the original system: {"data":{"ndarray":[text]}}.
func NewMessage(id, text string) Message {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	var v struct {
		Data struct {
			NDArray [1]string `json:"ndarray"`
		} `json:"data"`
	}
	v.Data.NDArray[0] = text
	if err := e.Encode(v); err != nil {
		panic(err) // unreachable: every string can be encoded
	}
	return Message{Key: id, Value: strings.TrimSuffix(b.String(), "\n")}
}
