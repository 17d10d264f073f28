package pickle

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written is what testdata/write.py says of the models it wrote.
type written struct {
	Release string
	Models  []struct {
		Files     []string
		Features  []string
		IDF, Coef []float64
		Intercept float64
		Classes   [2]string
	}
}

// TestWriters reads models as pickle (every protocol), joblib and dill of many releases wrote them, bare or in a Pipeline, with
// big-endian and sparse arrays, compressed, and with classes that are texts.
func TestWriters(t *testing.T) {
	paths, err := filepath.Glob("testdata/*/expected.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata: ", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var w written
		if err := json.Unmarshal(b, &w); err != nil {
			t.Fatal(err)
		}
		for _, m := range w.Models {
			for _, name := range m.Files {
				t.Run(w.Release+"/"+name, func(t *testing.T) {
					v, c := readPair(t, filepath.Join(filepath.Dir(path), name))
					if v.Version != w.Release || c.Version != w.Release {
						t.Errorf("releases %q, %q", v.Version, c.Version)
					}
					if !slices.Equal(v.Features, m.Features) || !slices.Equal(v.IDF, m.IDF) || v.UseIDF != (len(m.IDF) > 0) {
						t.Error(cmp.Diff(m.Features, v.Features), cmp.Diff(m.IDF, v.IDF))
					}
					if !slices.Equal(c.Coef, m.Coef) || c.Intercept != m.Intercept || c.Classes != m.Classes {
						t.Error(cmp.Diff(m.Coef, c.Coef), c.Intercept, c.Classes)
					}
				})
			}
		}
	}
}

func readPair(t *testing.T, path string) (*Vectorizer, *Classifier) {
	t.Helper()
	read := func(kind string) []byte {
		b, err := os.ReadFile(path + "." + kind + ".pickle")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	v, err := ReadVectorizer(read("vectorizer"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ReadClassifier(read("classifier"))
	if err != nil {
		t.Fatal(err)
	}
	return v, c
}
