package pattern

import (
	"strings"
	"testing"
)

// TestErrors checks the errors for expressions that Python's re refuses too, and for those not supported here.
func TestErrors(t *testing.T) {
	for expr, says := range map[string]string{
		`\`: "bad escape (end of pattern)", `[\`: "bad escape (end of pattern)", `\q`: `bad escape \q`,
		`[\q]`: `bad escape \q`,
		`\Q`:   `bad escape \Q`, `[\z]`: `bad escape \z`, `[\8]`: `bad escape \8`, `[\9]`: `bad escape \9`,
		`[\400]`: "octal escape value outside of range", `\x1`: `incomplete escape \x`, `\xg0`: "incomplete escape",
		`\u123`: `incomplete escape \u`, `\U0011000`: "incomplete escape", `\U00110000`: `bad escape \U00110000`,
		`\N{DIGIT ONE}`: `\N{…} is not supported`, `(a)\1`: "a back-reference is not supported",
		`[b-a]`:  "bad character range b-a",
		`[\w-a]`: "bad character range", `[a-\w]`: "bad character range", `[a`: "unterminated character set",
		`[]`: "unterminated character set", `(?i)[` + "\U00010400]": "a capital beyond U+FFFF is not supported",
		"(?i)\U00010400":           "a capital beyond U+FFFF is not supported",
		"(?ai)[\u0100-\U00010000]": "a range across U+FFFF is not supported",
		"(?ai)[\u2128-\U00010000]": "a range across U+FFFF is not supported",
		`a)`:                       "unbalanced parenthesis", `*`: "nothing to repeat", `(?:)|+`: "nothing to repeat",
		`a**`:     "multiple repeat",
		`a{1}{2}`: "multiple repeat", `a++`: "a possessive quantifier is not supported",
		`a{3,2}`: "min repeat greater than max repeat",
		`(?#a`:   "missing ), unterminated comment", `(?=a)`: "look-ahead is not supported",
		`(?!a)`:  "look-ahead is not supported",
		`(?<=a)`: "look-behind is not supported", `(?<!a)`: "look-behind is not supported", `(?<a`: "unknown extension ?<a",
		`(a)(?(1)b)`: "a conditional group is not supported", `(?>a)`: "an atomic group is not supported",
		`a(?i)`: "global flags not at the start", `(?*)`: "unknown extension ?*", `(a`: "missing ), unterminated subpattern",
		`(?P<n>a)(?P=n)`: "a back-reference is not supported", `(?Px)`: "unknown extension ?P",
		`(?P<n`:    "missing >, unterminated name",
		`(?P<1>a)`: `bad character in group name "1"`, `(?P<n>a)(?P<n>b)`: `redefinition of group name "n"`,
		`(?L)a`: "cannot use 'L' flag", `(?iq)a`: "unknown flag", `(?i`: "missing -, : or )",
		`(?au)a`:  "flags 'a' and 'u' are incompatible",
		`(?-a:b)`: "cannot turn off flags 'a' and 'u'", `(?i-i:b)`: "flag turned on and off", `(?i-)a`: "missing flag or :",
	} {
		if p, err := Compile(expr); err == nil || p != nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want an error with %q", expr, err, says)
		}
	}
	for _, expr := range []string{`[\377]`, `\0`, `\x41`, `\u0041`, `\U0010ffff`, `[a-a]`, `[]a]`, `a{2,2}`, `a{`, `a{,}`,
		`(?i)a`,
		"(?i)\U00010428", "(?ai)[\u0100-\uffff]", "(?ai)[\U00010000-\U00010010]", `(?#a)b`, `(?P<n>a)`, `(?i-s:b)`, `\Z`,
		`\_`, `\é`} {
		if _, err := Compile(expr); err != nil {
			t.Errorf("%q: %v", expr, err)
		}
	}
}
