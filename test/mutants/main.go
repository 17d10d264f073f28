// Mutants finds code that no test asserts. It makes small changes to packages, one at a time, and runs the tests
// on each: a change that every test passes (a survivor) shows a line whose effect nobody checks.
//
//	go run ./test/mutants -n 100 -with ./test/http ./function
//
// Files are not touched. All changes are compiled once, each behind a condition, by the go command's -overlay; the
// environment variable MUTANT says which one is in force in a run of the test binary. So a change costs a run of
// the tests and no compilation, and others can edit the packages meanwhile. What cannot be compiled is not counted;
// constants in const declarations cannot be changed this way, their uses can.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
	"time"
)

type options struct {
	n        int      // the number of mutants
	seed     uint64   // which ones
	match    string   // a regular expression of mutants as they are printed; empty means all
	with     []string // packages whose tests run after the package's own
	workers  int
	grace    time.Duration
	json     bool
	patterns []string // the packages to change
}

func main() {
	var o options
	var with string
	flag.IntVar(&o.n, "n", 50, "how many `mutants` to try, over all packages")
	flag.Uint64Var(&o.seed, "seed", 1, "another seed chooses other mutants")
	flag.StringVar(&o.match, "match", "", "try only mutants that, as they are printed, match this `regexp`")
	flag.StringVar(&with, "with", "", "comma-separated `packages` whose tests run after those of the changed package")
	flag.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "test binaries to run at a time")
	flag.DurationVar(&o.grace, "grace", 30*time.Second,
		"a run of tests may take this `duration` beyond four times what it takes without a mutant")
	flag.BoolVar(&o.json, "json", false, "print JSON lines")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: mutants [flags] package …")
		flag.PrintDefaults()
	}
	flag.Parse()
	if o.patterns = flag.Args(); len(o.patterns) == 0 || o.n < 1 || o.workers < 1 {
		flag.Usage()
		os.Exit(2)
	}
	o.with = strings.FieldsFunc(with, func(r rune) bool { return r == ',' || r == ' ' })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run chooses mutants, tries each, and prints what became of it and a summary.
func run(ctx context.Context, o options, out io.Writer) error {
	match, err := regexp.Compile(o.match)
	if err != nil {
		return fmt.Errorf("-match: %w", err)
	}
	packages, err := load(ctx, o.patterns)
	if err != nil {
		return err
	}
	chosen := choose(packages, match, o.n, o.seed)
	folder, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	overlay, err := writeOverlay(folder, packages, chosen)
	if err != nil {
		return err
	}
	tests, err := compile(ctx, folder, overlay, packages, o.with)
	if err != nil {
		return err
	}
	if err := prepare(ctx, folder, tests, o.grace); err != nil {
		return err
	}
	counts := map[string]int{}
	for r := range try(ctx, tests, chosen, o.workers) {
		counts[r.Outcome]++
		if o.json {
			b, err := json.Marshal(r)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%s\n", b)
		} else {
			fmt.Fprintln(out, r)
		}
	}
	if !o.json {
		fmt.Fprintf(out, "%d mutants: %d killed, %d timed out, %d survived, %d not reached by any test\n", len(chosen),
			counts[killed], counts[timedOut], counts[survived], counts[notReached])
	}
	return ctx.Err()
}
