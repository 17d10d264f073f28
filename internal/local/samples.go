package local

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// samples are comments written for this project. Among them is what the original dropped without a word: an emoji and
// curly quotes, which are answered, and broken JSON, an empty value and numbers, which are refused with the reason.
//
//go:embed samples.jsonl
var samples string

// Message is a record for the input topic.
type Message struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Samples returns the records that are fed when there is no input.
func Samples() []Message {
	var all []Message
	for line := range strings.Lines(samples) {
		var m Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			panic("samples.jsonl: " + err.Error()) // it is part of the program, and a test reads it
		}
		all = append(all, m)
	}
	return all
}

// NewMessage makes the record of a comment, as the original takes it.
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
		panic(err) // a string always has an encoding
	}
	return Message{Key: id, Value: strings.TrimSuffix(b.String(), "\n")}
}
