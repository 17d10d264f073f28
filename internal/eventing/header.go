package eventing

import (
	"fmt"
	"strings"
)

// headerValue returns an attribute as an HTTP header's value: as it is, but for control characters, which cannot stand in a header
// and become %XX. The CloudEvents HTTP binding (3.1.3.2) asks for more of it, and for decoding; no part of Knative does either
// (sdk-java issue 748), so that a source that did would show the function another key than a KafkaSource does.
func headerValue(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if isControl(rune(s[i])) {
			fmt.Fprintf(&b, "%%%02X", s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
