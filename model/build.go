package model

import (
	"encoding/binary"
	"encoding/json"
	"math"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
)

// Spec is what an artifact is built from, by import and by training.
type Spec struct {
	Manifest Manifest // Language, Cleaner and Vectorizer are filled in by Build
	Language []byte   // a compiled language pack
	Cleaner  clean.Mode
	Words    Words
	Chars    *Chars    // nil without the block
	Style    []float64 // weights of StyleNames; nil without the block
	// Intercept of the decision function.
	Intercept float64
	// Softmax says that the probabilities are the softmax of (-d, d) for the decision d, as scikit-learn's
	// multi_class="multinomial" has them for two classes; otherwise they are 1-expit(d) and expit(d).
	Softmax bool
	// Parity are texts that the artifact carries together with the probabilities it gives for them.
	Parity []string
}

// Words is a block of word n-grams: scikit-learn's TfidfVectorizer and the coefficients of its features.
type Words struct {
	NGramMin, NGramMax  int
	Features            []string // n-grams: words joined by single spaces
	IDF                 []float64
	Coef                []float64
	Norm                Norm
	SublinearTF, Binary bool
	// Descending says that sums run over a document's features from the last to the first, as they do in scikit-learn before
	// 1.5, where idf is multiplied as a sparse matrix. It matters to the last digits only.
	Descending bool
	// Punctuation says that tokens which are a single punctuation mark are words too; the original drops them.
	Punctuation bool
}

// Build writes an artifact. The same spec gives the same bytes.
func Build(spec Spec) ([]byte, error) {
	pack, err := english.Load(spec.Language)
	if err != nil {
		return nil, formatErrorf("the language pack: %v", err)
	}
	tables, err := buildWords(spec.Words, pack)
	if err != nil {
		return nil, err
	}
	if math.IsNaN(spec.Intercept) || math.Abs(spec.Intercept) > maxWeight {
		return nil, formatErrorf("the intercept is %v", spec.Intercept)
	}
	manifest, err := json.Marshal(spec.Manifest)
	if err != nil {
		return nil, formatErrorf("the manifest: %v", err)
	}
	head := make([]byte, modelSize)
	le := binary.LittleEndian
	le.PutUint32(head[0:], uint32(spec.Cleaner))
	if spec.Softmax {
		le.PutUint32(head[4:], 1)
	}
	le.PutUint64(head[8:], math.Float64bits(spec.Intercept))
	sections := []section{
		{name: "manifest", data: manifest},
		{name: "model", required: true, data: head},
	}
	more, err := blockSections(spec)
	if err != nil {
		return nil, err
	}
	sections = append(append(sections, tables...), more...)
	sections = append(sections, section{name: "language", required: true, data: spec.Language})
	return withParity(sections, spec.Parity)
}

// withParity appends the parity vectors, computed by the model that the sections make.
func withParity(sections []section, texts []string) ([]byte, error) {
	b := encodeContainer(sections)
	m, err := Parse(b)
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return b, nil
	}
	vectors := make([]parityVector, len(texts))
	for i, text := range texts {
		vectors[i] = parityVector{text, m.PredictProba(text)}
	}
	data, err := json.Marshal(vectors)
	if err != nil {
		return nil, err
	}
	return encodeContainer(append(sections, section{name: "parity", data: data})), nil
}

// buildWords makes the sections of a block.
func buildWords(w Words, pack *english.Pack) ([]section, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	t, twice := newTrie(w.Features)
	if t == nil {
		return nil, formatErrorf("the n-gram %.40q is in the vocabulary twice", twice)
	}
	s := settings{w.NGramMin, w.NGramMax, w.SublinearTF, w.Binary, w.Descending, w.Punctuation, w.Norm, len(w.Features), len(t.extra)}
	steps, displacements := t.encodeSteps()
	return []section{
		{name: "tfidf", required: true, data: s.encode()},
		{name: "words.ix", required: true, data: t.encodeIndex()},
		{name: "words", required: true, data: encodeTexts(t.extra)},
		{name: "filter", required: true, data: t.encodeFilter()},
		{name: "ngram.ix", required: true, data: displacements},
		{name: "ngrams", required: true, data: steps},
		{name: "weights", required: true, data: w.encodeWeights()},
		{name: "names", required: true, data: encodeTexts(w.Features)},
		{name: "lexicon", required: true, data: t.encodeLexicon(pack, w.Punctuation)},
	}, nil
}

func (w *Words) check() error {
	n := len(w.Features)
	switch {
	case n == 0 || n > maxFeatures:
		return formatErrorf("%d features", n)
	case len(w.Coef) != n:
		return formatErrorf("%d n-grams but %d coefficients", n, len(w.Coef))
	case w.IDF != nil && len(w.IDF) != n:
		return formatErrorf("%d n-grams but %d values of idf", n, len(w.IDF))
	case w.NGramMin < 1 || w.NGramMin > w.NGramMax || w.NGramMax > maxNGram:
		return unsupportedErrorf("n-grams of %d to %d words: 1 to %d can be represented", w.NGramMin, w.NGramMax, maxNGram)
	}
	for _, values := range [][]float64{w.IDF, w.Coef} {
		for i, v := range values {
			if math.IsNaN(v) || math.Abs(v) > maxWeight {
				return formatErrorf("the weight of %.40q is %v", w.Features[i], v)
			}
		}
	}
	return nil
}

func (w *Words) encodeWeights() []byte {
	b := make([]byte, 0, weightSize*len(w.Coef))
	for i, coef := range w.Coef {
		idf := 1.0
		if w.IDF != nil {
			idf = w.IDF[i]
		}
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(idf))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(coef))
	}
	return b
}
