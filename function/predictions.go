package function

import (
	"context"
	"math"
	"strconv"

	"reddit-classifier/cloudevent"
	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// outputForm describes the predictions of a model.
type outputForm struct {
	method    string // scikit-learn's name: predict_proba, or else decision_function, or else predict
	columns   int    // numbers for each comment; 0: labels instead
	classes   []string
	threshold float64 // of the second of two classes; NaN if there is none
	labelSize int     // maximum size of a comment's labels in bytes
	seldon    string  // the beginning of a Seldon answer
}

// outputFormOf returns the form of a model's predictions. A threshold other than NaN replaces the model's own.
func outputFormOf(m *model.Model, threshold float64) outputForm {
	f := outputForm{classes: m.Names(), threshold: m.Threshold()}
	if !math.IsNaN(threshold) {
		f.threshold = threshold
	}
	switch {
	case m.HasProba():
		f.method, f.columns = "predict_proba", len(f.classes)
	case m.HasDecision():
		f.method, f.columns = "decision_function", len(m.AppendDecision(nil, ""))
	default:
		f.method = "predict"
	}
	for _, name := range f.classes {
		if size := len(cloudevent.AppendString(nil, name)) + 1; m.IsMultilabel() {
			f.labelSize += size
		} else {
			f.labelSize = max(f.labelSize, size)
		}
	}
	names := []byte(`{"data":{"names":[`)
	for i := range max(f.columns, 1) {
		if i > 0 {
			names = append(names, ',')
		}
		names = append(append(append(names, `"t:`...), strconv.Itoa(i)...), '"')
	}
	f.seldon = string(names) + `],"ndarray":`
	return f
}

// output returns the name of the Open Inference output.
func (f *outputForm) output() string {
	switch f.method {
	case "predict_proba":
		return "proba"
	case "decision_function":
		return "decision"
	}
	return "label"
}

// datatype returns the type of the Open Inference output.
func (f *outputForm) datatype() string {
	if f.columns > 0 {
		return "FP64"
	}
	return "BYTES"
}

// predictions are the predictions of comments.
type predictions struct {
	one     head.Prediction
	numbers []float64 // form.columns for each comment
	labels  []int     // class numbers, of one comment after another
	ends    []int     // for each comment, the end of its labels
}

// reset empties the predictions and keeps their memory.
func (p *predictions) reset() { p.numbers, p.labels, p.ends = p.numbers[:0], p.labels[:0], p.ends[:0] }

// maxNumbers is the maximum number of numbers in an answer. In memory a number takes eight bytes, as JSON mostly more.
const maxNumbers = maxAnswer / 8

// predict sets p to the predictions of comments.
func (c *classifier) predict(ctx context.Context, p *predictions, comments []string) error {
	if len(comments)*c.form.columns > maxNumbers {
		return errAnswerTooLarge(maxAnswer)
	}
	for _, comment := range comments {
		if ctx.Err() != nil {
			return interrupted(ctx)
		}
		c.model.Predict(comment, &p.one)
		switch c.form.method {
		case "predict_proba":
			p.numbers = append(p.numbers, p.one.Proba...)
		case "decision_function":
			p.numbers = append(p.numbers, p.one.Decision...)
		}
		if c.model.IsMultilabel() {
			p.labels = append(p.labels, p.one.Labels...)
		} else {
			p.labels = append(p.labels, c.label(&p.one))
		}
		p.ends = append(p.ends, len(p.labels))
	}
	return nil
}

// label returns the number of the predicted class.
func (c *classifier) label(p *head.Prediction) int {
	if c.form.threshold == c.model.Threshold() || math.IsNaN(c.form.threshold) {
		return p.Label
	}
	if p.Proba[1] >= c.form.threshold {
		return 1
	}
	return 0
}

// labelsOf returns the labels of the i-th comment.
func (p *predictions) labelsOf(i int) []int {
	begin := 0
	if i > 0 {
		begin = p.ends[i-1]
	}
	return p.labels[begin:p.ends[i]]
}
