package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func noFile(name string) ([]byte, error) { return nil, fmt.Errorf("%s: %w", name, os.ErrNotExist) }

func TestParse(t *testing.T) {
	p, err := Parse([]byte(`# what the training script did
- lower
- unescape
- replace:
    pattern: '(?i)\bu/(\w+)'
    with: 'user \1'
- replace: {pattern: "\\s+", with: ""}
- remove: urls
- remove: [digits, punctuation]
- remove: {what: punctuation, with: ' '}
- keep: letters
- keep: [letters, digits, spaces]
- keep: {what: [words, blanks], with: '_'}
- collapse
- strip
- stop-words: english
- stop-words: {words: [b, a, "no", b]}
- stop-words: {list: english, tokens: '\w+'}
- stop-words: {file: words.txt}
- stem: porter
- stem: {algorithm: snowball-english, tokens: '\w+'}
`), func(name string) ([]byte, error) {
		if name != "words.txt" {
			return noFile(name)
		}
		return []byte("x\n y\u00a0z \r\n"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"lower", "unescape", `replace '(?i)\bu/(\w+)' with 'user \1'`, `replace '\s+' with ''`, "remove urls",
		"remove digits", "remove punctuation", `remove punctuation, replaced with ' '`, "keep letters",
		"keep letters, digits, spaces",
		`keep blanks, words, replaced with '_'`, "collapse", "strip", "stop words: 318 (a, about, above, …)",
		"stop words: 3 (a, b, no)",
		`stop words: 318 (a, about, above, …), tokens '\w+'`, "stop words: 3 (x, y, z)", "stem: porter", `stem: snowball-english, tokens '\w+'`}
	if got := p.Describe(); !slices.Equal(got, want) {
		t.Errorf("described as\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestExample(t *testing.T) {
	p, err := Parse([]byte(Example), func(string) ([]byte, error) { return []byte("an"), nil })
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.AppendPrepared(nil,
		"See u/ADA's &lt;12&gt; theorems, an apple the www.a.example")); got != "user ada s theorem appl" {
		t.Errorf("prepared to %q", got)
	}
	for word := range strings.FieldsSeq("lower unescape replace remove keep collapse strip stop-words stem") {
		if !strings.Contains(Example, "- "+word) {
			t.Errorf("%s is not in it", word)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ yaml, says string }{
		{"", "there are no steps"},
		{"# nothing", "there are no steps"},
		{"lower", "line 1: a preparation is a list"},
		{"steps: [lower]", "line 1: a preparation is a list"},
		{"- lower\n---\n- lower", "more than one document"},
		{"- lower\n- uper", `step 2: line 2: "uper" is not a step`},
		{"- lower\n- stem", `step 2: line 2: "stem" is not a step, or needs more`},
		{"- [lower]", "step 1: line 1: a step is a word"},
		{"- {lower: 1, strip: 2}", "step 1: line 1: a step is a word"},
		{"- lowr: yes", `step 1: line 1: unknown step "lowr"`},
		{"- replace: x", "step 1: line 1: here must be pattern and with"},
		{"- replace: {pattern: x}", "step 1: line 1: replace needs pattern and with"},
		{"- replace:\n    patern: x", `step 1: line 2: unknown key "patern": use pattern, with`},
		{"- replace:\n    pattern: x\n    pattern: y", `step 1: line 3: the key "pattern" is there twice`},
		{"- replace: {pattern: x, with: 1}", `step 1: line 1: here must be a text: write "1" in quotes`},
		{"- replace: {pattern: x, with: }", `step 1: line 1: here must be a text: write "" in quotes`},
		{"- replace: {pattern: [x], with: ''}", "step 1: line 1: here must be a text, not a list"},
		{"- lower\n- replace: {pattern: '(', with: ''}",
			"step 2: line 2: regular expression: missing ), unterminated subpattern at position 0"},
		{"- replace: {pattern: '(?=a)', with: ''}", "look-ahead is not supported"},
		{"- replace: {pattern: 'a', with: '\\1'}", "invalid group reference 1"},
		{"- keep: letter",
			`step 1: line 1: unknown characters "letter": use letters, digits, spaces, blanks, words, decimals`},
		{"- keep: []", "step 1: line 1: the list is empty"},
		{"- keep: {with: ' '}", "step 1: line 1: what is missing"},
		{"- remove: url", `step 1: line 1: unknown "url": use punctuation, digits, urls`},
		{"- remove: {what: urls, by: ' '}", `unknown key "by": use what, with`},
		{"- stop-words: german", `unknown list "german" of stop words`},
		{"- stop-words: {}", "needs one of list, words and file"},
		{"- stop-words: {words: [a], file: b}", "needs one of list, words and file"},
		{"- stop-words: {words: [a, 1]}", `write "1" in quotes`},
		{"- stop-words: {words: a}", "must be a list of words"},
		{"- stop-words: {file: missing.txt}", "line 1: missing.txt: file does not exist"},
		{"- stop-words: {words: [a], tokens: ''}", "tokens must be a regular expression"},
		{"- stop-words: {words: [a], tokens: '(a)(b)'}", "has 2 groups: use at most one"},
		{"- stem: lancaster", `unknown stemmer "lancaster": use one of`},
		{"- stem: {tokens: a}", "stem needs algorithm"},
		{"- stem: &x porter\n- stem: *x", "step 2: line 2: aliases cannot be used"},
		{"- lower\n\t- strip", "yaml:"},
		{strings.Repeat("- lower\n", 101), "at most 100"},
	} {
		if p, err := Parse([]byte(c.yaml), noFile); err == nil || p != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want an error with %q", c.yaml, err, c.says)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"prepare.yaml": "- stop-words: {file: words.txt}\n", "words.txt": "the a", "bad.yaml": "- stem: x",
		"latin1.txt":  "\xe9",
		"latin1.yaml": "- stop-words: {file: latin1.txt}", "empty.txt": " \n",
		"empty.yaml": "- stop-words: {file: empty.txt}",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Read(filepath.Join(dir, "prepare.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.AppendPrepared(nil, "see the cat")); got != "see cat" {
		t.Errorf("prepared to %q", got)
	}
	for name, says := range map[string]string{
		"bad.yaml": "unknown stemmer", "missing.yaml": "no such file", "latin1.yaml": "latin1.txt is not UTF-8",
		"empty.yaml": "empty.txt has no words",
	} {
		if _, err := Read(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), says) ||
			!strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, want an error with its name and %q", name, err, says)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"- lower\n- stem: porter", "- keep: {what: [letters], with: ' '}",
		"- stop-words: {file: x}", "- &a b\n- *a",
		"- replace: {pattern: '(?P<a>x)', with: '\\g<a>'}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text, func(string) ([]byte, error) { return text, nil })
		if (p == nil) != (err != nil) {
			t.Fatalf("%v and %v", p, err)
		}
	})
}
