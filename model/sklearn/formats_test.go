package sklearn

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// written describes the models that testdata/write.py wrote. Each of Sets has the files of one model.
type written struct {
	Release string
	Models  []struct {
		Sets       [][]string
		Vocabulary []string
		IDF, Coef  []float64
		Columns    []uint32
		Classes    []string
	}
}

// TestFormats reads a model in every format and every form: a Pipeline, a tuple, a dict, three files, and a search,
// with a LabelEncoder.
func TestFormats(t *testing.T) {
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
			for _, set := range m.Sets {
				t.Run(w.Release+"/"+strings.Join(set, "+"), func(t *testing.T) {
					var paths []string
					for _, name := range set {
						paths = append(paths, filepath.Join(filepath.Dir(path), name))
					}
					files, err := Files(paths...)
					if err != nil {
						t.Fatal(err)
					}
					p, err := Read(files, Options{})
					if err != nil {
						t.Fatal(err)
					}
					for _, s := range p.Sources {
						if s.Release != w.Release && s.Class != "" {
							t.Errorf("source %+v, want release %s", s, w.Release)
						}
					}
					v := p.Vectorizers[0]
					if diff := cmp.Diff(m.Vocabulary, v.Vocabulary); diff != "" || len(p.Vectorizers) != 1 {
						t.Errorf("vocabulary: %s", diff)
					}
					if !slices.Equal(v.Tfidf.IDF, m.IDF) || v.Tfidf.Diagonal != (w.Release < "1.5") ||
						v.Tfidf.Norm != features.NormL2 {
						t.Errorf("%+v, want idf %v", v.Tfidf, m.IDF)
					}
					if v.NGramMin != 1 || v.NGramMax != 2 || !slices.Equal(v.Analyzer.StopWords, []string{"and", "the"}) ||
						!v.Analyzer.Lowercase {
						t.Errorf("%+v", v)
					}
					selected := &features.Select{Columns: m.Columns}
					if diff := cmp.Diff([]features.Transform{selected}, p.Transforms); diff != "" {
						t.Errorf("transforms: %s", diff)
					}
					var classes []string
					for _, c := range p.Classes {
						classes = append(classes, c.Text)
					}
					linear, ok := p.Classifier.(*head.Linear)
					if !ok || !slices.Equal(linear.Coef, m.Coef) || !slices.Equal(classes, m.Classes) || p.Multilabel {
						t.Errorf("%+v of %v, want coef %v of %v", p.Classifier, classes, m.Coef, m.Classes)
					}
				})
			}
		}
	}
}

// TestSteps checks the description of the steps.
func TestSteps(t *testing.T) {
	files, err := Files("testdata/1.9/protocol5.pickle")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Step{
		{"tfidf", "TfidfVectorizer", []string{"stop_words=a list of 2", "ngram_range=(1, 2)"}, 42},
		{"best", "SelectKBest", []string{"k=5"}, 5},
		{"lr", "LogisticRegression", []string{"C=1.0", "solver='liblinear'"}, 0},
	}
	if diff := cmp.Diff(want, p.Steps); diff != "" {
		t.Error(diff)
	}
}
