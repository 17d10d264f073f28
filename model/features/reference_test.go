package features_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/features"
)

// open builds vectorizers and transforms and opens what was built.
func open(tb rapid.TB, vectorizers []features.Vectorizer, transforms []features.Transform,
	o features.Options) *features.Extractor {
	sections, width, err := features.Build(vectorizers, transforms, o)
	if err != nil {
		tb.Fatal(err)
	}
	a, err := artifact.Parse(artifact.Encode(sections))
	if err != nil {
		tb.Fatal(err)
	}
	e, err := features.Open(a.Section)
	if err != nil {
		tb.Fatal(err)
	}
	if e.Features() != width {
		tb.Fatalf("%d features, want %d", e.Features(), width)
	}
	return e
}

// english returns an analyzer of the language pack.
func english(tb testing.TB) features.Analyzer {
	tb.Helper()
	pack, err := packs.Open("spacy-3.8")
	if err != nil {
		tb.Fatal(err)
	}
	return features.Analyzer{Kind: features.AnalyzerEnglish, Language: pack.Bytes()}
}

// plainVector is the vector of a document as scikit-learn's documentation has it, by feature: n-grams as texts, counts
// in a map.
func plainVector(v features.Vectorizer, ngrams []string) []float64 {
	counts := map[string]float64{}
	for _, ngram := range ngrams {
		counts[ngram]++
	}
	values := make([]float64, len(v.Vocabulary))
	for i, ngram := range v.Vocabulary {
		values[i] = counts[ngram]
		if v.Binary && values[i] > 0 {
			values[i] = 1
		}
	}
	if v.Tfidf != nil {
		plainTfidf(*v.Tfidf, values)
	}
	return values
}

func plainTfidf(t features.Tfidf, values []float64) {
	for i, tf := range values {
		if tf > 0 && t.SublinearTF {
			values[i] = 1 + math.Log(tf)
		}
		if t.IDF != nil {
			values[i] *= t.IDF[i]
		}
	}
	plainNorm(t.Norm, values)
}

func plainNorm(norm features.Norm, values []float64) {
	sum := 0.0
	for _, v := range values {
		switch norm {
		case features.NormL1:
			sum += math.Abs(v)
		case features.NormL2:
			sum += v * v
		case features.NormMax:
			sum = max(sum, math.Abs(v))
		}
	}
	if norm == features.NormL2 {
		sum = math.Sqrt(sum)
	}
	if sum == 0 {
		return
	}
	for i := range values {
		values[i] /= sum
	}
}

// wordNGrams is CountVectorizer._word_ngrams.
func wordNGrams(tokens []string, low, high int) (ngrams []string) {
	for n := low; n <= high; n++ {
		for i := 0; i+n <= len(tokens); i++ {
			ngrams = append(ngrams, strings.Join(tokens[i:i+n], " "))
		}
	}
	return ngrams
}

// same compares a vector with a dense one.
func same(t rapid.TB, x features.Vector, want []float64) {
	got := make([]float64, len(want))
	for i, f := range x.Index {
		got[f] = x.Value[i]
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-12*max(1, math.Abs(want[i]))) {
			t.Fatalf("feature %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// TestAgainstReference tries every option on random vocabularies and documents, with words that hold spaces, also at
// their ends and doubled, which only exceptions and lemmas with spaces bring about.
func TestAgainstReference(t *testing.T) {
	analyzer := english(t)
	rapid.Check(t, func(t *rapid.T) {
		words := []string{"a", "b", "c", "d e", "e", "a b", "d  e", "f "}
		if rapid.Bool().Draw(t, "only plain words") {
			words = words[:3]
		}
		token := rapid.SampledFrom(words)
		v := features.Vectorizer{Analyzer: analyzer, Weight: 1, Binary: rapid.Bool().Draw(t, "binary"),
			Tfidf: &features.Tfidf{
				SublinearTF: rapid.Bool().Draw(t, "sublinear"),
				Norm: rapid.SampledFrom([]features.Norm{features.NormNone, features.NormL1, features.NormL2}).Draw(t,
					"norm"),
			}}
		v.NGramMin = rapid.IntRange(1, 5).Draw(t, "min")
		v.NGramMax = rapid.IntRange(v.NGramMin, 6).Draw(t, "max")
		ngrams := rapid.SliceOfN(rapid.SliceOfN(token, 1, 6), 1, 30).Draw(t, "n-grams")
		for _, ngram := range ngrams {
			v.Vocabulary = append(v.Vocabulary, strings.Join(ngram, " "))
		}
		slices.Sort(v.Vocabulary)
		v.Vocabulary = slices.Compact(v.Vocabulary)
		if n := len(v.Vocabulary); rapid.Bool().Draw(t, "use_idf") {
			v.Tfidf.IDF = rapid.SliceOfN(rapid.Float64Range(1, 10), n, n).Draw(t, "idf")
		}
		v.Tfidf.Diagonal = rapid.Bool().Draw(t, "diagonal")
		e := open(t, []features.Vectorizer{v}, nil, features.Options{InOrder: rapid.Bool().Draw(t, "in order")})
		s := e.NewScratch()
		for range 3 { // one after another: the scratch must come out empty
			doc := rapid.SliceOfN(token, 0, 400).Draw(t, "document")
			same(t, e.TokensVector(doc, s), plainVector(v, wordNGrams(doc, v.NGramMin, v.NGramMax)))
		}
	})
}
