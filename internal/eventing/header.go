package eventing

import (
	"net/http"
	"regexp"
	"strings"
)

// lineFold is a line break within a header's value. Servers read it as one space.
var lineFold = regexp.MustCompile(`[ \t]*\r?\n[ \t]+`)

// setHeader writes the attributes as headers of a request in binary mode, encoded as Vert.x does it: in ISO-8859-1,
// with a question mark for every other character. No part of Knative percent-encodes values as the CloudEvents HTTP
// binding (3.1.3.2) requires (sdk-java issue 748). If Source did, the function would see other keys than from a
// KafkaSource.
//
// It returns the names of the attributes with a control character. Vert.x does not write them, so a KafkaSource does
// not deliver the event. Here the header has %XX in place of the character.
func (e Event) setHeader(h http.Header) (refused []string) {
	for name, value := range e.Attributes {
		value = lineFold.ReplaceAllString(value, " ")
		if strings.IndexFunc(value, isControl) >= 0 {
			refused = append(refused, name)
			value = escapeControls(value)
		}
		header := "Ce-" + name
		if name == dataContentType {
			header = "Content-Type"
		}
		h.Set(header, latin1(value))
	}
	return refused
}

// latin1 encodes text in ISO-8859-1. A character that ISO-8859-1 does not have becomes a question mark for each of its
// UTF-16 code units.
func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r <= 0xff:
			b = append(b, byte(r))
		case r > 0xffff:
			b = append(b, '?', '?')
		default:
			b = append(b, '?')
		}
	}
	return string(b)
}

// FromLatin1 decodes text in ISO-8859-1.
func FromLatin1(s string) string {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

func escapeControls(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, r := range s {
		if isControl(r) {
			b.WriteByte('%')
			b.WriteByte(hex[r>>4])
			b.WriteByte(hex[r&15])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isControl reports whether Vert.x refuses a header value with this character.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
