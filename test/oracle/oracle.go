// Package oracle runs the Python software that the project must agree with, and compares.
//
// Each set of pinned requirements in the folder requirements gets a virtual environment of its own under the user's
// cache folder. It is made when a test first needs it and ORACLE=1 or REQUIRE_ALL=1 says that it may be, since that
// takes minutes, the network and two gigabytes; and again when the file changes. Where there is none, tests are skipped
// with the reason; REQUIRE_ALL=1 turns that into a failure.
package oracle

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"reddit-classifier/test/shared"
)

// Dir returns the folder of the scripts and requirements.
func Dir() string { return filepath.Join(shared.Root(), "test", "oracle") }

// Run feeds the script one line of JSON per input and returns what it answers, one line of JSON for each.
func Run[In, Out any](tb testing.TB, python, script string, inputs []In, args ...string) []Out {
	tb.Helper()
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, v := range inputs {
		if err := enc.Encode(v); err != nil {
			tb.Fatal(err)
		}
	}
	cmd := exec.Command(python, append([]string{filepath.Join(Dir(), script)}, args...)...)
	cmd.Stdin = &in
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	results := make([]Out, 0, len(inputs))
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var v Out
		if err := dec.Decode(&v); err != nil {
			tb.Fatalf("%s: answer %d: %v", script, len(results), err)
		}
		results = append(results, v)
	}
	if len(results) != len(inputs) {
		tb.Fatalf("%s gave %d answers to %d inputs\n%s", script, len(results), len(inputs), stderr.Bytes())
	}
	return results
}

// Interpreter returns a Python of the version, which is one ("3.8") or the least ("3.8+").
func Interpreter(tb testing.TB, version string) string {
	tb.Helper()
	path, err := interpreter(version)
	if err != nil {
		shared.Missing(tb, fmt.Sprintf("Python %s (%v)", version, err))
	}
	return path
}

func interpreter(version string) (string, error) {
	least, open := strings.CutSuffix(version, "+")
	names := []string{"python" + least}
	if open {
		names = append([]string{"python3"}, names...)
	}
	names = append(names, installed(least)...)
	for _, name := range names {
		out, err := exec.Command(name, "-c", `import sys; print("%d.%d" % sys.version_info[:2])`).Output()
		if err != nil {
			continue
		}
		if has := strings.TrimSpace(string(out)); has == least || open && minor(has) >= minor(least) {
			return name, nil
		}
	}
	return "", fmt.Errorf("no Python %s under the names %s", version, strings.Join(names, ", "))
}

// installed returns what pyenv, which keeps several versions side by side, has of a version.
func installed(version string) []string {
	root := os.Getenv("PYENV_ROOT")
	if root == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		root = filepath.Join(home, ".pyenv")
	}
	found, _ := filepath.Glob(
		filepath.Join(root, "versions", version+".*", "bin", "python"+version),
	) // the pattern is valid
	return found
}

// minor returns 11 for "3.11".
func minor(version string) int {
	_, after, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(after)
	if err != nil {
		return -1
	}
	return n
}

// Environment returns the Python of the environment that requirements/name.txt describes.
func Environment(tb testing.TB, name string) string {
	tb.Helper()
	path, err := environment(name)
	if err != nil {
		shared.Missing(tb, fmt.Sprintf("the Python environment %s (%v)", name, err))
	}
	return path
}

// header is what the first line of requirements says: which Python, and which pip is to install them.
var header = regexp.MustCompile(`^# python (\S+) pip (\S+)\n`)

// making lets one goroutine at a time make an environment.
var making sync.Mutex

func environment(name string) (string, error) {
	making.Lock()
	defer making.Unlock()
	file := filepath.Join(Dir(), "requirements", name+".txt")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	first := header.FindSubmatch(text)
	if first == nil {
		return "", fmt.Errorf("%s does not begin with a line like %q", file, "# python 3.11+ pip 25.0.1")
	}
	base, err := interpreter(string(first[1]))
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	key := sha256.Sum256(append(text, base...))
	dir := filepath.Join(cache, "reddit-classifier", "oracle", fmt.Sprintf("%s-%x", name, key[:6]))
	python := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(python); err == nil {
		return python, nil
	}
	if os.Getenv("ORACLE") != "1" && !shared.Required() {
		return "", errors.New("ORACLE=1 makes it")
	}
	return python, install(base, dir, file, string(first[2]))
}

// install makes the environment beside dir and moves it there when it is complete. If another process was faster, its
// is kept.
func install(base, dir, requirements, pip string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), "making-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	python := filepath.Join(temp, "bin", "python")
	for _, args := range [][]string{
		{base, "-m", "venv", temp},
		{python, "-m", "pip", "install", "--quiet", "--retries", "1", "pip==" + pip},
		{python, "-m", "pip", "install", "--quiet", "--retries", "1", "--no-deps", "--requirement", requirements},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(args[1:], " "), err, lastLine(out))
		}
	}
	if err := os.Rename(temp, dir); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

func lastLine(out []byte) (line string) {
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		line = lines.Text()
	}
	return line
}
