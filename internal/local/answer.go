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
	Record   *kgo.Record
	EventID  string            // id of the event that it answers
	Text     string            // start of the comment; empty if the event did not come through the source
	Comments []string          // comments of the event, if it came through the source and Config.Comments is set
	Rows     [][]float64       // by comment, the probability of each class, or the decision function
	Labels   [][]string        // by comment, its labels, if the answer has them
	Refusal  *eventing.Refusal // nil for a prediction
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
	} else {
		a.Labels = labelTags(r.Value)
	}
	return a
}

// labelTags returns the labels in the tags of an answer. The function adds them if LABELS is set.
func labelTags(value []byte) (labels [][]string) {
	var v struct {
		Meta struct{ Tags struct{ Labels []any } }
	}
	if json.Unmarshal(value, &v) != nil {
		return nil
	}
	for _, label := range v.Meta.Tags.Labels {
		var names []string
		switch label := label.(type) {
		case string:
			names = []string{label}
		case []any:
			for _, name := range label {
				names = append(names, fmt.Sprint(name))
			}
		}
		labels = append(labels, names)
	}
	return labels
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
	for i, row := range a.Rows {
		if i < len(a.Labels) {
			verdicts = append(verdicts, formatLabels(a.Labels[i], m, row))
			continue
		}
		var comment *string
		if len(a.Comments) == len(a.Rows) {
			comment = &a.Comments[i]
		}
		verdicts = append(verdicts, verdict(m, row, comment))
	}
	for _, labels := range a.Labels[min(len(a.Labels), len(a.Rows)):] {
		verdicts = append(verdicts, formatLabels(labels, m, nil))
	}
	if len(verdicts) == 0 {
		verdicts = []string{"answered"}
	}
	return strings.TrimRight(fmt.Sprintf(columns, a.Key(), strings.Join(verdicts, ", "), a.Text), " ")
}

// verdict formats the class that the model predicts for a comment, with its number in the answer: removed 0.896. For a
// multilabel model it formats each label.
func verdict(m *model.Model, row []float64, comment *string) string {
	labels, _ := Labels(m, row, comment)
	if labels == nil && !m.IsMultilabel() {
		return "answered"
	}
	names := make([]string, len(labels))
	for i, label := range labels {
		names[i] = m.Names()[label]
	}
	return formatLabels(names, m, row)
}

// formatLabels formats labels, each with its probability or decision value.
func formatLabels(labels []string, m *model.Model, row []float64) string {
	if len(labels) == 0 {
		return "none"
	}
	names := m.Names()
	formatted := make([]string, len(labels))
	for i, label := range labels {
		formatted[i] = label
		switch class := slices.Index(names, label); {
		case len(row) == 1 && len(names) == 2:
			formatted[i] = fmt.Sprintf("%s %+.3f", label, row[0])
		case class >= 0 && len(row) == len(names):
			formatted[i] = fmt.Sprintf("%s %.3f", label, row[class])
		}
	}
	return strings.Join(formatted, "+")
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
