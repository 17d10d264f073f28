package host

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var update = flag.Bool("update", false,
	"write what was measured to test/autoscaling/measured.json, from which the simulation of scaling starts")

// measured has the figures of the function that the simulation in test/autoscaling uses.
type measured struct {
	CPU     string `json:"cpu"`     // processor time for a record of one comment, HTTP included
	Comment string `json:"comment"` // processor time for each further comment in a record
	Start   string `json:"start"`   // from the start of the process until it is ready
}

// slack is how many times slower than in measured.json the function may be. Machines differ.
const slack = 4

// words are the words of an ordinary comment.
var words = strings.Fields("I would like to see the error bars before I believe any of this. The sample is small, the authors sell the " +
	"device, and nobody has repeated it. Is there a link to the paper itself, or only to the press release?")

// seldon returns a record of n different comments: each has the same words in another rotation.
func seldon(n int) string {
	var comments []string
	for i := range n {
		k := i % len(words)
		comments = append(comments, fmt.Sprintf("%s %s %d", strings.Join(words[k:], " "), strings.Join(words[:k], " "), i))
	}
	record, err := json.Marshal(map[string]any{"data": map[string]any{"ndarray": comments}})
	if err != nil {
		panic(err)
	}
	return string(record)
}

func TestMeasure(t *testing.T) {
	path := own(built(t))
	one, many := seldon(1), seldon(100)
	idle, _ := cost(t, path, one, 1)
	cpu, _ := cost(t, path, one, 2001)
	hundred, memory := cost(t, path, many, 201)
	cpu, hundred = (cpu-idle)/2000, (hundred-idle)/200
	if limit := 64 << 20; memory > limit {
		t.Errorf("the function used %d MiB of memory, more than the %d that func.yaml requests", memory>>20, limit>>20)
	}
	var starts []time.Duration
	for range startRuns {
		starts = append(starts, startTime(t, path))
	}
	got := []time.Duration{cpu, (hundred - cpu) / 99, median(starts)}
	t.Logf("a record of one comment takes %v of the processor, each further comment %v; start to readiness %v; %d MiB of memory",
		got[0], got[1], got[2], memory>>20)
	file := filepath.Join(root(), "test", "autoscaling", "measured.json")
	if *update {
		write(t, file, measured{round(got[0]), round(got[1]), round(got[2])})
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var m measured
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{m.CPU, m.Comment, m.Start} {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		if got[i] > slack*d {
			t.Errorf("measured %v, but measured.json has %v: the simulation of scaling would be wrong; find out why, or run this test with -update", got[i], d)
		}
	}
}

// cost runs a function, posts a record n times, and returns the processor time and the peak memory, in bytes, of the
// process.
func cost(t *testing.T, path, record string, n int) (processor time.Duration, memory int) {
	t.Helper()
	i := start(t, path, nil)
	i.ready(t)
	for range n {
		if resp, body := i.post(t, record); resp.StatusCode != 200 {
			t.Fatalf("the answer is %s: %s", resp.Status, body)
		}
	}
	if err := i.stop(); err != nil {
		t.Fatal(err)
	}
	state := i.cmd.ProcessState
	return state.UserTime() + state.SystemTime(), int(state.SysUsage().(*syscall.Rusage).Maxrss) << 10
}

// round rounds to two digits. More would be noise.
func round(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 100 {
		unit *= 10
	}
	return d.Round(unit).String()
}

func write(t *testing.T, path string, m measured) {
	t.Helper()
	text := fmt.Sprintf("{\n  \"cpu\": %q,\n  \"comment\": %q,\n  \"start\": %q\n}\n", m.CPU, m.Comment, m.Start)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
