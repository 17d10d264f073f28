package sklearn

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reddit-classifier/model"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
	"reddit-classifier/test/oracle"
)

type stagesRequest struct {
	Seed int    `json:"seed"`
	Path string `json:"path"`
}

// stages is the answer of stages.py.
type stages struct {
	Release, Format, Skipped string
	Vocabularies             [][]string
	IDF                      [][]float64
	Columns                  []uint32
	Divisors                 []float64
	Steps                    []string
}

// TestStages compares vocabularies, idf, the columns that selectors keep, and scales with those of releases of
// scikit-learn. Each release fits random steps before a classifier and writes them in every format.
func TestStages(t *testing.T) {
	for _, release := range []string{"sklearn-0.20", "sklearn-0.24", "sklearn-1.2", "sklearn-1.5", "sklearn-1.7",
		"sklearn-1.9"} {
		t.Run(release, func(t *testing.T) {
			python := oracle.Environment(t, release)
			dir := t.TempDir()
			requests := make([]stagesRequest, 120)
			for i := range requests {
				requests[i] = stagesRequest{i, filepath.Join(dir, fmt.Sprint(i))}
			}
			checked := 0
			for i, want := range oracle.Run[stagesRequest, stages](t, python, "stages.py", requests) {
				if want.Skipped != "" {
					continue
				}
				checked++
				t.Run(fmt.Sprint(i), func(t *testing.T) { checkStages(t, requests[i].Path, want) })
			}
			if checked < len(requests)/2 {
				t.Errorf("only %d of %d were checked", checked, len(requests))
			}
		})
	}
}

func checkStages(t *testing.T, path string, want stages) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pickle.Load(b)
	if err != nil {
		t.Fatalf("%s %v", want.Format, err)
	}
	p := newProblems()
	parts := partsOf(v, p)
	if len(parts) != 1 {
		t.Fatal(parts, p.err())
	}
	steps := parts[0].steps
	r := &reader{}
	c := r.text(steps[:len(steps)-1])
	if err := p.err(); err != nil && strings.Contains(err.Error(),
		"sublinear_tf in single precision depends on the release of NumPy") {
		return
	}
	if c == nil || p.err() != nil {
		t.Fatalf("scikit-learn %s, %v: %v", want.Release, want.Steps, p.err())
	}
	for i, v := range c.vectorizers {
		if !slices.Equal(v.Vocabulary, want.Vocabularies[i]) {
			t.Errorf("vocabulary %q, want %q", v.Vocabulary, want.Vocabularies[i])
		}
		if v.Tfidf != nil && !slices.EqualFunc(v.Tfidf.IDF, want.IDF[i], sameIDF) || v.Tfidf == nil && want.IDF[i] != nil {
			t.Errorf("idf %v, want %v", v.Tfidf, want.IDF[i])
		}
	}
	columns := make([]uint32, 0, c.n)
	for i := range want.Vocabularies {
		for range want.Vocabularies[i] {
			columns = append(columns, uint32(len(columns)))
		}
	}
	var divisors []float64
	for _, transform := range c.transforms {
		switch transform := transform.(type) {
		case *features.Select:
			kept := make([]uint32, len(transform.Columns))
			for i, c := range transform.Columns {
				kept[i] = columns[c]
			}
			columns = kept
		case *features.Scale:
			divisors = transform.Divisor
		}
	}
	if !slices.Equal(columns, want.Columns) {
		t.Errorf("scikit-learn %s, %v: columns %v, want %v", want.Release, want.Steps, columns, want.Columns)
	}
	if !slices.Equal(divisors, want.Divisors) {
		t.Errorf("divisors %v, want %v", divisors, want.Divisors)
	}
}

// sameIDF compares idf with a tolerance for releases before 1.5, where scikit-learn computes idf_ from the diagonal
// matrix, and for float32.
func sameIDF(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

type wholeRequest struct {
	Model   string `json:"model"`
	Classes int    `json:"classes"`
	Path    string `json:"path"`
}

// whole is the answer of whole.py.
type whole struct {
	Release, Skipped string
	Texts, Labels    []string
	Proba, Decision  [][]float64
}

// TestWholePipelines compares classifiers that contain whole pipelines, whose vectorizers are concatenated.
func TestWholePipelines(t *testing.T) {
	for release, least := range map[string]int{"sklearn-0.20": 4, "sklearn-1.5": 8, "sklearn-1.9": 8} {
		t.Run(release, func(t *testing.T) {
			python := oracle.Environment(t, release)
			dir := t.TempDir()
			var requests []wholeRequest
			for _, model := range []string{"soft", "hard", "calibrated", "calibrated vote", "rest", "pairs"} {
				for _, classes := range []int{2, 3} {
					requests = append(requests, wholeRequest{model, classes, filepath.Join(dir, fmt.Sprint(len(requests)))})
				}
			}
			for i, want := range oracle.Run[wholeRequest, whole](t, python, "whole.py", requests) {
				if want.Skipped != "" {
					continue
				}
				least--
				t.Run(fmt.Sprint(requests[i].Model, requests[i].Classes), func(t *testing.T) {
					checkWhole(t, requests[i].Path, want)
				})
			}
			if least > 0 {
				t.Errorf("%d models fewer than expected", least)
			}
		})
	}
}

func checkWhole(t *testing.T, path string, want whole) {
	files, err := Files(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(files, Options{})
	if err != nil {
		t.Fatalf("scikit-learn %s: %v", want.Release, err)
	}
	b, err := model.Build(p.Spec())
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	same := func(got, want float64) bool { return math.Abs(got-want) <= 1e-12*max(1, math.Abs(want)) }
	for i, text := range want.Texts {
		var got head.Prediction
		m.Predict(text, &got)
		if want.Proba != nil && !slices.EqualFunc(got.Proba, want.Proba[i], same) {
			t.Errorf("%q: probabilities %v, want %v", text, got.Proba, want.Proba[i])
		}
		if want.Decision != nil && !slices.EqualFunc(got.Decision, want.Decision[i], same) {
			t.Errorf("%q: decision %v, want %v", text, got.Decision, want.Decision[i])
		}
		if name := p.Classes[got.Label].Text; name != want.Labels[i] {
			t.Errorf("%q: %s, want %s", text, name, want.Labels[i])
		}
	}
}
