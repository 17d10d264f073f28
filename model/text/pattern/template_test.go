package pattern

import (
	"strings"
	"testing"
)

// TestTemplates compares replacements in "bx" with those of Python's re.sub. The expression has eleven groups.
func TestTemplates(t *testing.T) {
	p, err := Compile(`(?P<first>\w)(x)?(((((((((-)?)?)?)?)?)?)?)?)?`)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.String(); got != `(?P<first>\w)(x)?(((((((((-)?)?)?)?)?)?)?)?)?` || p.Groups() != 11 {
		t.Errorf("the expression is %s, of %d groups", got, p.Groups())
	}
	for template, want := range map[string]string{
		"": "", "y": "y", `\1`: "b", `\2`: "x", `<\g<1>>`: "<b>", `\g<first>`: "b", `\g<0>\g<0>`: "bxbx", `\g<2>0`: "x0",
		`\3`:  "",
		`\11`: "", `\12`: "!invalid group reference 12", `\111`: "I", `\101`: "A", `\377`: "\u00ff",
		`\400`: "!octal escape value",
		`\0`:   "\x00", `\07`: "\a", `\018`: "\x018", `\1001`: "@1", `\0101`: "\b1", `\1.`: "b.", `\119`: "9",
		`\189`:       "!invalid group reference 18",
		`\n\t\\\.\-`: "\n\t\\\\.\\-", `\g`: "!missing <", `\g<`: "!missing group name", `\g<>`: "!missing group name",
		`\g<other>`: `!unknown group name "other"`, `\g<12>`: "!invalid group reference 12", `\g<011>`: "",
		`\x41`:   `!bad escape \x`,
		`\u0041`: `!bad escape \u`, `\N{DIGIT ONE}`: `!bad escape \N`, `\q`: `!bad escape \q`,
		`\`: "!bad escape (end of pattern)", `\é`: `\é`,
		`a\1b\2c`: "abbxc",
	} {
		tm, err := p.Template(template)
		says, isError := strings.CutPrefix(want, "!")
		if isError {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%q: %v, want an error with %q", template, err, says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", template, err)
			continue
		}
		if got := string(p.NewMatcher().AppendReplaced(nil, "..bx..", tm)); got != ".."+want+".." {
			t.Errorf("%q: %q, want %q", template, got, ".."+want+"..")
		}
	}
}

// TestASCII checks the classes of characters with and without (?a), and repetitions of the empty string.
func TestASCII(t *testing.T) {
	for _, tt := range []struct {
		expr, text string
		want       []string
	}{
		{`\d+`, "1\u06632a", []string{"1\u06632"}}, {`(?a)\d+`, "1\u06632a", []string{"1", "2"}}, {`(?a)\D+`, "1\u06632a",
			[]string{"\u0663", "a"}},
		{`\w+`, "a_9\u00e9-z", []string{"a_9\u00e9", "z"}}, {`(?a)\w+`, "a_9\u00e9-z", []string{"a_9", "z"}},
		{`(?a)\W+`, "a_9\u00e9-z", []string{"\u00e9-"}}, {`\s+`, "a\u00a0\u2003 b", []string{"\u00a0\u2003 "}},
		{`(?a)\s+`, "a\u00a0\u2003 b\v\f", []string{" ", "\v\f"}}, {`(?a)\S+`, "a\u00a0 b", []string{"a\u00a0", "b"}},
		{`(?a)[\d\W]+`, "a1-\u0663b", []string{"1-\u0663"}}, {`(?a)[^\d]+`, "1a\u0663", []string{"a\u0663"}},
		{`a{0}b`, "aab", []string{"b"}}, {`ba{0,0}`, "baa", []string{"b"}}, {`a{0,1}b`, "aab", []string{"ab"}}, {`a{,2}b`,
			"aaab", []string{"aab"}},
		{`a{2}`, "aaaaa", []string{"aa", "aa"}}, {`a{2,}`, "aaaaa", []string{"aaaaa"}}, {`a{1,2}?`, "aaa", []string{"a", "a",
			"a"}},
		{`(?:a|b){2,3}`, "ababa", []string{"aba", "ba"}},
	} {
		got := findall(t, tt.expr, tt.text)
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%q in %q: %q, want %q", tt.expr, tt.text, got, tt.want)
		}
	}
}
