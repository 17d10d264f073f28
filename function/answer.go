package function

import (
	"bytes"
	"math"
	"strconv"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// encode appends the JSON that answers q with predictions of its comments: the record that the original's server gives,
// or that of the protocol asked in.
func (c *classifier) encode(dst []byte, q *request, p *predictions) []byte {
	switch q.shape {
	case kserve:
		dst = append(dst, `{"predictions":`...)
		return append(c.appendRows(dst, q, p), '}')
	case openInference:
		return c.appendOpenInference(dst, q, p)
	}
	dst = append(dst, c.form.seldon...)
	dst = c.appendRows(dst, q, p)
	dst = append(dst, `},"meta":`...)
	return append(c.appendMeta(dst, q, p), '}')
}

// appendRows appends the numbers of each comment, or the labels where the model has no numbers.
func (c *classifier) appendRows(dst []byte, q *request, p *predictions) []byte {
	dst = append(dst, '[')
	for i := range q.comments {
		if len(dst) > maxAnswer { // which is refused
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		if n := c.form.columns; n > 0 {
			dst = appendFloats(dst, p.numbers[i*n:(i+1)*n])
		} else {
			dst = c.appendNames(dst, p.labelsOf(i))
		}
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// appendNames appends the names of classes with a comma between any two.
func (c *classifier) appendNames(dst []byte, labels []int) []byte {
	for i, label := range labels {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = cloudevent.AppendString(dst, c.form.classes[label])
	}
	return dst
}

// appendFloats appends numbers with a comma between any two.
func appendFloats(dst []byte, numbers []float64) []byte {
	for i, f := range numbers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendFloat(dst, f)
	}
	return dst
}

// appendMeta appends what the record's own meta said and, if asked for, what was decided and why.
func (c *classifier) appendMeta(dst []byte, q *request, p *predictions) []byte {
	dst = append(dst, '{')
	if q.tags != nil || c.hasTags() {
		dst = append(dst, `"tags":`...)
		dst = c.appendTags(dst, q, p)
	}
	if q.puid != nil {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(dst, `"puid":`...)
		dst = append(dst, q.puid...)
	}
	return append(dst, '}')
}

// hasTags tells whether answers have tags of their own.
func (c *classifier) hasTags() bool {
	return c.labels || c.explain > 0 || c.form.method != "predict_proba"
}

func (c *classifier) appendTags(dst []byte, q *request, p *predictions) []byte {
	if !c.hasTags() {
		return appendCompact(dst, q.tags)
	}
	dst = append(dst, '{')
	dst = c.appendOthers(dst, q.tags)
	if c.form.method != "predict_proba" {
		dst = append(append(append(dst, `"method":"`...), c.form.method...), '"', ',')
	}
	if c.labels {
		dst = append(c.appendLabels(dst, q, p), ',')
	}
	if c.explain > 0 {
		dst = append(c.appendExplanations(dst, q.comments), ',')
	}
	dst[len(dst)-1] = '}'
	return dst
}

// appendOthers appends the members of the question's tags that have none of the names which the answer's own have, with
// a comma after each.
func (c *classifier) appendOthers(dst, tags []byte) []byte {
	if tags == nil {
		return dst
	}
	s, end := jsonscan.New(tags), 0       // of the member before
	_ = s.Object(func(key []byte) error { // which has been checked
		err := s.Skip()
		if !c.owns(string(key)) {
			member := bytes.TrimLeft(s.Since(end), "{, \t\r\n")
			dst = append(appendCompact(dst, member), ',')
		}
		end = s.Offset()
		return err
	})
	return dst
}

// owns tells whether the answer has a tag of that name itself.
func (c *classifier) owns(name string) bool {
	switch name {
	case "method":
		return c.form.method != "predict_proba"
	case "threshold":
		return c.labels && !math.IsNaN(c.form.threshold)
	case "classes", "labels":
		return c.labels
	case "explain":
		return c.explain > 0
	}
	return false
}

// appendLabels appends the threshold, the names of the classes, and the label of each comment, or the labels of a
// multilabel model.
func (c *classifier) appendLabels(dst []byte, q *request, p *predictions) []byte {
	if !math.IsNaN(c.form.threshold) {
		dst = append(dst, `"threshold":`...)
		dst = append(appendFloat(dst, c.form.threshold), ',')
	}
	dst = append(dst, `"classes":[`...)
	for i, name := range c.form.classes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = cloudevent.AppendString(dst, name)
	}
	dst = append(dst, `],"labels":[`...)
	for i := range q.comments {
		if len(dst) > maxAnswer { // which is refused
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if c.model.IsMultilabel() {
			dst = append(c.appendNames(append(dst, '['), p.labelsOf(i)), ']')
		} else {
			dst = c.appendNames(dst, p.labelsOf(i))
		}
	}
	return append(dst, ']')
}

func (c *classifier) appendExplanations(dst []byte, comments []string) []byte {
	dst = append(dst, `"explain":[`...)
	for i, comment := range comments {
		if len(dst) > maxAnswer { // which is refused
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = c.appendExplanation(dst, comment)
	}
	return append(dst, ']')
}

// appendExplanation appends the intercept and the strongest n-grams of one comment, strongest first.
func (c *classifier) appendExplanation(dst []byte, comment string) []byte {
	e, _ := c.model.Explain(comment, c.explain) // newClassifier has tried
	dst = append(dst, '{')
	if len(c.form.classes) > 2 || c.model.IsMultilabel() {
		dst = append(dst, `"class":`...)
		dst = append(cloudevent.AppendString(dst, c.form.classes[e.Class]), ',')
	}
	dst = append(dst, `"intercept":`...)
	dst = appendFloat(dst, e.Intercept)
	dst = append(dst, `,"ngrams":[`...)
	for i, t := range e.Top {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		dst = cloudevent.AppendString(dst, t.NGram)
		dst = append(dst, ',')
		dst = appendFloat(dst, t.Value)
		dst = append(dst, ']')
	}
	return append(dst, "]}"...)
}

// appendOpenInference appends an answer of Open Inference. What is behind the JSON, in Triton's binary form, is
// appended to it.
func (c *classifier) appendOpenInference(dst []byte, q *request, p *predictions) []byte {
	begin := len(dst)
	dst = append(dst, `{"model_name":`...)
	dst = cloudevent.AppendString(dst, c.name)
	dst = append(dst, `,"model_version":`...)
	dst = cloudevent.AppendString(dst, c.version)
	if q.id != nil {
		dst = append(dst, `,"id":`...)
		dst = append(dst, q.id...)
	}
	name := c.form.output()
	if len(q.outputs) > 0 {
		name = q.outputs[0] // or a name that means the same
	}
	dst = append(dst, `,"outputs":[{"name":`...)
	dst = append(cloudevent.AppendString(dst, name), `,"datatype":"`...)
	dst = append(append(dst, c.form.datatype()...), `","shape":[`...)
	dst = strconv.AppendInt(dst, int64(len(q.comments)), 10)
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, int64(max(c.form.columns, 1)), 10)
	if q.isBinary && q.binaryOutput {
		dst = append(dst, `],"parameters":{"binary_data_size":`...)
		dst = strconv.AppendInt(dst, int64(c.contentsSize(p)), 10)
		dst = append(dst, "}}]}"...)
		q.header = len(dst) - begin
		return c.appendContents(dst, p)
	}
	dst = append(dst, `],"data":[`...)
	if c.form.columns > 0 {
		dst = appendFloats(dst, p.numbers)
	} else {
		dst = c.appendNames(dst, p.labels)
	}
	return append(dst, "]}]}"...)
}

// appendFloat appends f as Python's repr does, which the original's JSON has: the shortest digits that read back as f,
// with an exponent below 1e-4 and from 1e16 on, and never without a point or an exponent.
func appendFloat(dst []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[from:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// appendCompact appends the JSON value raw, which has been checked, without the white space between its parts.
func appendCompact(dst, raw []byte) []byte {
	quoted := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case quoted && c == '\\':
			dst = append(dst, c)
			i++
			c = raw[i]
		case c == '"':
			quoted = !quoted
		case !quoted && c <= ' ':
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
