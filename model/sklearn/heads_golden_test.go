package sklearn

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

var update = flag.Bool("update", false, "have TestHeads write testdata/heads.jsonl.gz")

var goldenPath = filepath.Join("testdata", "heads.jsonl.gz")

// goldenHead is one of the classifiers of TestHeads, for tests without Python.
type goldenHead struct {
	Request fitted
	Answer  answered
	Pickle  []byte
}

// goldenHeads collects a classifier of each estimator, from the oldest and the newest release.
type goldenHeads struct {
	lock  sync.Mutex
	heads []goldenHead
}

func (g *goldenHeads) add(t *testing.T, r fitted, want answered) {
	oldest, newest := strings.HasPrefix(want.Release, "0.20."), strings.HasPrefix(want.Release, "1.9.")
	if r.Classes != 0 && r.Classes != 3 || !oldest && !newest {
		return
	}
	b, err := os.ReadFile(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	r.Path = ""
	g.lock.Lock()
	defer g.lock.Unlock()
	g.heads = append(g.heads, goldenHead{r, want, b})
}

// write writes the collected classifiers.
func (g *goldenHeads) write(t *testing.T) {
	if len(g.heads) == 0 {
		return
	}
	slices.SortStableFunc(g.heads, func(a, b goldenHead) int {
		return strings.Compare(a.Answer.Release+a.Request.Estimator, b.Answer.Release+b.Request.Estimator)
	})
	file, err := os.Create(goldenPath)
	if err != nil {
		t.Fatal(err)
	}
	zip := gzip.NewWriter(file)
	encoder := json.NewEncoder(zip)
	for _, each := range g.heads {
		if err := encoder.Encode(each); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// readGolden calls f for each classifier in the file.
func readGolden(tb testing.TB, f func(g goldenHead)) {
	file, err := os.Open(goldenPath)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	for decoder := json.NewDecoder(zip); decoder.More(); {
		var g goldenHead
		if err := decoder.Decode(&g); err != nil {
			tb.Fatal(err)
		}
		f(g)
	}
}

// TestGoldenHeads compares with the predictions of scikit-learn 0.20 and 1.9, recorded when TestHeads ran with -update.
func TestGoldenHeads(t *testing.T) {
	n := 0
	readGolden(t, func(g goldenHead) {
		n++
		if _, err := comparePickle(g.Pickle, g.Request, g.Answer); err != nil {
			t.Errorf("scikit-learn %s, %s: %v", g.Answer.Release, g.Request.Estimator, err)
		}
	})
	if n < 150 {
		t.Errorf("%d classifiers: the file says little", n)
	}
}

// FuzzReadClassifier checks that any pickle is refused or gives a classifier that can be encoded, opened and used.
func FuzzReadClassifier(f *testing.F) {
	readGolden(f, func(g goldenHead) {
		if len(g.Pickle) < 4000 {
			f.Add(g.Pickle)
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		root, err := pickle.Load(b)
		if err != nil {
			return
		}
		o, ok := root.(*pickle.Object)
		if !ok {
			return
		}
		c, classes := readClassifier(o, newProblems(), position{in: columns{n: -1}})
		if c == nil {
			return
		}
		if n := c.Shape().Classes; n != len(classes) {
			t.Fatalf("%d names of %d classes", len(classes), n)
		}
		program, numbers, err := head.Encode(c)
		if err != nil {
			return
		}
		if c, err = head.Open(program, numbers, c.Shape().Features); err != nil {
			return
		}
		var p head.Prediction
		c.Predict(features.Vector{Index: []uint32{0, 3}, Value: []float64{1, 2}}, new(head.Scratch), &p)
	})
}
