package bench

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// rounds is how often each contender predicts every comment. They take turns, and the fastest round counts, so that
// what else runs on the machine matters little.
const rounds = 7

func TestSpeed(t *testing.T) {
	runtime.GOMAXPROCS(1)
	texts, labels := comments(t)
	var names []string
	var contenders []func() time.Duration
	for _, name := range []string{"original", "default"} {
		m, err := model.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, "ours, "+name)
		contenders = append(contenders, func() time.Duration { return own(m, texts) })
	}
	ours := len(names)
	others := startRivals(t, texts, labels)
	for _, name := range others.names {
		names = append(names, name)
		contenders = append(contenders, func() time.Duration { return others.time(t, name) })
	}
	times := make([][]time.Duration, len(names))
	for range rounds {
		for i, predictAll := range contenders {
			times[i] = append(times[i], predictAll())
		}
	}
	fmt.Print(table(names, times, len(texts)))
	for i, other := range names[ours:] {
		for k, own := range names[:ours] {
			if slices.Min(times[ours+i]) < slices.Min(times[k]) {
				t.Errorf("%s is faster than %s", other, own)
			}
		}
	}
}

// own predicts every comment from its raw text.
func own(m *model.Model, texts []string) time.Duration {
	start := time.Now()
	for _, text := range texts {
		m.PredictProba(text)
	}
	return time.Since(start)
}

func table(names []string, times [][]time.Duration, texts int) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "comments/s\tmedian round\ttimes as long\t  \t")
	fastest := slices.Min(times[0])
	for i, name := range names {
		slices.Sort(times[i])
		perSecond := func(d time.Duration) string { return fmt.Sprintf("%.0f", float64(texts)/d.Seconds()) }
		best, median := times[i][0], times[i][len(times[i])/2]
		fmt.Fprintf(w, "%s\t%s\t%.2f\t  %s\n", perSecond(best), perSecond(median), best.Seconds()/fastest.Seconds(), name)
	}
	w.Flush()
	return out.String()
}

// comments reads the shared comments as the original does, each byte one character.
func comments(t *testing.T) (texts []string, labels []int) {
	b, err := os.ReadFile(shared.File(t, "data", "comments_train.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(clean.Latin1(b))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		texts = append(texts, row[2])
		label := 0
		if row[3] == "1" {
			label = 1
		}
		labels = append(labels, label)
	}
	return texts, labels
}

// python is a Python process that others run in. Each question to it is a line of JSON, and each answer.
type python struct {
	in  *json.Encoder
	out *json.Decoder
}

// start runs a script of this folder in an environment, with further variables.
func start(t *testing.T, environment, script string, variables ...string) *python {
	interpreter := oracle.Environment(t, environment)
	cmd := exec.Command(interpreter, filepath.Join(shared.Root(), "test", "bench", script))
	cmd.Env = append(append(os.Environ(), "OMP_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1"), variables...)
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			log, _ := os.ReadFile(stderr.Name())
			t.Errorf("%s: %v\n%s", script, err, log)
		}
		stderr.Close()
	})
	return &python{in: json.NewEncoder(in), out: json.NewDecoder(bufio.NewReader(out))}
}

func (p *python) ask(t *testing.T, question, answer any) {
	t.Helper()
	if err := p.in.Encode(question); err != nil {
		t.Fatal(err)
	}
	if err := p.out.Decode(answer); err != nil {
		t.Fatal(err)
	}
}

// rivals are the classifiers of rivals.py.
type rivals struct {
	*python
	names []string
}

func startRivals(t *testing.T, texts []string, labels []int) *rivals {
	r := &rivals{python: start(t, "bench", "rivals.py")}
	var answer struct{ Rivals []string }
	r.ask(t, map[string]any{"texts": texts, "labels": labels}, &answer)
	r.names = answer.Rivals
	return r
}

// time has one of them predict every comment.
func (r *rivals) time(t *testing.T, name string) time.Duration {
	var answer struct{ Seconds float64 }
	r.ask(t, name, &answer)
	return time.Duration(answer.Seconds * float64(time.Second))
}
