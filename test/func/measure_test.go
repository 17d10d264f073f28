package host

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write what was measured to test/autoscaling/measured.json, from which the simulation of scaling starts")

// measured is what the simulation in test/autoscaling wants to know of the function.
type measured struct {
	CPU     string `json:"cpu"`     // processor time for a record of one comment, HTTP included
	Comment string `json:"comment"` // processor time for each further comment in a record
	Start   string `json:"start"`   // from starting the process to its first readiness
}

// slack is how much slower than written down the function may be before the simulation no longer speaks of it. Machines differ.
const slack = 4

// words are those of an ordinary comment of 40 words.
var words = strings.Fields("I would like to see the error bars before I believe any of this. The sample is small, the authors sell the " +
	"device, and nobody has repeated it. Is there a link to the paper itself, or only to the press release?")

// seldon returns a record of n comments, all different: the same words, begun elsewhere.
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
	idle := processorTime(t, path, one, 1)
	cpu := (processorTime(t, path, one, 2001) - idle) / 2000
	hundred := (processorTime(t, path, many, 201) - idle) / 200
	var starts []time.Duration
	for range startRuns {
		starts = append(starts, startTime(t, path))
	}
	got := []time.Duration{cpu, (hundred - cpu) / 99, median(starts)}
	t.Logf("a record of one comment takes %v of the processor, each further comment %v; start to readiness %v", got[0], got[1], got[2])
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
			t.Errorf("measured %v where measured.json says %v: the simulation of scaling speaks of another function; look why, or run this test with -update", got[i], d)
		}
	}
}

// processorTime runs a function, has it answer a record n times, and returns the processor time of the process.
func processorTime(t *testing.T, path, record string, n int) time.Duration {
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
	return i.cmd.ProcessState.UserTime() + i.cmd.ProcessState.SystemTime()
}

// round keeps two digits: more would only be noise.
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
