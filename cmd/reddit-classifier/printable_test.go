package main

import "testing"

// TestPrintable escapes what a terminal acts on, wherever it comes from.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain ü 😀\n":         "plain ü 😀\n",
		"\x1b[31mred\a\u0085": `\x1b[31mred\x07\x85`,
		"\u202eabc\u200d":     `\u202eabc\u200d`,
		"a\tb\r":              `a\x09b\x0d`,
		"\U000e0041":          `\U000e0041`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
