package oracle_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// TestCheck runs examples/check.py, and what the documentation prints like it, and checks with what they write. One
// number that is changed by a little must be found.
func TestCheck(t *testing.T) {
	python := oracle.Environment(t, sklearn)
	program := build(t)
	for i, lines := range checkers(t) {
		for _, kind := range []string{"proba", "decision"} {
			t.Run(fmt.Sprintf("%s %d", kind, i), func(t *testing.T) {
				folder := t.TempDir()
				runIn(t, folder, python, filepath.Join(oracle.Dir(), "fitted.py"), kind)
				runIn(t, folder, python, "-c", lines)
				testCheck(t, program, folder)
			})
		}
	}
}

func testCheck(t *testing.T, program program, folder string) {
	expected := filepath.Join(folder, "check.jsonl")
	artifact := filepath.Join(folder, "model.rcm")
	check := func() ([]byte, error) {
		pickle := filepath.Join(folder, "model.joblib")
		return exec.Command(program.path, "import", pickle, "--check", expected, "--output", artifact).CombinedOutput()
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
	changeDigit(t, rows[7])
	if err := os.WriteFile(expected, bytes.Join(rows, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := check()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("a changed number is not found: %v\n%s", err, out)
	}
	text := regexp.MustCompile(`"text": "([\w ]+)`).FindSubmatch(rows[7])[1]
	if !bytes.Contains(out, text) {
		t.Errorf("the text %q is not named:\n%s", text, out)
	}
}

// changeDigit changes the ninth decimal of the first number that begins a list and has one. The highest of the list
// stays.
func changeDigit(t *testing.T, row []byte) {
	t.Helper()
	at := regexp.MustCompile(`\[-?\d+\.\d{8}\d`).FindIndex(row)
	if at == nil {
		t.Fatalf("no number with nine decimals begins a list in %s", row)
	}
	last := at[1] - 1
	row[last] = '0' + (row[last]-'0'+5)%10
}

// checkers returns the programs that write check.jsonl from model.joblib: the example, and what is printed.
func checkers(t *testing.T) (programs []string) {
	example, err := os.ReadFile(filepath.Join(shared.Root(), "examples", "check.py"))
	if err != nil {
		t.Fatal(err)
	}
	programs = append(programs, string(example))
	pages, _ := filepath.Glob(filepath.Join(shared.Root(), "docs", "*.md")) // the pattern is valid
	for _, page := range append(pages, filepath.Join(shared.Root(), "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "```python\n")[1:] {
			block, _, _ := strings.Cut(block, "```")
			if strings.Contains(block, "check.jsonl") && strings.Contains(block, "joblib.load") {
				programs = append(programs, block)
			}
		}
	}
	return programs
}

// TestExampleFit runs examples/fit.py, and imports what it dumps.
func TestExampleFit(t *testing.T) {
	python := oracle.Environment(t, sklearn)
	program := build(t)
	folder := t.TempDir()
	if err := os.Symlink(filepath.Join(shared.Root(), "examples"), filepath.Join(folder, "examples")); err != nil {
		t.Fatal(err)
	}
	runIn(t, folder, python, "examples/fit.py")
	cmd := exec.Command(program.path, "import", "spam.joblib", "--check", "check.jsonl", "--output", "spam.rcm")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
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
