package eventing

import (
	"net/url"
	"strings"
)

// encodeHeader returns an attribute as an HTTP header's value: what is not printable ASCII, and the space, the quote and the percent
// sign, percent-encoded as the CloudEvents HTTP binding has it (section 3.1.3.2), so that any record key survives the way.
func encodeHeader(s string) string {
	if strings.IndexFunc(s, reserved) < 0 {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || reserved(rune(c)) {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func reserved(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' || r == '%' }

// decodeHeader undoes encodeHeader; a value that is not validly encoded stands for itself, as the binding wants it.
func decodeHeader(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}
