package function

import (
	"bytes"
	"math"
	"slices"
	"strconv"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// encode appends the JSON that answers p, whose comments have these probabilities: the record that the original's server gives, or that of the protocol asked in.
func (c *classifier) encode(dst []byte, p *request, proba []float64) []byte {
	switch p.shape {
	case kserve:
		dst = append(dst, `{"predictions":`...)
		return append(appendRows(dst, proba), '}')
	case openInference:
		return c.appendOpenInference(dst, p, proba)
	}
	dst = append(dst, `{"data":{"names":["t:0","t:1"],"ndarray":`...)
	dst = appendRows(dst, proba)
	dst = append(dst, `},"meta":`...)
	return append(c.appendMeta(dst, p, proba), '}')
}

func appendRows(dst []byte, proba []float64) []byte {
	dst = append(dst, '[')
	for row := range slices.Chunk(proba, columns) {
		dst = appendFloats(append(dst, '['), row)
		dst = append(dst, ']', ',')
	}
	return append(bytes.TrimSuffix(dst, []byte{','}), ']')
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
func (c *classifier) appendMeta(dst []byte, p *request, proba []float64) []byte {
	dst = append(dst, '{')
	if p.tags != nil || c.labels || c.explain > 0 {
		dst = append(dst, `"tags":`...)
		dst = c.appendTags(dst, p, proba)
	}
	if p.puid != nil {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(dst, `"puid":`...)
		dst = append(dst, p.puid...)
	}
	return append(dst, '}')
}

func (c *classifier) appendTags(dst []byte, p *request, proba []float64) []byte {
	if c.explain == 0 && !c.labels {
		return appendCompact(dst, p.tags)
	}
	dst = append(dst, '{')
	dst = c.appendOthers(dst, p.tags)
	if c.labels {
		dst = c.appendLabels(dst, proba)
	}
	if c.explain > 0 {
		if c.labels {
			dst = append(dst, ',')
		}
		dst = c.appendExplanations(dst, p.comments)
	}
	return append(dst, '}')
}

// appendOthers appends the members of the question's tags that have none of the names which the answer's own have, with a comma
// after each.
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
	case "threshold", "classes", "labels":
		return c.labels
	case "explain":
		return c.explain > 0
	}
	return false
}

// appendLabels appends the threshold, the names of the classes, and the name of each comment's.
func (c *classifier) appendLabels(dst []byte, proba []float64) []byte {
	names := c.model.Names()
	dst = append(dst, `"threshold":`...)
	dst = appendFloat(dst, c.model.Threshold())
	dst = append(dst, `,"classes":[`...)
	dst = cloudevent.AppendString(dst, names[0])
	dst = append(dst, ',')
	dst = cloudevent.AppendString(dst, names[1])
	dst = append(dst, `],"labels":[`...)
	for i, row := range slices.Collect(slices.Chunk(proba, columns)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = cloudevent.AppendString(dst, names[c.model.Decide([2]float64(row))])
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
	e, _ := c.model.Explain(comment, c.explain)
	dst = append(dst, `{"intercept":`...)
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

func (c *classifier) appendOpenInference(dst []byte, p *request, proba []float64) []byte {
	dst = append(dst, `{"model_name":`...)
	dst = cloudevent.AppendString(dst, c.name)
	dst = append(dst, `,"model_version":`...)
	dst = cloudevent.AppendString(dst, c.version)
	if p.id != nil {
		dst = append(dst, `,"id":`...)
		dst = append(dst, p.id...)
	}
	dst = append(dst, `,"outputs":[{"name":"proba","datatype":"FP64","shape":[`...)
	dst = strconv.AppendInt(dst, int64(len(p.comments)), 10)
	dst = append(dst, `,2],"data":[`...)
	return append(appendFloats(dst, proba), "]}]}"...)
}

// appendFloat appends f as Python's repr does, which the original's JSON has: the shortest digits that read back as f, with an
// exponent below 1e-4 and from 1e16 on, and never without a point or an exponent.
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
