package compile

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func properties(t testing.TB) *Properties {
	t.Helper()
	f, err := os.Open("data/unicode-12.1.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := ReadProperties(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func compiled(t testing.TB, pattern string, program func(*node) (*program, error),
	determinize func(*program) (*automaton, error)) *automaton {
	t.Helper()
	tree, err := parse(pattern, properties(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := program(tree)
	if err != nil {
		t.Fatal(err)
	}
	a, err := determinize(p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// runFrom returns the end of the match that starts at text[at:], or -1.
func (a *automaton) runFrom(text []rune, at int) int {
	column := func(i int) int {
		if i < 0 || i == len(text) {
			return a.columns - 1
		}
		return a.columnOf[a.alphabet.class(text[i])]
	}
	end := -1
	for s := a.start[column(at-1)]; s != 0; at++ {
		c := column(at)
		if a.before[s][c] {
			end = at
		}
		if at == len(text) {
			break
		}
		s = a.next[s][c]
	}
	return end
}

// TestLeftmostFirst compares with the standard library, which finds Python's matches for patterns without look-arounds.
func TestLeftmostFirst(t *testing.T) {
	for _, pattern := range []string{`a|ab|abc`, `ab|a`, `(?:a|ab)(?:c|bcd)`, `a*b|a`, `(?:ab?)+`, `a{2,3}|a{1,5}b`,
		`[ab]c?|b`, `\.\.+|-|--`, `(?:a|b)*c|ab`} {
		want := regexp.MustCompile(`^(?:` + pattern + `)`)
		got := compiled(t, pattern, infixProgram, determinizeLeftmostFirst)
		rapid.Check(t, func(r *rapid.T) {
			text := rapid.StringOfN(rapid.SampledFrom([]rune("abcd.-")), 0, 10, -1).Draw(r, "text")
			end := -1
			if m := want.FindStringIndex(text); m != nil {
				end = m[1]
			}
			if e := got.runFrom([]rune(text), 0); e != end {
				r.Fatalf("%s on %q: ends at %d, want %d", pattern, text, e, end)
			}
		})
	}
}

func TestLookAround(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		at, end       int
	}{
		{`(?<=[0-9])-(?=[0-9])`, "1-2", 1, 2},
		{`(?<=[0-9])-(?=[0-9])`, "a-2", 1, -1},
		{`(?<=[0-9])-(?=[0-9])`, "1-", 1, -1},
		{`(?<=[0-9])-(?=[0-9])`, "-2", 0, -1},
		{`\+(?![0-9])`, "+1", 0, -1},
		{`\+(?![0-9])`, "+", 0, 1},
		{`(?:-|--|---)(?=a)`, "---a", 0, 3},
		{`(?:-|--|---)(?=a)|-`, "--b", 0, 1},
		{`\w\d`, "é١", 0, 2},
	} {
		if end := compiled(t, test.pattern, infixProgram, determinizeLeftmostFirst).runFrom([]rune(test.text),
			test.at); end != test.end {
			t.Errorf("%s on %q: ends at %d, want %d", test.pattern, test.text, end, test.end)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{`^(?:(?!10\.)[0-9]+\.[0-9]+|x)$`, "11.5", true},
		{`^(?:(?!10\.)[0-9]+\.[0-9]+|x)$`, "10.5", false},
		{`^(?:(?!10\.)[0-9]+\.[0-9]+|x)$`, "100.5", true},
		{`^(?:(?!10\.)[0-9]+\.[0-9]+|x)$`, "x", true},
		{`^(?:\S+@)?a{2,3}$`, "a@aa@aaa", true},
		{`^(?:\S+@)?a{2,3}$`, "a@aaaa", false},
		{`^(?!ab)(?!ac)\w+$`, "ab", false},
		{`^(?!ab)(?!ac)\w+$`, "acd", false},
		{`^(?!ab)(?!ac)\w+$`, "ad", true},
	} {
		a := compiled(t, test.pattern, wholeProgram, determinizeWhole)
		if got := a.runFrom([]rune(test.text), 0) == len([]rune(test.text)); got != test.want {
			t.Errorf("%s on %q: got %v, want %v", test.pattern, test.text, got, test.want)
		}
	}
}

// TestSyntax checks that unknown syntax is an error.
func TestSyntax(t *testing.T) {
	for _, pattern := range []string{
		`(a)`, `(?P<n>a)`, `(?i)a`, `(?<!a)b`, `a*?`, `a++`, `\bword`, `\1`, `[a`, `[b-a]`, `[\d-z]`, `(?:a`, `a)`, `*a`,
		`a{2`, `a{3,2}`, `\u12`, `(?=a)*`, `\`,
	} {
		if _, err := parse(pattern, properties(t)); err == nil {
			t.Errorf("%s: no error", pattern)
		}
	}
	for _, test := range []struct {
		pattern string
		program func(*node) (*program, error)
	}{
		{`a`, prefixProgram}, {`^a|b`, prefixProgram}, {`a`, suffixProgram}, {`(?<=abc)d$`, suffixProgram},
		{`(?<=a+)d$`, suffixProgram}, {`a(?<=b)c$`, suffixProgram},
		{`a$`, infixProgram}, {`^a`, infixProgram}, {`(?=ab)c`, infixProgram}, {`^a|b$`, wholeProgram}, {`a`, wholeProgram},
	} {
		tree, err := parse(test.pattern, properties(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := test.program(tree); err == nil || !strings.Contains(err.Error(), "has to learn") {
			t.Errorf("%s: got %v, want a refusal", test.pattern, err)
		}
	}
}

func TestReaders(t *testing.T) {
	for _, text := range []string{"what 1 2", "space x 2", "space 1", "lower 41"} {
		if _, err := ReadProperties(strings.NewReader(text)); err == nil {
			t.Errorf("properties %q: no error", text)
		}
	}
	for _, text := range []string{"", "{", `{"exceptions": {"ab": [{"ORTH": "a"}]}}`} {
		if _, err := ReadLanguage(strings.NewReader(text)); err == nil {
			t.Errorf("language %q: no error", text)
		}
	}
}
