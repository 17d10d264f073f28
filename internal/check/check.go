// Package check compares a model's answers with those of another program, such as the user's own Python.
package check

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// maxLine is the maximum size of a line in bytes.
const maxLine = 64 << 20

// Read reads lines of JSON: {"text", "proba" or "decision", "label"}. A decision is one number or a list of numbers,
// and a label one value or, for a multilabel model, a list. A line must have a text and at least one of the others.
func Read(r io.Reader) ([]model.Vector, error) {
	var vectors []model.Vector
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff"))) // programs on Windows write a byte order mark
		if len(line) == 0 {
			continue
		}
		v, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		vectors = append(vectors, v)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(vectors) == 0 {
		return nil, errors.New(`there is no line in it: give lines of {"text", "proba" or "decision", "label"}`)
	}
	return vectors, nil
}

func parse(line []byte) (model.Vector, error) {
	var fields struct {
		Text     *string         `json:"text"`
		Proba    []float64       `json:"proba"`
		Decision json.RawMessage `json:"decision"`
		Label    json.RawMessage `json:"label"`
	}
	if err := json.Unmarshal(line, &fields); err != nil {
		return model.Vector{}, lineError(err)
	}
	if fields.Text == nil {
		return model.Vector{}, errors.New(`"text" is missing`)
	}
	v := model.Vector{Text: *fields.Text, Proba: fields.Proba}
	if fields.Decision != nil {
		if json.Unmarshal(fields.Decision, &v.Decision) != nil {
			v.Decision = make([]float64, 1)
			if err := json.Unmarshal(fields.Decision, &v.Decision[0]); err != nil {
				return model.Vector{}, errors.New(`"decision" is neither a number nor a list of numbers`)
			}
		}
	}
	if fields.Label != nil {
		if fields.Label[0] == '[' {
			v.Labels = []head.Class{}
			if err := json.Unmarshal(fields.Label, &v.Labels); err != nil {
				return model.Vector{}, fmt.Errorf(`"label": %w`, err)
			}
		} else {
			v.Label = &head.Class{}
			if err := json.Unmarshal(fields.Label, v.Label); err != nil {
				return model.Vector{}, fmt.Errorf(`"label": %w`, err)
			}
		}
	}
	if v.Proba == nil && v.Decision == nil && v.Label == nil && v.Labels == nil {
		return model.Vector{}, errors.New(`the line has none of "proba", "decision" and "label" to compare with`)
	}
	return v, nil
}

// lineError rewrites an error of encoding/json in plain words.
func lineError(err error) error {
	var bad *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &bad):
		return fmt.Errorf(`not an object with "text", "proba" or "decision", "label": %w`, err)
	case bad.Field == "":
		return fmt.Errorf(`not an object with "text", "proba" or "decision", "label", but %s`, bad.Value)
	case bad.Field == "text":
		return fmt.Errorf(`"text" is not a string, but %s`, bad.Value)
	}
	return fmt.Errorf(`%q is not a list of numbers, but has %s`, bad.Field, bad.Value)
}

// Result is the result of a comparison.
type Result struct {
	Texts   int
	Largest float64 // largest difference between two numbers, relative for numbers above 1
	Differ  []int   // indices of the texts whose numbers differ by more than model.Tolerance, or whose labels differ
}

// Compare predicts the text of each vector and compares the answers.
func Compare(m *model.Model, vectors []model.Vector) Result {
	r := Result{Texts: len(vectors)}
	for i, v := range vectors {
		difference, same := m.Compare(v)
		r.Largest = max(r.Largest, difference)
		if difference > model.Tolerance || !same {
			r.Differ = append(r.Differ, i)
		}
	}
	return r
}

// Sample returns at most n of the vectors, evenly spread.
func Sample(vectors []model.Vector, n int) []model.Vector {
	if len(vectors) <= n {
		return vectors
	}
	sample := make([]model.Vector, n)
	for i := range sample {
		sample[i] = vectors[i*len(vectors)/n]
	}
	return sample
}
