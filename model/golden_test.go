package model

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"sync"
	"testing"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
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

func wordsOf(v *pickle.Vectorizer, c *pickle.Classifier) Words {
	norm, _ := ParseNorm(v.Norm)
	return Words{NGramMin: v.NGramMin, NGramMax: v.NGramMax, Features: v.Features, IDF: v.IDF, Coef: c.Coef,
		Norm: norm, SublinearTF: v.SublinearTF, Binary: v.Binary, Descending: v.Diagonal}
}

// tablesOf builds the tables of a block and opens them again.
func tablesOf(tb testing.TB, w Words, pack *english.Pack) *wordTables {
	tb.Helper()
	sections, err := buildWords(w, pack)
	if err != nil {
		tb.Fatal(err)
	}
	m := &Model{sections: sections}
	t, err := openTables(m.section)
	if err != nil {
		tb.Fatal(err)
	}
	return t
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
		m := &Model{words: tablesOf(t, wordsOf(v, c), pack), intercept: c.Intercept, softmax: c.Softmax}
		m.memo = sync.OnceValue(newMemo)
		m.scratch.New = func() any { return newScratch(m) }
		for _, set := range []string{"train", "adv_dev"} {
			t.Run(p.release+"/"+p.model+"/"+set, func(t *testing.T) {
				docs := readLines[struct{ Features []string }](t, shared.File(t, "golden", "tokens_"+p.language+"_"+set+".jsonl.gz"))
				want := readLines[struct{ Proba [2]float64 }](t, shared.File(t, "pickles", p.release, p.model, "proba_"+set+".jsonl.gz"))
				worst, exact := 0.0, 0
				for i, w := range want {
					got := m.predictFeatures(docs[i].Features)
					if got == w.Proba {
						exact++
					}
					for j := range got {
						worst = math.Max(worst, math.Abs(got[j]-w.Proba[j]))
					}
				}
				t.Logf("largest difference %.3g; %d of %d equal to the last bit", worst, exact, len(want))
				if worst > Tolerance {
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
		m := &Model{words: tablesOf(t, wordsOf(v, c), pack), intercept: c.Intercept, softmax: c.Softmax, pack: pack}
		m.memo = sync.OnceValue(newMemo)
		m.scratch.New = func() any { return newScratch(m) }
		for _, set := range []string{"train", "adv_dev"} {
			t.Run(p.release+"/"+p.model+"/"+set, func(t *testing.T) {
				docs := readLines[struct{ ID, Text string }](t, shared.File(t, "golden", "tokens_"+p.language+"_"+set+".jsonl.gz"))
				want := readLines[struct{ Proba [2]float64 }](t, shared.File(t, "pickles", p.release, p.model, "proba_"+set+".jsonl.gz"))
				worst, wrong := 0.0, 0
				for i, w := range want {
					got := m.predictCleaned(docs[i].Text)
					diff := math.Abs(got[1] - w.Proba[1])
					worst = math.Max(worst, diff)
					if diff > Tolerance {
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
