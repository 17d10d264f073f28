package features

import (
	"math"
	"strings"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
	"reddit-classifier/model/text/pattern"
)

// Options tell [Build] about the classifier after the vectorizers.
type Options struct {
	// SharedIDF leaves idf out, because it is stored with the coefficients of a linear classifier. There must be only one
	// vectorizer.
	SharedIDF bool
	// InOrder says that the classifier sums over the features in the order of the vector, so that vectors may keep
	// scikit-learn's order.
	InOrder bool
}

// Build returns the sections of vectorizers, whose vectors are concatenated, and of the transforms after them, and the
// number of features of the result. The error is an artifact.FormatError or an artifact.UnsupportedError.
func Build(
	vectorizers []Vectorizer,
	transforms []Transform,
	o Options,
) (sections []artifact.Section, features int, err error) {
	if len(vectorizers) == 0 {
		return nil, 0, artifact.FormatErrorf("there is no vectorizer")
	}
	// Several vectors are concatenated in ascending order, and only the norm of each is summed in scikit-learn's order.
	descending := len(vectorizers) == 1 && vectorizers[0].Tfidf.reverses() && (len(transforms) > 0 || o.InOrder)
	for i := range vectorizers {
		v := &vectorizers[i]
		more, err := v.sections(o, descending)
		if err != nil {
			return nil, 0, err
		}
		for _, s := range more {
			s.Block, s.Required = uint32(i), true
			sections = append(sections, s)
		}
		features += v.Features()
	}
	w := writer{out: features, single: true, descending: descending}
	for i := range vectorizers {
		w.single = w.single && vectorizers[i].Float32
	}
	if err := w.write(transforms, o.InOrder); err != nil || len(w.program) == 0 {
		return sections, w.out, err
	}
	return append(sections,
		artifact.Section{Name: "steps", Required: true, Data: w.program},
		artifact.Section{Name: "steps.f8", Required: true, Data: artifact.AppendFloats(nil, w.numbers...)}), w.out, nil
}

// Features returns the number of features.
func (v *Vectorizer) Features() int {
	if v.Hashing != nil {
		return v.Hashing.Features
	}
	return len(v.Vocabulary)
}

// sections returns the sections of a vectorizer.
func (v *Vectorizer) sections(o Options, descending bool) ([]artifact.Section, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	t, twice := newTrie(v.Vocabulary, v.Analyzer.StopWords, v.splitter())
	if t == nil {
		return nil, artifact.FormatErrorf("the n-gram %.40q is in the vocabulary twice", twice)
	}
	s := v.settings(o)
	s.descending = descending
	s.backward = v.Tfidf.reverses() && !descending
	s.more = len(t.extra)
	steps, displacements := t.encodeSteps()
	sections := []artifact.Section{
		{Name: "vector", Data: s.encode()},
		{Name: "words.ix", Data: t.encodeIndex()},
		{Name: "words", Data: encodeTexts(t.extra)},
		{Name: "filter", Data: t.encodeFilter()},
		{Name: "ngram.ix", Data: displacements},
		{Name: "ngrams", Data: steps},
		{Name: "names", Data: encodeTexts(v.Vocabulary)},
	}
	if s.hasIDF && !s.sharedIDF {
		sections = append(sections, artifact.Section{Name: "idf", Data: artifact.AppendFloats(nil, v.Tfidf.IDF...)})
	}
	if v.Analyzer.Kind == AnalyzerEnglish {
		pack, err := english.Load(v.Analyzer.Language)
		if err != nil {
			return nil, artifact.FormatErrorf("the language pack: %v", err)
		}
		sections = append(sections,
			artifact.Section{Name: "lexicon", Data: t.encodeLexicon(pack, v.Analyzer.Punctuation)},
			artifact.Section{Name: "language", Data: v.Analyzer.Language})
	}
	if s.ownPattern {
		sections = append(sections, artifact.Section{Name: "pattern", Data: []byte(v.Analyzer.Pattern)})
	}
	return sections, nil
}

// isDefault reports whether the token pattern is scikit-learn's.
func (a *Analyzer) isDefault() bool {
	return a.Pattern == "" || a.Pattern == DefaultPattern || a.Pattern == strings.TrimPrefix(DefaultPattern, "(?u)")
}

// splitter returns the function that splits an n-gram into words or characters.
func (v *Vectorizer) splitter() func(string) []string {
	if v.Analyzer.Kind == AnalyzerChar || v.Analyzer.Kind == AnalyzerCharWB {
		return func(ngram string) []string { return strings.Split(ngram, "") }
	}
	return func(ngram string) []string { return strings.Split(ngram, " ") }
}

func (v *Vectorizer) check() error {
	n, a := v.Features(), &v.Analyzer
	var idf []float64
	if v.Tfidf != nil {
		idf = v.Tfidf.IDF
	}
	switch {
	case n == 0 || n > maxFeatures:
		return artifact.FormatErrorf("%d features", n)
	case idf != nil && len(idf) != n:
		return artifact.FormatErrorf("%d n-grams but %d values of idf", n, len(idf))
	case v.NGramMin < 1 || v.NGramMin > v.NGramMax || v.NGramMax > maxNGram:
		return artifact.UnsupportedErrorf(
			"n-grams of %d to %d words: 1 to %d can be represented",
			v.NGramMin,
			v.NGramMax,
			maxNGram,
		)
	case a.Cleaner > uint32(clean.Unicode):
		return artifact.UnsupportedErrorf("the cleaner %d is one that this program does not know", a.Cleaner)
	case v.Hashing != nil && (v.Vocabulary != nil || v.Tfidf != nil || a.Kind == AnalyzerEnglish):
		return artifact.UnsupportedErrorf("hashing excludes a vocabulary, idf and a language")
	case math.IsNaN(v.Weight) || math.Abs(v.Weight) > artifact.MaxWeight:
		return artifact.FormatErrorf("a vectorizer's weight is %v", v.Weight)
	case v.Float32 && v.Tfidf != nil && v.Tfidf.Diagonal && !areSingle(idf):
		return artifact.UnsupportedErrorf("values in single precision are multiplied by idf in double precision")
	case a.Pattern != "" && a.Kind != AnalyzerWord, a.StopWords != nil && a.Kind != AnalyzerWord:
		return artifact.UnsupportedErrorf("only the analyzer word has a token pattern and stop words")
	}
	if _, err := pattern.CompileTokens(a.Pattern); err != nil {
		return artifact.UnsupportedErrorf("the token pattern: %v", err)
	}
	for i, value := range idf {
		if !artifact.AreWeights(idf[i : i+1]) {
			return artifact.FormatErrorf("the weight of %.40q is %v", v.Vocabulary[i], value)
		}
	}
	return nil
}

func (v *Vectorizer) settings(o Options) settings {
	a := &v.Analyzer
	s := settings{
		kind: a.Kind, accents: a.StripAccents, cleaner: clean.Mode(a.Cleaner), width: v.Features(), weight: v.Weight,
		ngramMin: v.NGramMin, ngramMax: v.NGramMax, lowercase: a.Lowercase, binary: v.Binary,
		punctuation: a.Punctuation, single: v.Float32, ownPattern: !a.isDefault(),
	}
	if h := v.Hashing; h != nil {
		s.hashing, s.alternate, s.norm = true, h.AlternateSign, h.Norm
	}
	if t := v.Tfidf; t != nil {
		s.norm, s.sublinear, s.hasIDF = t.Norm, t.SublinearTF, t.IDF != nil
		s.sharedIDF = s.hasIDF && o.SharedIDF
	}
	return s
}
