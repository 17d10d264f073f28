package function

import (
	"bytes"
	"math"
	"strconv"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// encode appends the JSON answer to q, with the predictions of its comments, in the protocol of the request. The Seldon
// answer is byte for byte that of the original's server.
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

// appendRows appends the numbers of each comment, or its labels if the model has no numbers.
func (c *classifier) appendRows(dst []byte, q *request, p *predictions) []byte {
	dst = append(dst, '[')
	for i := range q.comments {
		if len(dst) > maxAnswer { // too long: it will be refused
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

// appendNames appends the names of classes, separated by commas.
func (c *classifier) appendNames(dst []byte, labels []int) []byte {
	for i, label := range labels {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = cloudevent.AppendString(dst, c.form.classes[label])
	}
	return dst
}

// appendFloats appends numbers, separated by commas.
func appendFloats(dst []byte, numbers []float64) []byte {
	for i, f := range numbers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendFloat(dst, f)
	}
	return dst
}

// appendMeta appends the meta of a Seldon answer: the tags and puid of the request, and the tags of the settings.
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

// hasTags reports whether answers have tags of their own.
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

// appendOthers appends the tags of the request whose names the answer's own tags do not use, with a comma after each.
func (c *classifier) appendOthers(dst, tags []byte) []byte {
	if tags == nil {
		return dst
	}
	s, end := jsonscan.New(tags), 0       // end of the previous member
	_ = s.Object(func(key []byte) error { // tags is valid JSON
		err := s.Skip()
		if !c.isOwnTag(string(key)) {
			member := bytes.TrimLeft(s.Since(end), "{, \t\r\n")
			dst = append(appendCompact(dst, member), ',')
		}
		end = s.Offset()
		return err
	})
	return dst
}

// isOwnTag reports whether the answer has a tag of its own with that name.
func (c *classifier) isOwnTag(name string) bool {
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

// appendLabels appends the threshold, the names of the classes, and the label of each comment, or for a multilabel
// model its list of labels.
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
		if len(dst) > maxAnswer { // too long: it will be refused
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
		if len(dst) > maxAnswer { // too long: it will be refused
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = c.appendExplanation(dst, comment)
	}
	return append(dst, ']')
}

// appendExplanation appends the intercept and the n-grams of one comment with the largest weights, largest first.
func (c *classifier) appendExplanation(dst []byte, comment string) []byte {
	e, _ := c.model.Explain(comment, c.explain) // newClassifier has checked that it works
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

// appendOpenInference appends an Open Inference answer. In Triton's binary extension the numbers follow the JSON.
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
		name = q.outputs[0] // the client may use an alias
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

// appendFloat appends f as Python's repr writes it: the shortest digits that read back as f, with an exponent below
// 1e-4 and from 1e16 on, and always with a point or an exponent. The original's JSON has numbers in this format.
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

// appendCompact appends the valid JSON value raw without the white space between its tokens.
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
