package sklearn

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"reddit-classifier/model/features"
	"reddit-classifier/model/pickle"
	"reddit-classifier/test/oracle"
)

type stagesRequest struct {
	Seed int    `json:"seed"`
	Path string `json:"path"`
}

// stages is what stages.py answers.
type stages struct {
	Release, Format, Skipped string
	Vocabularies             [][]string
	IDF                      [][]float64
	Columns                  []uint32
	Divisors                 []float64
	Steps                    []string
}

// TestStages has releases of scikit-learn fit and write what stands before a classifier, at random, in every format,
// and compares vocabularies, idf, the columns that selectors leave, and scales.
func TestStages(t *testing.T) {
	for _, release := range []string{"sklearn-0.20", "sklearn-0.24", "sklearn-1.2", "sklearn-1.5", "sklearn-1.7", "sklearn-1.9"} {
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

// sameIDF allows for idf_ before 1.5, which scikit-learn computes from the diagonal, and for its float32.
func sameIDF(a, b float64) bool { return math.Abs(a-b) < 1e-6 }
