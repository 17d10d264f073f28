package features_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"reddit-classifier/model"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/sklearn"
	"reddit-classifier/test/shared"
)

// pickled are the models that scikit-learn wrote, with the language that goes with each.
var pickled = []struct{ release, model, language string }{
	{"sklearn0.23-dill0.3", "seed", "spacy-2.3.2"},
	{"sklearn0.23-dill0.3", "tuned", "spacy-2.3.2"},
	{"sklearn1.9-dill0.4", "seed", "spacy-3.8"},
	{"sklearn1.9-dill0.4", "tuned", "spacy-3.8"},
}

// pipeline is a vectorizer and a linear classifier.
type pipeline struct {
	*features.Extractor
	scratch *features.Scratch
	linear  *head.Linear
	head    head.Scratch
	p       head.Prediction
}

// pipelineOf reads pickles of a vectorizer that takes a language pack's tokens, and of its classifier.
func pipelineOf(tb testing.TB, pack []byte, paths ...string) *pipeline {
	tb.Helper()
	files, err := sklearn.Files(paths...)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := sklearn.Read(files, sklearn.Options{Language: pack})
	if err != nil {
		tb.Fatal(err)
	}
	e := open(tb, p.Vectorizers, p.Transforms, features.Options{InOrder: true})
	return &pipeline{Extractor: e, scratch: e.NewScratch(), linear: p.Classifier.(*head.Linear)}
}

// sharedPipeline reads the pickles of a release and model in ../shared.
func sharedPipeline(tb testing.TB, release, name, language string) *pipeline {
	tb.Helper()
	pack, err := packs.Open(language)
	if err != nil {
		tb.Fatal(err)
	}
	return pipelineOf(tb, pack.Bytes(), shared.File(tb, "pickles", release, name, "tfidf_vectorizer.model"),
		shared.File(tb, "pickles", release, name, "lr.model"))
}

func (p *pipeline) proba(x features.Vector) [2]float64 {
	p.linear.Predict(x, &p.head, &p.p)
	return [2]float64(p.p.Proba)
}

// TestFeaturesToProbabilities compares with scikit-learn where the features are given, so that only TF-IDF and
// regression are at work.
func TestFeaturesToProbabilities(t *testing.T) {
	for _, p := range pickled {
		m := sharedPipeline(t, p.release, p.model, p.language)
		for _, set := range []string{"train", "adv_dev"} {
			t.Run(p.release+"/"+p.model+"/"+set, func(t *testing.T) {
				docs := shared.Lines[struct{ Features []string }](t,
					shared.File(t, "golden", "tokens_"+p.language+"_"+set+".jsonl.gz"))
				want := shared.Lines[struct{ Proba [2]float64 }](t,
					shared.File(t, "pickles", p.release, p.model, "proba_"+set+".jsonl.gz"))
				worst, exact := 0.0, 0
				for i, w := range want {
					got := m.proba(m.TokensVector(docs[i].Features, m.scratch))
					if got == w.Proba {
						exact++
					}
					for j := range got {
						worst = math.Max(worst, math.Abs(got[j]-w.Proba[j]))
					}
				}
				t.Logf("largest difference %.3g; %d of %d equal to the last bit", worst, exact, len(want))
				if worst > model.Tolerance {
					t.Errorf("largest difference %g", worst)
				}
			})
		}
	}
}

// TestTextToProbabilities compares with scikit-learn from cleaned text on: tokenizer, TF-IDF and regression together.
func TestTextToProbabilities(t *testing.T) {
	for _, p := range pickled {
		m := sharedPipeline(t, p.release, p.model, p.language)
		for _, set := range []string{"train", "adv_dev"} {
			t.Run(p.release+"/"+p.model+"/"+set, func(t *testing.T) {
				docs := shared.Lines[struct{ ID, Text string }](t,
					shared.File(t, "golden", "tokens_"+p.language+"_"+set+".jsonl.gz"))
				want := shared.Lines[struct{ Proba [2]float64 }](t,
					shared.File(t, "pickles", p.release, p.model, "proba_"+set+".jsonl.gz"))
				worst, wrong := 0.0, 0
				for i, w := range want {
					got := m.proba(m.CleanedVector(docs[i].Text, m.scratch))
					diff := math.Abs(got[1] - w.Proba[1])
					worst = math.Max(worst, diff)
					if diff > model.Tolerance {
						wrong++
						if wrong < 5 {
							t.Errorf("%s: %v, want %v: %.100q", docs[i].ID, got, w.Proba, docs[i].Text)
						}
					}
				}
				t.Logf("largest difference %.3g; %d of %d beyond the tolerance", worst, wrong, len(want))
			})
		}
	}
}

// TestWriters predicts with the models that many releases of scikit-learn wrote; see pickle/testdata/write.py.
func TestWriters(t *testing.T) {
	pack := english(t).Language
	paths, err := filepath.Glob("../pickle/testdata/*/expected.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata: ", err)
	}
	for _, path := range paths {
		var w struct {
			Release string
			Docs    [][]string
			Models  []struct {
				Files []string
				Proba [][2]float64
			}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &w); err != nil {
			t.Fatal(err)
		}
		for _, x := range w.Models {
			t.Run(w.Release+"/"+x.Files[0], func(t *testing.T) {
				path := filepath.Join(filepath.Dir(path), x.Files[0])
				m := pipelineOf(t, pack, path+".vectorizer.pickle", path+".classifier.pickle")
				for i, doc := range w.Docs {
					if got, want := m.proba(m.TokensVector(doc, m.scratch)), x.Proba[i]; math.Abs(got[1]-want[1]) > 1e-15 {
						t.Errorf("%v: %v, want %v", doc, got, want)
					}
				}
			})
		}
	}
}
