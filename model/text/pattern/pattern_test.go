package pattern

import (
	"slices"
	"strings"
	"testing"
)

// findall returns what re.findall returns for a pattern with at most one group.
func findall(tb testing.TB, expr, text string) (found []string) {
	p, err := Compile(expr)
	if err != nil {
		tb.Fatalf("%q: %v", expr, err)
	}
	m := p.NewMatcher()
	m.Reset(text)
	for token, ok := m.NextToken(); ok; token, ok = m.NextToken() {
		found = append(found, token)
	}
	return found
}

func TestCompileTokens(t *testing.T) {
	for expr, says := range map[string]string{`(a)(b)`: "has 2 groups: use at most one", `(a`: "unterminated", `(a)`: "",
		`(?:a)(?:b)`: ""} {
		p, err := CompileTokens(expr)
		if (err != nil) != (says != "") || (p == nil) != (err != nil) || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", expr, err, says)
		}
	}
}

func TestFindall(t *testing.T) {
	for _, c := range []struct {
		expr, text string
		want       []string
	}{
		{`(?u)\b\w\w+\b`, "I am Émile, 42 years_old!", []string{"am", "Émile", "42", "years_old"}},
		{`\w+`, "a b\u0301 ², ٣", []string{"a", "b", "²", "٣"}},
		{`[a-zA-Z]{3,}`, "ab abc abcd", []string{"abc", "abcd"}},
		{`\S+`, " a\u00a0b\x1cc ", []string{"a", "b", "c"}},
		{`a|ab`, "ab", []string{"a"}},
		{`ab|a`, "ab", []string{"ab"}},
		{`a*?b`, "aab b", []string{"aab", "b"}},
		{`a{2,3}?`, "aaaaa", []string{"aa", "aa"}},
		{`<(.+?)>`, "<a><b>", []string{"a", "b"}},
		{`(a)|b`, "ab", []string{"a", ""}},
		{``, "aé", []string{"", "", ""}},
		{`a*`, "baac", []string{"", "aa", "", ""}},
		{`|a`, "a", []string{"", "a", ""}},
		{`\b|\w`, "ab", []string{"", "a", "b", ""}},
		{`(?:|a)*`, "aa", []string{"", "a", "", "a", ""}},
		{`(a*)*`, "aab", []string{"", "", ""}},
		{`(?i)straße`, "STRAßE Strasse", []string{"STRAßE"}},
		{`(?i)k`, "kK\u212a", []string{"k", "K", "\u212a"}},
		{`(?i)[^s]`, "sSſt", []string{"t"}},
		{`(?a)\w+`, "aéb", []string{"a", "b"}},
		{`(?x) a b # c`, "ab", []string{"ab"}},
		{`^a$`, "a\n", []string{"a"}},
		{`(?m)^a$`, "a\na\nb", []string{"a", "a"}},
		{`a\Z`, "a\n", nil},
		{`.`, "a\n😀", []string{"a", "😀"}},
		{`(?s).`, "a\n", []string{"a", "\n"}},
		{`a{,2}`, "aaa", []string{"aa", "a", ""}},
		{`a{x`, "a{x", []string{"a{x"}},
		{`\B`, "", nil},
		{`\101\x62\u0063\U00000064`, "Abcd", []string{"Abcd"}},
	} {
		if got := findall(t, c.expr, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %q, want %q", c.expr, c.text, got, c.want)
		}
	}
}
