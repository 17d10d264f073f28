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
)

var update = flag.Bool("update", false, "have TestHeads write testdata/heads.jsonl.gz")

var goldenPath = filepath.Join("testdata", "heads.jsonl.gz")

// goldenHead is one of the classifiers of TestHeads, for where there is no Python.
type goldenHead struct {
	Request fitted
	Answer  answered
	Pickle  []byte
}

// goldenHeads collects classifiers of the oldest and the newest release, one for each estimator.
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

// write writes what was collected.
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

// TestGoldenHeads compares with what scikit-learn 0.20 and 1.9 predicted when TestHeads ran with -update.
func TestGoldenHeads(t *testing.T) {
	file, err := os.Open(goldenPath)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for decoder := json.NewDecoder(zip); decoder.More(); n++ {
		var g goldenHead
		if err := decoder.Decode(&g); err != nil {
			t.Fatal(err)
		}
		if _, err := comparePickle(g.Pickle, g.Request, g.Answer); err != nil {
			t.Errorf("scikit-learn %s, %s: %v", g.Answer.Release, g.Request.Estimator, err)
		}
	}
	if n < 150 {
		t.Errorf("%d classifiers: the file says little", n)
	}
}
