package bench

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"reddit-classifier/model"
	"reddit-classifier/test/shared"
)

// imported is a model that scikit-learn trained, and that rivals of ours answer for as well.
type imported struct {
	Name, File string
	Rivals     []string
}

// least says how many times as fast as a rival an imported model is at least.
func least(model, rival string) float64 {
	switch {
	case rival == "onnxruntime":
		return 10
	case strings.HasPrefix(model, "char_wb"):
		return 30
	}
	return 100
}

// TestImported compares imported models with scikit-learn, and with skl2onnx and onnxruntime, one comment at a time on
// one thread.
func TestImported(t *testing.T) {
	runtime.GOMAXPROCS(1)
	texts, labels := comments(t)
	python := start(t, "onnx", "sklearn_models.py", "LOCPATH="+locale(t), "LC_ALL=en_US.UTF-8")
	var trained struct{ Models []imported }
	python.ask(t, map[string]any{"texts": texts, "labels": labels, "folder": t.TempDir()}, &trained)
	program := buildCommand(t)
	asked := texts[:500]
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "comments/s\tours is faster\tanswers off\tlabels off\t  \t")
	for _, m := range trained.Models {
		own := program.open(t, m.File)
		ours := math.Inf(1)
		theirs := make([]float64, len(m.Rivals))
		answers := make([][][]float64, len(m.Rivals))
		for round := range 3 {
			ours = min(ours, ownSeconds(own, asked))
			for k, rival := range m.Rivals {
				var timed struct {
					Seconds float64
					Answers [][]float64
				}
				python.ask(t, map[string]any{"model": m.Name, "rival": rival, "texts": asked}, &timed)
				if round == 0 {
					theirs[k], answers[k] = timed.Seconds, timed.Answers
				}
				theirs[k] = min(theirs[k], timed.Seconds)
			}
		}
		n := float64(len(asked))
		fmt.Fprintf(w, "%.0f\t\t\t\t  ours: %s\n", n/ours, m.Name)
		for k, rival := range m.Rivals {
			ratio := theirs[k] / ours
			off, flipped := differences(own, asked, answers[k])
			fmt.Fprintf(w, "%.0f\t%.0f×\t%d\t%d\t  %s: %s\n", n/theirs[k], ratio, off, flipped, rival, m.Name)
			if ratio < least(m.Name, rival) {
				t.Errorf("%s: %.1f times as fast as %s, not %v", m.Name, ratio, rival, least(m.Name, rival))
			}
			if rival == "scikit-learn" && off+flipped > 0 {
				t.Errorf("%s: %d answers and %d labels are not those of scikit-learn", m.Name, off, flipped)
			}
		}
	}
	w.Flush()
	fmt.Print(out.String())
}

// ownSeconds returns how long all texts take, the best of a few rounds: one is over too soon to be measured.
func ownSeconds(m *model.Model, texts []string) float64 {
	var proba []float64
	best := time.Hour
	for range 20 {
		start := time.Now()
		for _, text := range texts {
			proba = m.AppendProba(proba[:0], text)
		}
		best = min(best, time.Since(start))
	}
	return best.Seconds()
}

// differences counts the texts for which a probability is off by more than 0.001, and those with another class.
func differences(m *model.Model, texts []string, answers [][]float64) (off, flipped int) {
	for i, text := range texts {
		got := m.AppendProba(nil, text)
		worst := 0.0
		for k, p := range answers[i] {
			worst = max(worst, math.Abs(p-got[k]))
		}
		if worst > 0.001 {
			off++
		}
		if highest(got) != highest(answers[i]) {
			flipped++
		}
	}
	return off, flipped
}

func highest(proba []float64) (class int) {
	for k, p := range proba {
		if p > proba[class] {
			class = k
		}
	}
	return class
}

// locale makes the system locale that onnxruntime needs for text, and returns the folder for LOCPATH.
func locale(t *testing.T) string {
	folder := t.TempDir()
	cmd := exec.Command("localedef", "-i", "en_US", "-f", "UTF-8", filepath.Join(folder, "en_US.UTF-8"))
	if out, err := cmd.CombinedOutput(); err != nil {
		shared.Missing(t, fmt.Sprintf("the locale en_US.UTF-8, made by localedef of Debian's package locales (%v: %s)", err,
			out))
	}
	return folder
}

// command is the program, which imports models.
type command string

func buildCommand(t *testing.T) command {
	path := filepath.Join(t.TempDir(), "reddit-classifier")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/reddit-classifier")
	cmd.Dir = shared.Root()
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return command(path)
}

// open imports a pickle and opens the artifact.
func (c command) open(t *testing.T, pickle string) *model.Model {
	artifact := pickle + ".rcm"
	if out, err := exec.Command(string(c), "import", pickle, "--output", artifact).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	m, err := model.Open(artifact)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
