package oracle_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// TestCheckAsPrinted runs the lines of Python that the documentation has for import --check, and the check. One probability that is
// changed by a little must be found.
func TestCheckAsPrinted(t *testing.T) {
	python := oracle.Environment(t, sklearn)
	lines := printed(t)
	program := build(t)
	for _, kind := range []string{"proba", "decision"} {
		t.Run(kind, func(t *testing.T) {
			folder := t.TempDir()
			runIn(t, folder, python, filepath.Join(oracle.Dir(), "fitted.py"), kind)
			runIn(t, folder, python, "-c", lines)
			expected := filepath.Join(folder, "expected.jsonl")
			artifact := filepath.Join(folder, "model.rcm")
			check := func() ([]byte, error) {
				return exec.Command(program.path, "import", filepath.Join(folder, "model.joblib"), "--check", expected, "--output", artifact).CombinedOutput()
			}
			if out, err := check(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if out, err := exec.Command(program.path, "inspect", "--verify", artifact).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			b, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			rows := bytes.SplitAfter(b, []byte("\n"))
			rows[7] = digit.ReplaceAll(rows[7], []byte("${1}3${2}"))
			if err := os.WriteFile(expected, bytes.Join(rows, nil), 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := check()
			if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 {
				t.Fatalf("a changed number is not found: %v\n%s", err, out)
			}
			text := regexp.MustCompile(`"text": "([\w ]+)`).FindSubmatch(rows[7])[1]
			if !bytes.Contains(out, text) {
				t.Errorf("the text %q is not named:\n%s", text, out)
			}
		})
	}
}

// digit is the ninth decimal of the first number in a list that has as many, which does not change what is the highest.
var digit = regexp.MustCompile(`(\[-?\d\.\d{8})[0-24-9](\d+)`)

// printed returns the lines of Python that write expected.jsonl.
func printed(t *testing.T) string {
	pages, _ := filepath.Glob(filepath.Join(shared.Root(), "docs", "*.md")) // the pattern is valid
	for _, page := range append(pages, filepath.Join(shared.Root(), "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "```python\n")[1:] {
			if block, _, _ := strings.Cut(block, "```"); strings.Contains(block, "expected.jsonl") {
				return block
			}
		}
	}
	t.Fatal("neither README.md nor a page of docs has a block of Python that writes expected.jsonl")
	return ""
}

func runIn(t *testing.T, folder, python string, args ...string) {
	t.Helper()
	cmd := exec.Command(python, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
