package eventing

import (
	"net/http"
	"regexp"
	"strings"
)

// folded is a line break within a header's value, which the server makes one space of.
var folded = regexp.MustCompile(`[ \t]*\r?\n[ \t]+`)

// setHeader writes the event as the headers of HTTP's binary mode, each as Vert.x encodes it: in ISO-8859-1, with a
// question mark for every character beyond that. The percent-encoding that the CloudEvents HTTP binding (3.1.3.2) asks
// for is done by no part of Knative (sdk-java issue 748), so that a source that did it would show the function another
// key than a KafkaSource does.
//
// It returns the names of the attributes that Vert.x does not write, and so no KafkaSource delivers: those with a
// control character. In the header they stand with %XX for it.
func (e Event) setHeader(h http.Header) (refused []string) {
	for name, value := range e.Attributes {
		value = folded.ReplaceAllString(value, " ")
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

// latin1 encodes text in ISO-8859-1, one question mark for each UTF-16 unit that it does not have.
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

// isControl tells which characters Vert.x refuses in a header's value.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
