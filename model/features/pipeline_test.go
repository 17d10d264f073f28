package features_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"reddit-classifier/model/features"
	"reddit-classifier/model/text/python"
)

// plainNGrams are the n-grams of a text as CountVectorizer's Python has them.
func plainNGrams(v features.Vectorizer, text string) []string {
	a := v.Analyzer
	if a.Lowercase {
		text = string(python.AppendLower(nil, text))
	}
	switch {
	case a.StripAccents == features.AccentsASCII:
		text = string(python.AppendASCII(nil, text))
	case a.StripAccents == features.AccentsUnicode, a.StripAccents == features.AccentsUnlessDecomposed &&
		!python.IsDecomposed(text):
		text = string(python.AppendStripped(nil, text))
	}
	switch a.Kind {
	case features.AnalyzerChar:
		return plainChars(text, v.NGramMin, v.NGramMax)
	case features.AnalyzerCharWB:
		return plainCharsWithin(text, v.NGramMin, v.NGramMax)
	}
	tokens := strings.FieldsFunc(text, func(r rune) bool { return !python.IsWord(r) })
	tokens = slices.DeleteFunc(tokens, func(token string) bool {
		return len([]rune(token)) < 2 || slices.Contains(a.StopWords, token)
	})
	return wordNGrams(tokens, v.NGramMin, v.NGramMax)
}

func plainChars(text string, low, high int) (ngrams []string) {
	var chars []rune
	runes := []rune(text)
	for i := 0; i < len(runes); {
		end := i
		for end < len(runes) && python.IsSpace(runes[end]) {
			end++
		}
		if end-i > 1 {
			chars, i = append(chars, ' '), end
		} else {
			chars, i = append(chars, runes[i]), i+1
		}
	}
	for n := low; n <= high; n++ {
		for i := 0; i+n <= len(chars); i++ {
			ngrams = append(ngrams, string(chars[i:i+n]))
		}
	}
	return ngrams
}

func plainCharsWithin(text string, low, high int) (ngrams []string) {
	for _, word := range strings.FieldsFunc(text, python.IsSpace) {
		w := []rune(" " + word + " ")
		for n := low; n <= high; n++ {
			offset := 0
			ngrams = append(ngrams, string(w[:min(n, len(w))]))
			for offset+n < len(w) {
				offset++
				ngrams = append(ngrams, string(w[offset:min(offset+n, len(w))]))
			}
			if offset == 0 {
				break
			}
		}
	}
	return ngrams
}

// plainHashes is the vector of a HashingVectorizer.
func plainHashes(v features.Vectorizer, ngrams []string) []float64 {
	values := make([]float64, v.Hashing.Features)
	stored := make([]bool, v.Hashing.Features)
	for _, ngram := range ngrams {
		h := int64(features.Murmur([]byte(ngram)))
		sign := 1.0
		if h < 0 {
			h = -h
			if v.Hashing.AlternateSign {
				sign = -1
			}
		}
		values[h%int64(v.Hashing.Features)] += sign
		stored[h%int64(v.Hashing.Features)] = true
	}
	for i := range values {
		if v.Binary && stored[i] {
			values[i] = 1
		}
	}
	plainNorm(v.Hashing.Norm, values)
	return values
}

// plain is the vector of a whole pipeline, dense.
func plain(vectorizers []features.Vectorizer, transforms []features.Transform, text string) (x []float64) {
	for _, v := range vectorizers {
		ngrams := plainNGrams(v, text)
		part := []float64(nil)
		if v.Hashing != nil {
			part = plainHashes(v, ngrams)
		} else {
			part = plainVector(v, ngrams)
		}
		for i := range part {
			part[i] *= v.Weight
		}
		x = append(x, part...)
	}
	for _, t := range transforms {
		x = plainTransform(t, x)
	}
	return x
}

func plainTransform(t features.Transform, x []float64) []float64 {
	switch t := t.(type) {
	case *features.Tfidf:
		plainTfidf(*t, x)
	case *features.Select:
		kept := make([]float64, len(t.Columns))
		for i, column := range t.Columns {
			kept[i] = x[column]
		}
		return kept
	case *features.Scale:
		for i := range x {
			x[i] *= 1 / t.Divisor[i]
		}
	case *features.Normalize:
		plainNorm(t.Norm, x)
	case *features.Binarize:
		for i := range x {
			if x[i] > t.Threshold {
				x[i] = 1
			} else {
				x[i] = 0
			}
		}
	case *features.Part:
		end := t.First + t.Count
		return slices.Concat(x[:t.First], plainTransform(t.Transform, slices.Clone(x[t.First:end])), x[end:])
	case *features.SVD:
		y := make([]float64, len(t.Components)/t.Features)
		for c := range y {
			for f := range x {
				y[c] += x[f] * t.Components[c*t.Features+f]
			}
		}
		return y
	}
	return x
}

var words = []string{"a", "bb", "abc", "ABC", "the", "The", "b_c", "42", "é", "É", "éa", "e\u0301e", "ﬁ", "ΑΣ", "İi",
	"日本", "½", "\x00", "don't", "x-y",
	"😀", "\ufffd", "\u0301", "."}

var gaps = []string{" ", " ", " ", "  ", "\n", "\t\r", "\u2003", "\u00a0\u00a0", "", "-", "\u2028", "\u0085", "\u2029",
	"\u1680", "\u200b"}

// drawText draws a text of words, some of them long or repeated.
func drawText(t *rapid.T, name string) string {
	var b strings.Builder
	for range rapid.IntRange(0, 60).Draw(t, name+": words") {
		word := rapid.SampledFrom(words).Draw(t, "word")
		switch rapid.IntRange(0, 40).Draw(t, "length") {
		case 0:
			word = strings.Repeat(word, rapid.SampledFrom([]int{3, 100, 600, 2100}).Draw(t, "times"))
		case 1:
			word = strings.Repeat(word+" ", rapid.SampledFrom([]int{3, 140, 1100}).Draw(t, "times"))
		}
		b.WriteString(word)
		b.WriteString(rapid.SampledFrom(gaps).Draw(t, "gap"))
	}
	return b.String()
}

func drawVectorizer(t *rapid.T, texts []string) features.Vectorizer {
	v := features.Vectorizer{
		Analyzer: features.Analyzer{
			Kind: rapid.SampledFrom([]features.AnalyzerKind{features.AnalyzerWord, features.AnalyzerChar,
				features.AnalyzerCharWB}).Draw(t, "analyzer"),
			Lowercase:    rapid.Bool().Draw(t, "lowercase"),
			StripAccents: features.Accents(rapid.IntRange(0, 3).Draw(t, "accents")),
		},
		Binary: rapid.Bool().Draw(t, "binary"),
		Weight: rapid.SampledFrom([]float64{1, 1, 0.5, 2}).Draw(t, "weight"),
	}
	if v.Analyzer.Kind == features.AnalyzerWord && rapid.Bool().Draw(t, "stop words") {
		v.Analyzer.StopWords = []string{"the", "bb", "42"}
	}
	v.NGramMin = rapid.IntRange(1, 5).Draw(t, "min")
	v.NGramMax = rapid.IntRange(v.NGramMin, 7).Draw(t, "max")
	norm := rapid.SampledFrom([]features.Norm{features.NormNone, features.NormL1, features.NormL2}).Draw(t, "norm")
	for _, text := range texts {
		for i, ngram := range plainNGrams(v, text) {
			if i < 2000 && (len(v.Vocabulary)+i)%3 > 0 { // not all of them
				v.Vocabulary = append(v.Vocabulary, ngram)
			}
		}
	}
	slices.Sort(v.Vocabulary)
	if v.Vocabulary = slices.Compact(v.Vocabulary); len(v.Vocabulary) == 0 ||
		rapid.IntRange(0, 3).Draw(t, "hashing") == 0 {
		v.Vocabulary = nil
		v.Hashing = &features.Hashing{Features: rapid.SampledFrom([]int{1, 7, 1024}).Draw(t, "n_features"), Norm: norm,
			AlternateSign: rapid.Bool().Draw(t, "alternate_sign")}
	} else if rapid.Bool().Draw(t, "tf-idf") {
		v.Tfidf = drawTfidf(t, len(v.Vocabulary))
	}
	return v
}

func drawTfidf(t *rapid.T, n int) *features.Tfidf {
	tfidf := &features.Tfidf{SublinearTF: rapid.Bool().Draw(t, "sublinear"),
		Norm: rapid.SampledFrom([]features.Norm{features.NormNone, features.NormL1, features.NormL2}).Draw(t, "norm")}
	if rapid.Bool().Draw(t, "use_idf") {
		tfidf.IDF = drawNumbers(t, n, 1, 10)
	}
	return tfidf
}

// drawNumbers draws a few numbers and repeats them.
func drawNumbers(t *rapid.T, n int, low, high float64) []float64 {
	few := rapid.SliceOfN(rapid.Float64Range(low, high), 7, 7).Draw(t, "numbers")
	list := make([]float64, n)
	for i := range list {
		list[i] = few[i*i%7]
	}
	return list
}

func drawTransforms(t *rapid.T, n int, logarithms bool) (transforms []features.Transform) {
	for range rapid.IntRange(0, 3).Draw(t, "transforms") {
		switch rapid.IntRange(0, 6).Draw(t, "transform") {
		case 6:
			first := rapid.IntRange(0, n-1).Draw(t, "first")
			part := &features.Part{First: first, Count: rapid.IntRange(1, n-first).Draw(t, "count"),
				Transform: &features.Normalize{Norm: features.NormL2}}
			if part.Count > 1 && rapid.Bool().Draw(t, "select") {
				part.Transform = &features.Select{Columns: []uint32{uint32(part.Count - 1)}}
				n -= part.Count - 1
			}
			transforms = append(transforms, part)
		case 0:
			tfidf := drawTfidf(t, n)
			tfidf.SublinearTF = tfidf.SublinearTF && logarithms
			transforms = append(transforms, tfidf)
		case 1:
			var columns []uint32
			for i := range n {
				if i%3 != 1 {
					columns = append(columns, uint32(i))
				}
			}
			n = len(columns)
			transforms = append(transforms, &features.Select{Columns: columns})
		case 2:
			transforms = append(transforms, &features.Scale{Divisor: drawNumbers(t, n, 0.1, 3)})
		case 3:
			transforms = append(transforms, &features.Normalize{Norm: features.Norm(rapid.IntRange(1, 3).Draw(t, "norm"))})
		case 4:
			transforms = append(transforms, &features.Binarize{Threshold: rapid.Float64Range(0, 2).Draw(t, "threshold")})
		case 5:
			k := rapid.IntRange(1, 4).Draw(t, "components")
			transforms = append(transforms, &features.SVD{Features: n, Components: drawNumbers(t, n*k, -1, 1)})
			n = k
		}
		logarithms = false // of what may be below 1
	}
	return transforms
}

// TestPipelines compares random pipelines with a plain evaluation, on texts of all lengths, one after another with the
// same scratch.
func TestPipelines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var texts []string
		for range 3 {
			texts = append(texts, drawText(t, "text"))
		}
		var vectorizers []features.Vectorizer
		n, logarithms := 0, true
		for range rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "vectorizers") {
			v := drawVectorizer(t, texts[:2])
			vectorizers = append(vectorizers, v)
			n += v.Features()
			logarithms = logarithms && v.Hashing == nil && v.Tfidf == nil && v.Weight >= 1
		}
		transforms := drawTransforms(t, n, logarithms)
		e := open(t, vectorizers, transforms, features.Options{})
		s := e.NewScratch()
		for _, text := range append(texts, "", texts[0]) {
			want := plain(vectorizers, transforms, text)
			for i, v := range want {
				if math.IsNaN(v) {
					want[i] = 0
				}
			}
			same(t, e.Vector(text, s), want)
			checkNames(t, e, e.Vector(text, s), vectorizers, text)
		}
	})
}

// checkNames has each feature of a text be called as an n-gram of the text.
func checkNames(t *rapid.T, e *features.Extractor, x features.Vector, vectorizers []features.Vectorizer, text string) {
	name, err := e.Names(text)
	if err != nil {
		return // components have no names
	}
	known := map[string]bool{}
	for _, v := range vectorizers {
		for _, ngram := range plainNGrams(v, text) {
			known[ngram] = true
		}
	}
	for i, f := range x.Index {
		first, _, _ := strings.Cut(name(f), " | ")
		if !known[first] && x.Value[i] != 0 {
			t.Fatalf("feature %d is called %q, which is no n-gram of %.60q", f, first, text)
		}
	}
}

func TestMurmur(t *testing.T) {
	for text, want := range map[string]uint32{
		"": 0, "hello": 0x248bfa47, "hello, world": 0x149bbb7f, "The quick brown fox jumps over the lazy dog": 0x2e4ff723,
		"aaa": 0xb4d05fb7, "日本語": 0xa5a47297,
	} {
		if got := uint32(features.Murmur([]byte(text))); got != want {
			t.Errorf("%q: %x, want %x", text, got, want)
		}
	}
}
