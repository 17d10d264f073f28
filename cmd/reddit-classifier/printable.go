package main

import (
	"fmt"
	"strings"
	"unicode"
)

// printable escapes the characters that a terminal acts on instead of showing them: control and format characters (Cc,
// Cf) except the line feed. Messages quote comments, ids and keys, which anybody may have written.
func printable(s string) string {
	if strings.IndexFunc(s, isInvisible) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !isInvisible(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

func isInvisible(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }
