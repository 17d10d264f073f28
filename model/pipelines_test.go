package model

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/text/prepare"
	"reddit-classifier/model/text/python"
)

// wordsIn returns the n-grams of the default token pattern in at least two of the texts, the most frequent ones first.
func wordsIn(texts []string, low, high, most int) []string {
	return frequent(texts, most, func(text string, add func(string)) {
		words := strings.FieldsFunc(string(python.AppendLower(nil, text)), func(r rune) bool { return !python.IsWord(r) })
		words = slices.DeleteFunc(words, func(w string) bool { return len([]rune(w)) < 2 })
		for n := low; n <= high; n++ {
			for i := 0; i+n <= len(words); i++ {
				add(strings.Join(words[i:i+n], " "))
			}
		}
	})
}

// charsIn returns the n-grams of characters within words.
func charsIn(texts []string, low, high, most int) []string {
	return frequent(texts, most, func(text string, add func(string)) {
		for word := range strings.FieldsSeq(string(python.AppendLower(nil, text))) {
			padded := []rune(" " + word + " ")
			for n := low; n <= high; n++ {
				for i := 0; i+n <= len(padded); i++ {
					add(string(padded[i : i+n]))
				}
			}
		}
	})
}

func frequent(texts []string, most int, each func(text string, add func(string))) []string {
	documents := map[string]int{}
	for _, text := range texts {
		seen := map[string]bool{}
		each(text, func(ngram string) {
			if !seen[ngram] {
				seen[ngram] = true
				documents[ngram]++
			}
		})
	}
	maps.DeleteFunc(documents, func(_ string, n int) bool { return n < 2 })
	list := slices.SortedFunc(maps.Keys(documents), func(a, b string) int {
		return cmp.Or(cmp.Compare(documents[b], documents[a]), cmp.Compare(a, b))
	})
	list = list[:min(len(list), most)]
	slices.Sort(list)
	return list
}

// linearSpec is a linear model with random weights behind a vectorizer with idf.
func linearSpec(v features.Vectorizer, outputs int) Spec {
	r := rand.New(rand.NewPCG(3, 4))
	n := v.Features()
	v.Weight = 1
	if v.Hashing == nil {
		v.Tfidf = &features.Tfidf{Norm: features.NormL2, SublinearTF: true, IDF: make([]float64, n)}
		for i := range n {
			v.Tfidf.IDF[i] = 1 + 5*r.Float64()
		}
	}
	linear := &head.Linear{Coef: make([]float64, n*outputs), Stride: outputs, Outputs: outputs,
		Intercept: make([]float64, outputs), Link: head.LinkLogistic}
	if outputs > 1 {
		linear.Link = head.LinkSoftmax
	}
	for i := range linear.Coef {
		linear.Coef[i] = r.NormFloat64()
	}
	spec := Spec{Manifest: Manifest{Name: "random"}, Vectorizers: []features.Vectorizer{v}, Classifier: linear}
	for i := range max(2, outputs) {
		spec.Classes = append(spec.Classes, head.Class{Kind: head.ClassNumber, Text: strconv.Itoa(i)})
	}
	return spec
}

// pipelines are models of the kinds that people import.
func pipelines(texts []string) []struct {
	name string
	spec Spec
} {
	words := features.Analyzer{Lowercase: true}
	three := features.Vectorizer{Analyzer: words, NGramMin: 1, NGramMax: 3, Vocabulary: wordsIn(texts, 1, 3, 100_000)}
	one := features.Vectorizer{Analyzer: words, NGramMin: 1, NGramMax: 1, Vocabulary: wordsIn(texts, 1, 1, 100_000)}
	stops := three
	stops.Analyzer.StopWords = []string{"the", "of", "and", "a", "to", "is", "in", "it", "that", "for"}
	accents := three
	accents.Analyzer.StripAccents = features.AccentsUnicode
	own := three
	own.Analyzer.Pattern = `[a-z]+(?:'[a-z]+)?`
	chars := features.Vectorizer{Analyzer: features.Analyzer{Kind: features.AnalyzerCharWB, Lowercase: true}, NGramMin: 2,
		NGramMax:   4,
		Vocabulary: charsIn(texts, 2, 4, 200_000)}
	hashed := features.Vectorizer{Analyzer: words, NGramMin: 1, NGramMax: 2,
		Hashing: &features.Hashing{Features: 1 << 18, AlternateSign: true, Norm: features.NormL2}}
	return []struct {
		name string
		spec Spec
	}{
		{"words1-3", linearSpec(three, 1)}, {"words1-3/5classes", linearSpec(three, 5)}, {"words1", linearSpec(one, 1)},
		{"words1-3/stopwords", linearSpec(stops, 1)}, {"words1-3/accents", linearSpec(accents, 1)},
		{"words1-3/pattern", linearSpec(own, 1)},
		{"char_wb2-4", linearSpec(chars, 1)}, {"hashing1-2", linearSpec(hashed, 1)},
	}
}

// specs are models of every kind of stage.
func specs(tb testing.TB, texts []string) map[string]Spec {
	tb.Helper()
	all := map[string]Spec{"small": smallSpec(tb)}
	for _, p := range pipelines(texts) {
		if all[p.name] = p.spec; p.spec.Vectorizers[0].Hashing != nil {
			delete(all, p.name) // it is in the union, and small
		}
	}
	words := features.Vectorizer{Analyzer: features.Analyzer{Lowercase: true}, NGramMin: 1, NGramMax: 2,
		Vocabulary: wordsIn(texts, 1, 2, 500), Weight: 1}
	chars := features.Vectorizer{Analyzer: features.Analyzer{Kind: features.AnalyzerChar,
		StripAccents: features.AccentsASCII}, NGramMin: 1, NGramMax: 5,
		Vocabulary: charsIn(texts, 1, 5, 700), Weight: 0.5, Float32: true}
	hashed := features.Vectorizer{Analyzer: features.Analyzer{Kind: features.AnalyzerCharWB}, NGramMin: 3, NGramMax: 5,
		Weight:  2,
		Hashing: &features.Hashing{Features: 1 << 10, AlternateSign: true, Norm: features.NormL1}}
	union := []features.Vectorizer{words, chars, hashed}
	n := words.Features() + chars.Features() + hashed.Features()
	spec := linearSpec(features.Vectorizer{Hashing: &features.Hashing{Features: 3}}, 3)
	spec.Vectorizers = union
	spec.Transforms = []features.Transform{
		&features.Scale{Divisor: slices.Repeat([]float64{2}, n)}, &features.Normalize{Norm: features.NormMax},
		&features.SVD{Features: n, Components: slices.Repeat([]float64{1, -0.5, 0.25}, n)},
	}
	all["union"] = spec
	spec = linearSpec(features.Vectorizer{Hashing: &features.Hashing{Features: n / 2}}, 1)
	spec.Vectorizers = union
	half := &features.Select{}
	for i := range n / 2 {
		half.Columns = append(half.Columns, uint32(2*i))
	}
	spec.Transforms = []features.Transform{&features.Tfidf{Norm: features.NormL2}, half, &features.Binarize{}}
	spec.Parity = []string{"The science of mice"}
	spec.Threshold = 0.25
	all["selected"] = spec
	prepared, err := prepare.New([]prepare.Step{{Kind: prepare.Lower}, {Kind: prepare.Collapse}})
	if err != nil {
		tb.Fatal(err)
	}
	spec = linearSpec(words, 1)
	spec.Prepare = prepared.Encode()
	all["prepared"] = spec
	return all
}

// BenchmarkPipelines predicts with the kinds of models that people import.
func BenchmarkPipelines(b *testing.B) {
	texts := benchComments(b)
	for _, p := range pipelines(texts) {
		b.Run(p.name, func(b *testing.B) {
			artifact, err := Build(p.spec)
			if err != nil {
				b.Fatal(err)
			}
			benchmarkPredict(b, mustParse(b, artifact))
		})
	}
}
