package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"reddit-classifier/model/train"
)

// fullDisk is a file that nothing can be written to.
func fullDisk(t *testing.T) *os.File {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	t.Cleanup(func() { full.Close() })
	return full
}

// TestFullDisk has the commands say that what they print could not be written.
func TestFullDisk(t *testing.T) {
	full := fullDisk(t)
	comments := manyComments(t, 40)
	for _, args := range [][]string{
		{"train", "--cv", "2", "--output", filepath.Join(t.TempDir(), "out.model")}, {"evaluate"}, {"compare", "--cv", "2"},
	} {
		for _, more := range []string{"--json=false", "--json"} {
			var stderr bytes.Buffer
			code := run(append(args[:len(args):len(args)], more, comments), nil, full, &stderr)
			if code != 1 || !strings.Contains(stderr.String(), syscall.ENOSPC.Error()) {
				t.Errorf("%v %s: exit code %d, and said %s", args, more, code, &stderr)
			}
		}
	}
}

// TestFullDiskOnce has the commands that answer line by line say it once.
func TestFullDiskOnce(t *testing.T) {
	full := fullDisk(t)
	comments := manyComments(t, 2000)
	for _, args := range [][]string{{"predict"}, {"clean"}, {"tokenize", "--language", "spacy-3.8"}} {
		var stderr bytes.Buffer
		if code := run(append(args, comments), nil, full, &stderr); code != 1 ||
			strings.Count(stderr.String(), syscall.ENOSPC.Error()) != 1 {
			t.Errorf("%v: exit code %d, and said %s", args, code, &stderr)
		}
	}
}

func TestPrintTo(t *testing.T) {
	failed := errors.New("failed")
	if err := printTo(writer(func([]byte) (int, error) { return 0, failed }), func(io.Writer) {}); !errors.Is(err,
		failed) {
		t.Errorf("error %v", err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// TestBoxPlot: the axis holds all that is drawn, also where it all is in one place or next to the ends.
func TestBoxPlot(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{[]float64{0.5, 0.6, 0.7, 0.8, 0.9}, "├─────────[         ┃         ]─────────┤"},
		{[]float64{0.5, 0.5, 0.9, 0.5, 0.5}, "┃───────────────────────────────────────┤"},
		{[]float64{0.5}, "┃                                        "},
		{[]float64{0.9}, "                                        ┃"},
	} {
		if got := boxPlot(c.values, 0.5, 0.9); got != c.want {
			t.Errorf("%v\n got %q\nwant %q", c.values, got, c.want)
		}
	}
	for _, c := range []struct{ lowest, highest, low, high float64 }{
		{0.03, 0.98, 0, 1}, {0.5, 0.5, 0.5, 0.55}, {1, 1, 0.95, 1}, {0.5, 0.85, 0.5, 0.85},
	} {
		low, high := axis([]train.AlgorithmScore{{ROCAUC: []float64{c.highest}}, {ROCAUC: []float64{c.lowest, c.highest}}})
		if low != c.low || high != c.high {
			t.Errorf("%v to %v: the axis is %v to %v", c.lowest, c.highest, low, high)
		}
	}
}

// TestStageLine draws a bar where it is known how much there is to do.
func TestStageLine(t *testing.T) {
	begin := time.Now()
	for want, s := range map[string]progress{
		"building": {stage: "building"},
		"fitting              ██████░░░░░░░░░░░░░░░░░░ 25 %":         {stage: "fitting", done: 25, total: train.Percent},
		"cleaning             ████████████░░░░░░░░░░░░ 50/100, 25/s": {stage: "cleaning", done: 50, total: 100, begin: begin},
		"████████████░░░░░░░░░░░░ 50/100, 25/s":                      {done: 50, total: 100, begin: begin},
		"1234, 617/s": {done: 1234, begin: begin},
	} {
		if got := s.line(begin.Add(2 * time.Second)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestRate writes numbers as people do.
func TestRate(t *testing.T) {
	begin := time.Now()
	for count, want := range map[int]string{0: "", 1: ", 0.50/s", 100: ", 50/s", 26220: ", 13110/s", 4e6: ", 2000000/s"} {
		s := progress{done: count, begin: begin}
		if got := s.rate(begin.Add(2 * time.Second)); got != want {
			t.Errorf("%d in 2 s: %q, want %q", count, got, want)
		}
	}
}

// TestProgress draws on a terminal and takes away what it drew; elsewhere each named stage leaves a line, and an
// unnamed one nothing.
func TestProgress(t *testing.T) {
	var b strings.Builder
	p := progress{w: &b, terminal: true, begin: time.Now()}
	p.Set(3, 4)
	p.Done()
	if got := b.String(); !strings.HasPrefix(got, "\r\x1b[K██████████████████░░░░░░ 3/4") ||
		!strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("a terminal shows %q", got)
	}
	b.Reset()
	p = progress{w: &b, begin: time.Now()}
	p.Set(3, 4)
	p.Stage("fitting", "", 1, train.Percent)
	p.Stage("building", "", 0, 0)
	p.Done()
	lines := strings.Split(b.String(), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "fitting: 0.00 s") || lines[1] != "building: 0.00 s" {
		t.Errorf("a file gets %q", lines)
	}
}
