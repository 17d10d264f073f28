package main

import (
	"bytes"
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestExample tries every mutant of a small package, one of which hangs.
func TestExample(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a package")
	}
	var out bytes.Buffer
	err := run(context.Background(), options{
		n: 100, seed: 1, workers: 1, grace: 5 * time.Second, patterns: []string{"./testdata/example"},
	}, &out)
	if err != nil {
		t.Fatal(err)
	}
	want := `
example.go:7: body: Sign returns at once: killed by TestSign
example.go:8: compare: x <= 0: killed by TestSign
example.go:9: constant: -1-1: killed by TestSign
example.go:11: compare: x >= 0: killed by TestSign
example.go:12: constant: 1+1: killed by TestSign
example.go:14: constant: 0+1: killed by TestSign
example.go:18: body: Half returns at once: killed by TestHalf
example.go:19: equal: x%2 == 0: killed by TestHalf
example.go:20: constant: 0+1: survived
example.go:20: error: errors.New("odd") is nil: survived
example.go:22: constant: 2-1: killed by TestHalf
example.go:26: body: Loop returns at once: killed by TestLoop
example.go:27: negate: !(n > 0): killed by TestLoop
example.go:28: statement: sum += n dropped: killed by TestLoop
example.go:29: statement: n-- dropped: timed out by TestLoop
example.go:35: body: Unused returns at once: not reached
example.go:35: boolean: !true: not reached
17 mutants: 12 killed, 1 timed out, 2 survived, 2 not reached by any test
`
	got := "\n" + regexp.MustCompile(`(?m)^\S+/example/`).ReplaceAllString(out.String(), "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestSplice nests the edits of each operator into one line, and keeps the numbers of lines.
func TestSplice(t *testing.T) {
	text := "a := x <\n\ty\nf()\n"
	got := string(splice([]byte(text), []*mutant{
		{Number: 2, edits: []edit{{12, 12, "if !" + on + " { "}, {15, 15, " }"}}},
		{Number: 1, edits: []edit{{5, 5, "mutantLess(" + on + ", "}, {7, 8, ","}, {11, 11, ")"}}},
	}))
	want := "a := mutantLess(mutantOn(1), x ,\n\ty)\nif !mutantOn(2) { f() }\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
