//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInterruptedTraining ends processes that train as Ctrl-C does, when a stage has just ended: they say so, and what
// was there before stays as it was, with nothing half-written beside it.
func TestInterruptedTraining(t *testing.T) {
	comments := manyComments(t, 5000)
	stages := []string{"tokenizing", "counting n-grams", "cross-validating", "building", "describing"}
	if testing.Short() {
		stages = stages[:1]
	}
	for _, stage := range stages {
		t.Run(stage, func(t *testing.T) {
			dir := t.TempDir()
			output := filepath.Join(dir, "out.model")
			if err := os.WriteFile(output, []byte("the one before"), 0o600); err != nil {
				t.Fatal(err)
			}
			said, code := interruptAfter(t, stage, "train", "--output", output, "--report", filepath.Join(dir, "report"),
				comments)
			if code != 1 || !strings.HasSuffix(said, "reddit-classifier: interrupted\n") {
				t.Errorf("exit code %d, and said %s", code, said)
			}
			var names []string
			err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err == nil && path != dir {
					names = append(names, d.Name())
				}
				return err
			})
			if b, _ := os.ReadFile(output); string(b) != "the one before" || len(names) != 1 || err != nil {
				t.Errorf("%q are there afterwards (%v), and out.model is %.40q", names, err, b)
			}
		})
	}
}

// TestInterruptedEvaluation ends a process that evaluates.
func TestInterruptedEvaluation(t *testing.T) {
	said, code := interruptAfter(t, "predicting", "evaluate", "--model", "default", "--against", "original",
		manyComments(t, 5000))
	if code != 1 || !strings.HasSuffix(said, "reddit-classifier: interrupted\n") {
		t.Errorf("exit code %d, and said %s", code, said)
	}
}

// TestInterruptedInput ends processes that wait for standard input to go on.
func TestInterruptedInput(t *testing.T) {
	for _, args := range [][]string{{"predict"}, {"evaluate", "-"}} {
		cmd := exec.CommandContext(t.Context(), "reddit-classifier", args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// more than a pipe holds: it has begun to read
		if _, err := stdin.Write(bytes.Repeat([]byte{'\n'}, 1<<20)); err != nil {
			t.Error(err)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 ||
			stderr.String() != "reddit-classifier: interrupted\n" {
			t.Errorf("%v: %v, and said %s", args, err, &stderr)
		}
	}
}

// interruptAfter starts the program, sends it SIGINT when it says that a stage is over, and returns all that it said.
func interruptAfter(t *testing.T, stage string, args ...string) (said string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "reddit-classifier", args...) // this test's own binary, see TestMain
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	lines := bufio.NewScanner(io.TeeReader(stderr, &all))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), stage+":") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("%v: ended with %v before it was interrupted: %s", args, err, &all)
	}
	return all.String(), exit.ExitCode()
}

// manyComments writes a file of n invented comments, enough for a training that takes a while.
func manyComments(t *testing.T, n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("id,body,removed\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,\"", i)
		for range 30 {
			fmt.Fprintf(&b, "w%d ", int(100*r.ExpFloat64()))
		}
		fmt.Fprintf(&b, "\",%d\n", r.IntN(2))
	}
	path := filepath.Join(t.TempDir(), "comments.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
