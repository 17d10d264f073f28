package local

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/deadletter"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/model"
)

// Answer is a record of the output topic or of the error topic.
type Answer struct {
	Record  *kgo.Record
	EventID string            // id of the event that it answers
	Text    string            // start of the comment; empty if the event did not come through the source
	Rows    [][]float64       // by comment, the probability of each class, or the decision function
	Labels  [][]string        // by comment, its labels, if the answer has no numbers
	Refusal *eventing.Refusal // nil for a prediction
}

// Key returns the key of the record or, if it has none, the id of the event.
func (a Answer) Key() string {
	if len(a.Record.Key) > 0 {
		return string(a.Record.Key)
	}
	return a.EventID
}

// ReadAnswer reads a record of the output topic or of the error topic. Of a record that is neither a prediction nor a
// dead letter it reads what it can.
func ReadAnswer(r *kgo.Record) Answer {
	if l, ok := deadletter.Read(r); ok {
		return Answer{Record: r, EventID: l.Origin, Refusal: &l.Refusal}
	}
	e, err := eventing.Unpack(r)
	if err != nil {
		return Answer{Record: r}
	}
	a := Answer{Record: r, EventID: e.Attributes["causationid"], Rows: rows[float64](r.Value)}
	if a.Rows == nil {
		a.Labels = rows[string](r.Value)
	}
	return a
}

// rows returns the numbers or the labels of each comment in an answer of any of the function's formats.
func rows[T float64 | string](value []byte) [][]T {
	var v struct {
		Data        struct{ NDArray [][]T }
		Predictions [][]T
		Outputs     []struct {
			Name  string
			Shape []int
			Data  []T
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
	var rows [][]T
	for _, out := range v.Outputs {
		if !slices.Contains([]string{"proba", "decision", "label"}, out.Name) || len(out.Shape) != 2 || out.Shape[1] < 1 {
			continue
		}
		for width, data := out.Shape[1], out.Data; len(data) >= width; data = data[width:] {
			rows = append(rows, data[:width])
		}
	}
	return rows
}

// Line formats the answer on one line: the key, then the class of each comment with its probability or the reason of
// the refusal, then the start of the text. The model m is the one that answered.
func (a Answer) Line(m *model.Model) string {
	const columns = "%-12s  %-26s  %s"
	if a.Refusal != nil {
		detail := a.Refusal.Message
		if a.Text != "" {
			detail += "  [" + a.Text + "]"
		}
		return strings.TrimRight(fmt.Sprintf(columns, a.Key(), "refused: "+a.Refusal.Reason, detail), " ")
	}
	var verdicts []string
	for _, row := range a.Rows {
		verdicts = append(verdicts, verdict(m, row))
	}
	for _, labels := range a.Labels {
		verdicts = append(verdicts, strings.Join(labels, "+"))
	}
	if len(verdicts) == 0 {
		verdicts = []string{"answered"}
	}
	return strings.TrimRight(fmt.Sprintf(columns, a.Key(), strings.Join(verdicts, ", "), a.Text), " ")
}

// verdict formats the class of a comment with its probability or its value of the decision function: removed 0.896. For
// a multilabel model it formats every label that is more probable than not.
func verdict(m *model.Model, row []float64) string {
	names := m.Names()
	switch {
	case m.IsMultilabel() && len(row) == len(names):
		limit := 0.0 // of the decision function
		if m.HasProba() {
			limit = 0.5
		}
		var labels []string
		for i, v := range row {
			if v > limit {
				labels = append(labels, fmt.Sprintf("%s %.3f", names[i], v))
			}
		}
		if labels == nil {
			return "none"
		}
		return strings.Join(labels, "+")
	case m.HasProba() && len(row) == 2 && len(names) == 2:
		label := m.Decide([2]float64(row))
		return fmt.Sprintf("%s %.3f", names[label], row[label])
	case len(row) == 1 && len(names) == 2:
		label := 0
		if row[0] > 0 {
			label = 1
		}
		return fmt.Sprintf("%s %+.3f", names[label], row[0])
	case len(row) == len(names) && len(row) > 0:
		top := 0
		for i, v := range row {
			if v > row[top] {
				top = i
			}
		}
		return fmt.Sprintf("%s %.3f", names[top], row[top])
	}
	return "answered"
}

// snippet returns the start of the text in a record of the input topic.
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
