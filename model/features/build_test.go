package features

import (
	"errors"
	"math"
	"strings"
	"testing"

	"reddit-classifier/model/artifact"
)

// TestBuildRefuses names what is wrong with a vectorizer, and whether it is wrong or only not supported.
func TestBuildRefuses(t *testing.T) {
	for _, tt := range []struct {
		change      func(v *Vectorizer)
		want        string // empty: it is built
		unsupported bool
	}{
		{func(*Vectorizer) {}, "", false},
		{func(v *Vectorizer) { v.Vocabulary = nil }, "0 features", false},
		{func(v *Vectorizer) { v.Vocabulary[1] = "aa" }, `the n-gram "aa" is in the vocabulary twice`, false},
		{func(v *Vectorizer) { v.Tfidf = &Tfidf{} }, "", false},
		{func(v *Vectorizer) { v.Tfidf = &Tfidf{IDF: []float64{1, 2}} }, "", false},
		{func(v *Vectorizer) { v.Tfidf = &Tfidf{IDF: []float64{1}} }, "2 n-grams but 1 values of idf", false},
		{func(v *Vectorizer) { v.Tfidf = &Tfidf{IDF: []float64{1, math.Inf(1)}} }, `the weight of "bb" is +Inf`, false},
		{func(v *Vectorizer) { v.NGramMin = 0 }, "n-grams of 0 to 1 words", true},
		{func(v *Vectorizer) { v.NGramMin, v.NGramMax = 3, 2 }, "n-grams of 3 to 2 words", true},
		{func(v *Vectorizer) { v.NGramMin, v.NGramMax = 32, 32 }, "", false},
		{func(v *Vectorizer) { v.NGramMax = 33 }, "n-grams of 1 to 33 words: 1 to 32", true},
		{func(v *Vectorizer) { v.Weight = math.NaN() }, "a vectorizer's weight is NaN", false},
		{func(v *Vectorizer) { v.Weight = -artifact.MaxWeight }, "", false},
		{func(v *Vectorizer) { v.Weight = -2 * artifact.MaxWeight }, "a vectorizer's weight is -2e+100", false},
		{func(v *Vectorizer) { v.Analyzer.Cleaner = 99 }, "the cleaner 99", true},
		{func(v *Vectorizer) { v.Analyzer = Analyzer{Kind: AnalyzerEnglish} }, "the language pack: ", false},
		{func(v *Vectorizer) { v.Analyzer.Pattern = `(a)(b)` }, "the token pattern: ", true},
		{func(v *Vectorizer) { v.Analyzer.Pattern = `(?u)\b\w+\b` }, "", false},
		{func(v *Vectorizer) { v.Analyzer = Analyzer{Kind: AnalyzerChar, Pattern: `\w`} }, "only the analyzer word has", true},
		{func(v *Vectorizer) { v.Analyzer = Analyzer{Kind: AnalyzerCharWB, StopWords: []string{"a"}} },
			"only the analyzer word has", true},
		{func(v *Vectorizer) { v.Analyzer.StopWords = []string{"a"} }, "", false},
		{func(v *Vectorizer) { v.Hashing = &Hashing{Features: 8} }, "hashing excludes a vocabulary", true},
		{func(v *Vectorizer) { v.Hashing, v.Vocabulary = &Hashing{Features: 8}, nil }, "", false},
		{func(v *Vectorizer) { v.Hashing, v.Vocabulary = &Hashing{}, nil }, "0 features", false},
		{func(v *Vectorizer) { v.Hashing, v.Vocabulary, v.Tfidf = &Hashing{Features: 8}, nil, &Tfidf{} },
			"hashing excludes a vocabulary, idf and a language", true},
		{func(v *Vectorizer) {
			v.Hashing, v.Vocabulary, v.Analyzer = &Hashing{Features: 8}, nil, Analyzer{Kind: AnalyzerEnglish}
		}, "hashing excludes a vocabulary, idf and a language", true},
		{func(v *Vectorizer) { v.Float32, v.Tfidf = true, &Tfidf{Diagonal: true, IDF: []float64{1, 0.5}} }, "", false},
		{func(v *Vectorizer) { v.Float32, v.Tfidf = true, &Tfidf{Diagonal: true, IDF: []float64{1, 0.1}} },
			"multiplied by idf in double precision", true},
	} {
		v := Vectorizer{NGramMin: 1, NGramMax: 1, Vocabulary: []string{"aa", "bb"}, Weight: 1}
		tt.change(&v)
		sections, n, err := Build([]Vectorizer{v}, nil, Options{})
		if tt.want == "" {
			if err != nil || len(sections) == 0 || n != v.Features() {
				t.Errorf("%+v: %d sections of %d features, %v", v, len(sections), n, err)
			}
			continue
		}
		var unsupported artifact.UnsupportedError
		if err == nil || !strings.Contains(err.Error(), tt.want) || errors.As(err, &unsupported) != tt.unsupported {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}
