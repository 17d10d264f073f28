package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The outcomes of a mutant.
const (
	killed     = "killed"
	timedOut   = "timed out" // the tests hung, which kills it as well
	survived   = "survived"
	notReached = "not reached"
)

// A result is what became of a mutant.
type result struct {
	*mutant
	Outcome string
	By      string `json:",omitempty"` // the test that failed
}

func (r result) String() string {
	s := r.mutant.String() + ": " + r.Outcome
	if r.By != "" {
		s += " by " + r.By
	}
	return s
}

// A suite is the compiled tests of a package.
type suite struct {
	path    string // the package
	dir     string
	binary  string
	skip    []string // tests that fail without any mutant
	reached map[int]bool
	timeout time.Duration
}

// compile builds the tests of the packages and of those in with. A package without tests has none.
func compile(ctx context.Context, folder, overlay string, packages []*source, with []string) ([]*suite, error) {
	var suites []*suite
	patterns := with
	for _, p := range packages {
		patterns = append(patterns, p.Dir)
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-f", "{{.ImportPath}}\t{{.Dir}}", "--"}, patterns...)...)
	cmd.Stderr = os.Stderr
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for line := range strings.Lines(string(list)) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		s := &suite{path: path, dir: dir, binary: filepath.Join(folder, fmt.Sprintf("%d.test.exe", len(suites)))}
		build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", s.binary, path)
		if b, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("tests of %s: %w\n%s", path, err, b)
		}
		if _, err := os.Stat(s.binary); err == nil {
			suites = append(suites, s)
		}
	}
	return suites, nil
}

// prepare runs each suite without a mutant, and finds which ones it reaches.
func prepare(ctx context.Context, folder string, suites []*suite, grace time.Duration) error {
	for i, s := range suites {
		s.timeout = 10 * time.Minute
		reached := filepath.Join(folder, fmt.Sprintf("reached%d", i))
		for {
			start := time.Now()
			failed, err := s.run(ctx, -1, reached)
			if err != nil {
				return fmt.Errorf("%s without a mutant: %w", s.path, err)
			}
			if failed == "" {
				s.timeout = 4*time.Since(start) + grace
				break
			}
			name, _, _ := strings.Cut(failed, "/")
			fmt.Fprintf(os.Stderr, "mutants: %s: %s fails without a mutant and is left out\n", s.path, failed)
			s.skip = append(s.skip, "^"+name+"$")
			if len(s.skip) > 10 {
				return fmt.Errorf("%s: too many tests fail without a mutant", s.path)
			}
		}
		b, err := os.ReadFile(reached)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		s.reached = map[int]bool{}
		for line := range strings.Lines(string(b)) {
			n, err := strconv.Atoi(strings.TrimSpace(line))
			if err != nil {
				return err
			}
			s.reached[n] = true
		}
	}
	return nil
}

// errTimeout is the error of a run that took too long.
var errTimeout = errors.New("timed out")

var (
	failure = regexp.MustCompile(`--- FAIL: (\S+)`)
	panics  = regexp.MustCompile(`(?m)^(panic|fatal error): .*`)
	hanging = regexp.MustCompile(`running tests:\n\t\t(\S+)`)
)

// run runs the tests with the mutant, or only the one named, and returns the name of the first one that fails, or "".
func (s *suite) run(ctx context.Context, number int, reached string, only ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout+10*time.Second)
	defer cancel()
	arguments := []string{"-test.short", "-test.failfast", "-test.timeout=" + s.timeout.String()}
	if len(s.skip) > 0 {
		arguments = append(arguments, "-test.skip="+strings.Join(s.skip, "|"))
	}
	for _, name := range only {
		arguments = append(arguments, "-test.run=^"+name+"$")
	}
	cmd := exec.CommandContext(ctx, s.binary, arguments...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "MUTANT="+strconv.Itoa(number), "MUTANT_REACHED="+reached)
	cmd.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err == nil {
		return "", nil
	}
	if ctx.Err() != nil {
		return "", errTimeout
	}
	if m := hanging.FindSubmatch(out.Bytes()); m != nil {
		return string(m[1]), errTimeout
	}
	if all := failure.FindAllSubmatch(out.Bytes(), 2); all != nil {
		name := string(all[0][1])
		if len(all) > 1 && strings.HasPrefix(string(all[1][1]), name+"/") {
			name = string(all[1][1])
		}
		return name, nil
	}
	if m := panics.Find(out.Bytes()); m != nil {
		return string(m), nil
	}
	return err.Error(), nil
}

// noticed returns the test that fails with the mutant, or "". A test that passes when it runs again has not noticed it:
// on a busy machine some fail now and then.
func (s *suite) noticed(ctx context.Context, number int) (string, error) {
	failed, err := s.run(ctx, number, "")
	if err != nil || !strings.HasPrefix(failed, "Test") {
		return failed, err
	}
	name, _, _ := strings.Cut(failed, "/")
	if again, err := s.run(ctx, number, "", name); again != "" || err != nil {
		return failed, err
	}
	return s.run(ctx, number, "")
}

// try runs the suites on each mutant until one fails.
func try(ctx context.Context, suites []*suite, mutants []*mutant, workers int) <-chan result {
	todo := make(chan *mutant)
	results := make(chan result)
	go func() {
		defer close(todo)
		for _, m := range mutants {
			select {
			case todo <- m:
			case <-ctx.Done():
				return
			}
		}
	}()
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for m := range todo {
				results <- outcome(ctx, suites, m)
			}
		})
	}
	go func() {
		working.Wait()
		close(results)
	}()
	return results
}

// outcome runs the tests of the mutant's own package first.
func outcome(ctx context.Context, suites []*suite, m *mutant) result {
	r := result{mutant: m, Outcome: notReached}
	for _, own := range []bool{true, false} {
		for _, s := range suites {
			if s.path == m.Package != own || !s.reached[m.Number] {
				continue
			}
			r.Outcome = survived
			failed, err := s.noticed(ctx, m.Number)
			if errors.Is(err, errTimeout) {
				r.Outcome, r.By = timedOut, failed
				return r
			}
			if failed != "" {
				r.Outcome, r.By = killed, failed
				return r
			}
		}
	}
	return r
}
