package function

import (
	"math"
	"strconv"
)

// appendAnswer appends the JSON that answers p: the record that the original's server gives, or that of the protocol asked in.
func (c *core) appendAnswer(dst []byte, p *payload, proba [][2]float64) []byte {
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

func appendRows(dst []byte, proba [][2]float64) []byte {
	dst = append(dst, '[')
	for i, p := range proba {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		dst = appendFloat(dst, p[0])
		dst = append(dst, ',')
		dst = appendFloat(dst, p[1])
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// appendMeta appends what the record's own meta said and, if asked for, what was decided and why.
func (c *core) appendMeta(dst []byte, p *payload, proba [][2]float64) []byte {
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

func (c *core) appendTags(dst []byte, p *payload, proba [][2]float64) []byte {
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
func (c *core) appendOthers(dst, tags []byte) []byte {
	if tags == nil {
		return dst
	}
	s := scanner{b: tags}
	_ = s.list('{', '}', func() error { // which has been checked
		s.peek()
		from := s.i
		key, err := s.text()
		if err != nil {
			return err
		}
		s.accept(':')
		if err := s.skip(); err != nil || c.owns(string(key)) {
			return err
		}
		dst = append(appendCompact(dst, tags[from:s.i]), ',')
		return nil
	})
	return dst
}

// owns tells whether the answer has a tag of that name itself.
func (c *core) owns(name string) bool {
	switch name {
	case "threshold", "classes", "labels":
		return c.labels
	case "explain":
		return c.explain > 0
	}
	return false
}

// appendLabels appends the threshold, the names of the classes, and the name of each comment's.
func (c *core) appendLabels(dst []byte, proba [][2]float64) []byte {
	names := c.model.Names()
	dst = append(dst, `"threshold":`...)
	dst = appendFloat(dst, c.model.Threshold())
	dst = append(dst, `,"classes":[`...)
	dst = appendString(dst, names[0])
	dst = append(dst, ',')
	dst = appendString(dst, names[1])
	dst = append(dst, `],"labels":[`...)
	for i, p := range proba {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, names[c.model.Decide(p)])
	}
	return append(dst, ']')
}

func (c *core) appendExplanations(dst []byte, comments []string) []byte {
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
func (c *core) appendExplanation(dst []byte, comment string) []byte {
	e, _ := c.model.Explain(comment, c.explain)
	dst = append(dst, `{"intercept":`...)
	dst = appendFloat(dst, e.Intercept)
	dst = append(dst, `,"ngrams":[`...)
	for i, t := range e.Top {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		dst = appendString(dst, t.NGram)
		dst = append(dst, ',')
		dst = appendFloat(dst, t.Value)
		dst = append(dst, ']')
	}
	return append(dst, "]}"...)
}

func (c *core) appendOpenInference(dst []byte, p *payload, proba [][2]float64) []byte {
	dst = append(dst, `{"model_name":`...)
	dst = appendString(dst, c.name)
	dst = append(dst, `,"model_version":`...)
	dst = appendString(dst, c.version)
	if p.id != nil {
		dst = append(dst, `,"id":`...)
		dst = append(dst, p.id...)
	}
	dst = append(dst, `,"outputs":[{"name":"proba","datatype":"FP64","shape":[`...)
	dst = strconv.AppendInt(dst, int64(len(proba)), 10)
	dst = append(dst, `,2],"data":[`...)
	for i, p := range proba {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendFloat(dst, p[0])
		dst = append(dst, ',')
		dst = appendFloat(dst, p[1])
	}
	return append(dst, "]}]}"...)
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

// appendString appends s, which is valid UTF-8, as a JSON string.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
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
