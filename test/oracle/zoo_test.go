package oracle_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"reddit-classifier/model"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// releases are the environments that models are made in.
var releases = []string{"sklearn-0.20", "sklearn-0.24", "sklearn-1.2", "sklearn-1.5", "sklearn-1.7", "sklearn-1.9"}

// specimen is a model as zoo.py describes it, and what it answers.
type specimen struct {
	Seed            int
	Release, Model  string
	Kinds, Files    []string
	Optional        bool
	Texts           []string
	Labels          []any
	Proba, Decision [][]float64
	Loose           []float64
	Skipped         string
	Names           []string
}

// TestZoo has each release fit random models of every kind that import takes. Each is imported by the command and must
// answer as scikit-learn does. ORACLE_MODELS sets how many there are, ORACLE_SEED the first seed (default 0),
// ORACLE_KEEP a folder to leave their files in, ORACLE_ONLY a part of the description that a model must have.
func TestZoo(t *testing.T) {
	each := (number(t, "ORACLE_MODELS", 240) + len(releases) - 1) / len(releases)
	first := number(t, "ORACLE_SEED", 0)
	program := build(t)
	var all summary
	var workers sync.WaitGroup
	turn := make(chan struct{}, 2)
	pythons := make([]string, len(releases))
	for i, release := range releases {
		pythons[i] = oracle.Environment(t, release)
	}
	for i, release := range releases {
		folder := filepath.Join(keep(t), release)
		workers.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			args := []string{folder, strconv.Itoa(first + 1000*i), strconv.Itoa(each)}
			if only := os.Getenv("ORACLE_ONLY"); only != "" {
				args = append(args, only)
			}
			err := meet(pythons[i], "zoo.py", args, func(s specimen) {
				verdict, detail := program.judge(folder, s)
				all.add(s, verdict)
				if verdict == wrong || verdict == refused && !s.Optional && !undetermined(detail) {
					t.Errorf("scikit-learn %s, seed %d: %s: %s\n  %s", s.Release, s.Seed, verdict, detail, s.Model)
				}
				if os.Getenv("ORACLE_KEEP") == "" {
					os.RemoveAll(filepath.Join(folder, strconv.Itoa(s.Seed)))
				}
			})
			if err != nil {
				t.Errorf("%s: %v", release, err)
			}
		})
	}
	workers.Wait()
	t.Log(all.table())
	if n := all.verdicts[skipped] + all.verdicts[refused]; n*10 > all.models {
		t.Errorf("%d of %d models were skipped or refused: the test says little", n, all.models)
	}
}

// TestPackages imports the models that packages ship, and compares with what the packages answer.
func TestPackages(t *testing.T) {
	program := build(t)
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			folder := t.TempDir()
			models := 0
			err := meet(oracle.Environment(t, release), "packages.py", []string{folder}, func(s specimen) {
				models++
				if verdict, detail := program.judge(folder, s); verdict != exact {
					t.Errorf("%s (scikit-learn %s): %s: %s", s.Model, s.Release, verdict, detail)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if models == 0 {
				t.Error("there is no model")
			}
		})
	}
}

// TestZooRefused has the newest release make models that an artifact cannot represent. Each must be refused by the
// names of all that is in the way.
func TestZooRefused(t *testing.T) {
	folder := keep(t)
	program := build(t)
	err := meet(oracle.Environment(t, sklearn), "zoo.py", []string{folder, "refused"}, func(s specimen) {
		_, err := program.take(folder, s.Files)
		if err == nil {
			t.Errorf("%s is taken", s.Model)
			return
		}
		for _, name := range s.Names {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%s: the refusal lacks %q: %v", s.Model, name, err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

func keep(t *testing.T) string {
	if folder := os.Getenv("ORACLE_KEEP"); folder != "" {
		return folder
	}
	return t.TempDir()
}

// meet runs a script and calls look with each model as soon as it is made.
func meet(python, script string, args []string, look func(specimen)) error {
	cmd := exec.Command(python, append([]string{filepath.Join(oracle.Dir(), script)}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0",
		"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for dec := json.NewDecoder(out); ; {
		var s specimen
		if err = dec.Decode(&s); err != nil {
			break
		}
		look(s)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if failed := cmd.Wait(); failed != nil {
		return fmt.Errorf("%s: %w: %s", script, failed, stderr.Bytes())
	}
	return err
}

// program is the command, built for the test.
type program struct{ path string }

func build(t *testing.T) program {
	path := filepath.Join(t.TempDir(), "reddit-classifier")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/reddit-classifier")
	cmd.Dir = shared.Root()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program{path}
}

// take imports the files and returns the path of the artifact.
func (p program) take(folder string, files []string) (string, error) {
	args := []string{"import"}
	for _, file := range files {
		args = append(args, filepath.Join(folder, file))
	}
	artifact := filepath.Join(folder, filepath.Dir(files[0]), "model.rcm")
	out, err := exec.Command(p.path, append(args, "--output", artifact)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	return artifact, nil
}

// answer is a line of the command predict.
type answer struct {
	ID       string    `json:"id"`
	Proba    []float64 `json:"proba"`
	Decision decision  `json:"decision"`
	Label    any       `json:"label"`
}

// decision is a list of numbers, or one.
type decision []float64

func (n *decision) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("[")) {
		return json.Unmarshal(b, (*[]float64)(n))
	}
	*n = make(decision, 1)
	return json.Unmarshal(b, &(*n)[0])
}

// predict returns what the artifact answers.
func (p program) predict(artifact string, texts []string) ([]answer, error) {
	path := filepath.Join(filepath.Dir(artifact), "texts.jsonl")
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for i, text := range texts {
		if err := enc.Encode(map[string]string{"id": strconv.Itoa(i), "text": text}); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(path, in.Bytes(), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command(p.path, "predict", "--model", artifact, path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("predict: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	answers := make([]answer, len(texts))
	dec := json.NewDecoder(bytes.NewReader(out))
	for i := range answers {
		if err := dec.Decode(&answers[i]); err != nil {
			return nil, fmt.Errorf("answer %d: %w", i, err)
		}
	}
	return answers, nil
}

// verdict says how a model fared.
type verdict string

const (
	exact   verdict = "exact"
	refused verdict = "refused"
	wrong   verdict = "wrong"
	skipped verdict = "skipped"
)

// undetermined reports whether a refusal says that the answer hangs on the processor or on a release, which no file
// tells or which computes something odd.
func undetermined(refusal string) bool {
	return strings.Contains(refusal, "single precision") || strings.Contains(refusal, "depends on the release of")
}

// judge imports a model and compares its answers.
func (p program) judge(folder string, s specimen) (verdict, string) {
	if s.Skipped != "" {
		return skipped, s.Skipped
	}
	artifact, err := p.take(folder, s.Files)
	if err != nil {
		return refused, err.Error()
	}
	answers, err := p.predict(artifact, s.Texts)
	if err != nil {
		return wrong, err.Error()
	}
	m, err := model.Open(artifact)
	if err != nil {
		return wrong, err.Error()
	}
	for i, got := range answers {
		if decision := m.AppendDecision(nil, s.Texts[i]); s.Decision != nil &&
			!near(decision, s.Decision[i], s.tolerance(i)) {
			return wrong, fmt.Sprintf("%q: AppendDecision %v, scikit-learn's %v", shorten(s.Texts[i]), decision, s.Decision[i])
		}
		if difference := s.differs(i, got); difference != "" {
			return wrong, fmt.Sprintf("%q: %s", shorten(s.Texts[i]), difference)
		}
	}
	return exact, ""
}

// differs says how an answer differs from scikit-learn's, or "".
func (s specimen) differs(i int, got answer) string {
	var proba, decision []float64
	switch {
	case s.Proba != nil:
		proba = s.Proba[i]
	case s.Decision != nil:
		decision = s.Decision[i]
	}
	switch {
	case !near(got.Proba, proba, s.tolerance(i)):
		return fmt.Sprintf("proba %v, scikit-learn's %v", got.Proba, proba)
	case !near(got.Decision, decision, s.tolerance(i)):
		return fmt.Sprintf("decision %v, scikit-learn's %v", []float64(got.Decision), decision)
	case !reflect.DeepEqual(got.Label, s.Labels[i]):
		return fmt.Sprintf("label %#v, scikit-learn's %#v", got.Label, s.Labels[i])
	}
	return ""
}

// tolerance is how far an answer to text i may be off.
func (s specimen) tolerance(i int) float64 {
	if s.Loose == nil {
		return 1e-12
	}
	return 1e-12 + s.Loose[i]
}

// near reports whether numbers are equal within the tolerance, which is relative above 1.
func near(got, want []float64, tolerance float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= tolerance*max(1, math.Abs(b)) })
}

func shorten(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}

// summary counts verdicts, of all models and by the kinds of what is in them.
type summary struct {
	mu       sync.Mutex
	models   int
	verdicts map[verdict]int
	kinds    map[string]map[verdict]int
}

func (s *summary) add(model specimen, v verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.verdicts == nil {
		s.verdicts, s.kinds = map[verdict]int{}, map[string]map[verdict]int{}
	}
	s.models++
	s.verdicts[v]++
	for _, kind := range append(model.Kinds, "scikit-learn "+model.Release) {
		if s.kinds[kind] == nil {
			s.kinds[kind] = map[verdict]int{}
		}
		s.kinds[kind][v]++
	}
}

func (s *summary) table() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, counts map[verdict]int) {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t  %s\n", counts[exact], counts[refused], counts[wrong], counts[skipped], name)
	}
	fmt.Fprintln(w, "\nexact\trefused\twrong\tskipped\t")
	for _, kind := range slices.Sorted(maps.Keys(s.kinds)) {
		row(kind, s.kinds[kind])
	}
	row("models", s.verdicts)
	w.Flush()
	return out.String()
}
