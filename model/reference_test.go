package model

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
	"reddit-classifier/model/pickle"
)

// modelOf makes a model of tables alone, for documents given as features.
func modelOf(tb testing.TB, w Words, intercept float64, pack *english.Pack) *Model {
	m := &Model{words: tablesOf(tb, w, pack), intercept: intercept, pack: pack, cleaner: clean.Original}
	m.memo = sync.OnceValue(newMemo)
	m.scratch.New = func() any { return newScratch(m) }
	return m
}

// plainDecision is the decision function as scikit-learn's documentation has it: n-grams as texts, counts in a map.
func plainDecision(w Words, intercept float64, tokens []string) float64 {
	counts := map[string]float64{}
	for n := w.NGramMin; n <= w.NGramMax; n++ {
		for i := 0; i+n <= len(tokens); i++ {
			counts[strings.Join(tokens[i:i+n], " ")]++
		}
	}
	values := make([]float64, len(w.Features))
	norm := 0.0
	for i, f := range w.Features {
		tf := counts[f]
		switch {
		case tf == 0:
			continue
		case w.Binary:
			tf = 1
		case w.SublinearTF:
			tf = 1 + math.Log(tf)
		}
		if w.IDF != nil {
			tf *= w.IDF[i]
		}
		values[i] = tf
		switch w.Norm {
		case NormL1:
			norm += math.Abs(tf)
		case NormL2:
			norm += tf * tf
		}
	}
	if w.Norm == NormL2 {
		norm = math.Sqrt(norm)
	}
	sum := intercept
	for i, v := range values {
		if norm != 0 {
			v /= norm
		}
		sum += v * w.Coef[i]
	}
	return sum
}

// TestAgainstReference tries every option on random vocabularies and documents, with words that hold spaces, also at their
// ends and doubled, which only exceptions and lemmas with spaces bring about.
func TestAgainstReference(t *testing.T) {
	pack := openPack(t, "spacy-3.8")
	rapid.Check(t, func(t *rapid.T) {
		words := []string{"a", "b", "c", "d e", "e", "a b", "d  e", "f "}
		if rapid.Bool().Draw(t, "only plain words") {
			words = words[:3]
		}
		token := rapid.SampledFrom(words)
		w := Words{
			SublinearTF: rapid.Bool().Draw(t, "sublinear"),
			Binary:      rapid.Bool().Draw(t, "binary"),
			Descending:  rapid.Bool().Draw(t, "descending"),
			Norm:        rapid.SampledFrom([]Norm{NormNone, NormL1, NormL2}).Draw(t, "norm"),
		}
		w.NGramMin = rapid.IntRange(1, 5).Draw(t, "min")
		w.NGramMax = rapid.IntRange(w.NGramMin, 6).Draw(t, "max")
		ngrams := rapid.SliceOfN(rapid.SliceOfN(token, 1, 6), 1, 30).Draw(t, "n-grams")
		for _, ngram := range ngrams {
			w.Features = append(w.Features, strings.Join(ngram, " "))
		}
		slices.Sort(w.Features)
		w.Features = slices.Compact(w.Features)
		weights := rapid.SliceOfN(rapid.Float64Range(-5, 5), len(w.Features), len(w.Features))
		w.Coef = weights.Draw(t, "coef")
		if rapid.Bool().Draw(t, "use_idf") {
			w.IDF = rapid.SliceOfN(rapid.Float64Range(1, 10), len(w.Features), len(w.Features)).Draw(t, "idf")
		}
		m := modelOf(t2(t), w, 0.25, pack)
		for range 3 { // one after another: the scratch must come out empty
			doc := rapid.SliceOfN(token, 0, 400).Draw(t, "document")
			s := m.scratch.Get().(*scratch)
			s.countFeatures(m, doc)
			got := m.words.decision(s.tally) + m.intercept
			m.release(s)
			if want := plainDecision(w, 0.25, doc); math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
				t.Fatalf("%v, want %v", got, want)
			}
		}
	})
}

// t2 lets helpers for tests be used in properties.
func t2(t *rapid.T) testing.TB { return failer{t: t} }

type failer struct {
	testing.TB
	t *rapid.T
}

func (f failer) Helper()           {}
func (f failer) Fatal(args ...any) { f.t.Fatal(args...) }

// TestWriters predicts with the models that many releases of scikit-learn wrote; see pickle/testdata/write.py.
func TestWriters(t *testing.T) {
	pack := openPack(t, "spacy-3.8")
	paths, err := filepath.Glob("pickle/testdata/*/expected.json")
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
				m := modelOf(t, wordsOf(v, c), c.Intercept, pack)
				for i, doc := range w.Docs {
					if got, want := m.predictFeatures(doc), x.Proba[i]; math.Abs(got[1]-want[1]) > 1e-15 {
						t.Errorf("%v: %v, want %v", doc, got, want)
					}
				}
			})
		}
	}
}

// TestMemo has the memo forget, collide and be shared, and never be wrong: texts of random chunks, against the tokenizer alone.
func TestMemo(t *testing.T) {
	pack := openPack(t, "spacy-3.8")
	w := smallSpec(t).Words
	m := modelOf(t, w, 0, pack)
	rapid.Check(t, func(t *rapid.T) {
		chunk := rapid.OneOf(
			rapid.SampledFrom([]string{"science", "The", "the", "is", "isn't", "there,", "why?!", "URL", "http://a.org/b", "don't--stop", "\x00", "a\x00", "a",
				"é", "(science)", "thescienceofsomethingverylong", "sixteen-letters!", "there.", "science is", "\u00a0", "\u3000the", "\u0085"}),
			rapid.StringN(1, 12, 24), rapid.StringMatching(`[a-z]{1,17}[.,?]?`))
		text := strings.Join(rapid.SliceOfN(chunk, 0, 300).Draw(t, "chunks"), rapid.SampledFrom([]string{" ", "\n", "  ", "\t \x1c", "\u2003"}).Draw(t, "space"))
		text = strings.ToValidUTF8(text, "?")
		tokens := pack.AppendTokens(nil, text)
		var features []string
		for i := range tokens {
			if f := tokens[i].Feature(); f != "" {
				features = append(features, f)
			}
		}
		if got, want := m.predictCleaned(text), m.predictFeatures(features); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// TestConcurrently predicts in many goroutines at once; run it with -race.
func TestConcurrently(t *testing.T) {
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	texts := syntheticComments(t)[:300]
	want := make([][2]float64, len(texts))
	for i, text := range texts {
		want[i] = m.PredictProba(text)
	}
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range texts {
				i = (i*7 + g*31) % len(texts)
				if got := m.PredictProba(texts[i]); got != want[i] {
					t.Errorf("%v, want %v", got, want[i])
				}
			}
		})
	}
	group.Wait()
}

// TestExplain has the contributions and the intercept add up to the decision function, and the strongest first.
func TestExplain(t *testing.T) {
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range syntheticComments(t)[:50] {
		intercept, all := m.Explain(text, -1)
		sum := intercept
		for i, c := range all {
			sum += c.Value
			if i > 0 && math.Abs(c.Value) > math.Abs(all[i-1].Value) {
				t.Fatalf("%v before %v", all[i-1], c)
			}
		}
		if d := m.DecisionFunction(text); math.Abs(d-sum) > 1e-12 {
			t.Errorf("contributions add up to %v, the decision is %v", sum, d)
		}
		if _, top := m.Explain(text, 3); !slices.Equal(top, all[:min(3, len(all))]) {
			t.Errorf("%v are not the first of %v", top, all)
		}
	}
}
