package local

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/eventing"
)

// Answer is a record of the output or the error topic, and what it says.
type Answer struct {
	Record *kgo.Record
	Of     string            // id of the event that it answers
	Text   string            // start of the comment, where it passed through the source
	Proba  [][]float64       // per comment, the probability of each class; nil for a dead letter
	Dead   *eventing.Refusal // nil for a prediction
}

// Key names what was answered: the record's key, or else the event's id.
func (a Answer) Key() string {
	if len(a.Record.Key) > 0 {
		return string(a.Record.Key)
	}
	return a.Of
}

// ReadAnswer reads a record. What it cannot make sense of it leaves empty: the topics may hold anything.
func ReadAnswer(r *kgo.Record) Answer {
	e, err := eventing.Unpack(r)
	switch {
	case err != nil:
		return Answer{Record: r}
	case e.IsDead():
		refusal := e.Refusal()
		return Answer{Record: r, Of: e.ID(), Dead: &refusal}
	}
	return Answer{Record: r, Of: e.Attributes["causationid"], Proba: proba(r.Value)}
}

// proba finds the probabilities in any of the shapes that the function answers in.
func proba(value []byte) [][]float64 {
	var v struct {
		Data        struct{ NDArray [][]float64 }
		Predictions [][]float64
		Outputs     []struct {
			Name string
			Data []float64
		}
	}
	if json.Unmarshal(value, &v) != nil {
		return nil
	}
	switch {
	case v.Data.NDArray != nil:
		return v.Data.NDArray
	case v.Predictions != nil:
		return v.Predictions
	}
	var rows [][]float64
	for _, out := range v.Outputs {
		for i := 0; out.Name == "proba" && i+1 < len(out.Data); i += 2 {
			rows = append(rows, out.Data[i:i+2])
		}
	}
	return rows
}

// String is the answer on one line: key, probability of removal or the reason of the refusal, start of the text.
func (a Answer) String() string {
	const columns = "%-12s  %-26s  %s"
	if a.Dead != nil {
		detail := a.Dead.Message
		if a.Text != "" {
			detail += "  [" + a.Text + "]"
		}
		return strings.TrimRight(fmt.Sprintf(columns, a.Key(), "refused: "+a.Dead.Reason, detail), " ")
	}
	var removed []string
	for _, p := range a.Proba {
		if len(p) == 2 {
			removed = append(removed, fmt.Sprintf("%.3f", p[1]))
		}
	}
	said := "removed with p " + strings.Join(removed, ", ")
	if len(removed) == 0 {
		said = "answered"
	}
	return strings.TrimRight(fmt.Sprintf(columns, a.Key(), said, a.Text), " ")
}

// snippet is the start of what a record of the input topic says.
func snippet(value []byte) string {
	var v struct {
		Data    struct{ NDArray []any }
		StrData string
		Body    string
	}
	text := string(value)
	if json.Unmarshal(value, &v) == nil {
		switch {
		case v.StrData != "":
			text = v.StrData
		case v.Body != "":
			text = v.Body
		case len(v.Data.NDArray) > 0:
			if s, ok := v.Data.NDArray[0].(string); ok {
				text = s
			}
		}
	}
	const length = 60
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text[:min(len(text), 8*length)], "")), " ")
	if runes := []rune(text); len(runes) > length {
		return string(runes[:length-1]) + "…"
	}
	return text
}
