package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"reddit-classifier/test/shared"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"reddit-classifier": main})
}

// The scripts call the program as a user would.
func TestScripts(t *testing.T) {
	pickles := shared.Path("pickles", "sklearn0.23-dill0.3", "seed")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PICKLES", pickles)
			e.Setenv("RELEASES", filepath.Join(shared.Root(), "model", "pickle", "testdata"))
			e.Setenv("MODELS", filepath.Join(shared.Root(), "model", "sklearn", "testdata"))
			return os.WriteFile(filepath.Join(e.WorkDir, "five.model"), []byte("\x89RCM\r"), 0o600)
		},
		Condition: func(name string) (bool, error) {
			if name != "pickles" {
				return false, fmt.Errorf("no condition %q", name)
			}
			_, err := os.Stat(pickles)
			return err == nil || shared.Required(), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
			"flip":     flip,
			"latin1":   latin1,
			"large":    large,
			"listen":   listen,
			"repeat":   repeat,
		},
	})
}

// listen takes a port and puts its address in a variable: listen NAME.
func listen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listen NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// exitCode calls the program and checks its exit code: exitcode CODE ARGS.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exitcode CODE ARGS")
	}
	var exit *exec.ExitError
	err := ts.Exec("reddit-classifier", args[1:]...)
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if got := exit.ExitCode(); strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// large writes a file with a long line: large FILE BYTES.
func large(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: large FILE BYTES")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat("words and ", n/10)), 0o600))
}

// repeat writes a file that holds another one many times: repeat FILE TIMES NEW.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: repeat FILE TIMES NEW")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Repeat(ts.ReadFile(args[0]), n)), 0o600))
}

// latin1 writes a file anew in ISO-8859-1: latin1 FILE.
func latin1(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: latin1 FILE")
	}
	var b []byte
	for _, r := range ts.ReadFile(args[0]) {
		b = append(b, byte(r))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// flip changes one byte of a file: flip FILE OFFSET.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE OFFSET")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	b[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}
