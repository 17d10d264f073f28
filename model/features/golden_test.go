package features_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"reddit-classifier/model"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
	"reddit-classifier/test/shared"
)

// pickled are the models that scikit-learn wrote, with the language that goes with each.
var pickled = []struct{ release, model, language string }{
	{"sklearn0.23-dill0.3", "seed", "spacy-2.3.2"},
	{"sklearn0.23-dill0.3", "tuned", "spacy-2.3.2"},
	{"sklearn1.9-dill0.4", "seed", "spacy-3.8"},
	{"sklearn1.9-dill0.4", "tuned", "spacy-3.8"},
}

// readLines decodes the lines of a compressed file of JSON.
func readLines[T any](tb testing.TB, path string) []T {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var out []T
	for d := json.NewDecoder(bufio.NewReader(z)); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			tb.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func readPickles(tb testing.TB, release, name string) (*pickle.Vectorizer, *pickle.Classifier) {
	tb.Helper()
	read := func(file string) []byte {
		b, err := os.ReadFile(shared.File(tb, "pickles", release, name, file))
		if err != nil {
			tb.Fatal(err)
		}
		return b
	}
	v, err := pickle.ReadVectorizer(read("tfidf_vectorizer.model"), nil)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := pickle.ReadClassifier(read("lr.model"))
	if err != nil {
		tb.Fatal(err)
	}
	return v, c
}

// vectorizerOf returns the vectorizer of a pickle, behind a language pack.
func vectorizerOf(v *pickle.Vectorizer, analyzer features.Analyzer) features.Vectorizer {
	norm, _ := features.ParseNorm(v.Norm)
	return features.Vectorizer{Analyzer: analyzer, NGramMin: v.NGramMin, NGramMax: v.NGramMax, Vocabulary: v.Features, Binary: v.Binary,
		Weight: 1, Tfidf: &features.Tfidf{IDF: v.IDF, SublinearTF: v.SublinearTF, Norm: norm}}
}

// pipeline is a vectorizer and a linear classifier.
type pipeline struct {
	*features.Extractor
	scratch *features.Scratch
	linear  *head.Linear
	head    head.Scratch
	p       head.Prediction
}

func pipelineOf(tb testing.TB, v *pickle.Vectorizer, c *pickle.Classifier, analyzer features.Analyzer) *pipeline {
	e := open(tb, []features.Vectorizer{vectorizerOf(v, analyzer)}, nil, features.Options{Descending: v.Diagonal})
	return &pipeline{Extractor: e, scratch: e.NewScratch(), linear: model.Binary(c.Coef, c.Intercept, c.Softmax)}
}

func (p *pipeline) proba(x features.Vector) [2]float64 {
	p.linear.Predict(x, &p.head, &p.p)
	return [2]float64(p.p.Proba)
}

// TestFeaturesToProbabilities compares with scikit-learn where the features are given, so that only TF-IDF and regression are
// at work.
func TestFeaturesToProbabilities(t *testing.T) {
	for _, p := range pickled {
		v, c := readPickles(t, p.release, p.model)
		pack, err := packs.Open(p.language)
		if err != nil {
			t.Fatal(err)
		}
		m := pipelineOf(t, v, c, features.Analyzer{Kind: features.AnalyzerEnglish, Language: pack.Bytes()})
		for _, set := range []string{"train", "adv_dev"} {
			t.Run(p.release+"/"+p.model+"/"+set, func(t *testing.T) {
				docs := readLines[struct{ Features []string }](t, shared.File(t, "golden", "tokens_"+p.language+"_"+set+".jsonl.gz"))
				want := readLines[struct{ Proba [2]float64 }](t, shared.File(t, "pickles", p.release, p.model, "proba_"+set+".jsonl.gz"))
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
		v, c := readPickles(t, p.release, p.model)
		pack, err := packs.Open(p.language)
		if err != nil {
			t.Fatal(err)
		}
		m := pipelineOf(t, v, c, features.Analyzer{Kind: features.AnalyzerEnglish, Language: pack.Bytes()})
		for _, set := range []string{"train", "adv_dev"} {
			t.Run(p.release+"/"+p.model+"/"+set, func(t *testing.T) {
				docs := readLines[struct{ ID, Text string }](t, shared.File(t, "golden", "tokens_"+p.language+"_"+set+".jsonl.gz"))
				want := readLines[struct{ Proba [2]float64 }](t, shared.File(t, "pickles", p.release, p.model, "proba_"+set+".jsonl.gz"))
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
	analyzer := english(t)
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
				read := func(kind string) []byte {
					b, err := os.ReadFile(filepath.Join(filepath.Dir(path), x.Files[0]+"."+kind+".pickle"))
					if err != nil {
						t.Fatal(err)
					}
					return b
				}
				v, err := pickle.ReadVectorizer(read("vectorizer"), nil)
				if err != nil {
					t.Fatal(err)
				}
				c, err := pickle.ReadClassifier(read("classifier"))
				if err != nil {
					t.Fatal(err)
				}
				m := pipelineOf(t, v, c, analyzer)
				for i, doc := range w.Docs {
					if got, want := m.proba(m.TokensVector(doc, m.scratch)), x.Proba[i]; math.Abs(got[1]-want[1]) > 1e-15 {
						t.Errorf("%v: %v, want %v", doc, got, want)
					}
				}
			})
		}
	}
}
