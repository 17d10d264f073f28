package features

import (
	"encoding/binary"
	"slices"
	"sync"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/english"
	"reddit-classifier/model/text/pattern"
)

// vectorizer is an opened Vectorizer, which uses the sections in place.
type vectorizer struct {
	settings
	*vocabulary
	pack        *english.Pack
	lexicon     []byte
	idf         []float64 // nil if there is none; that of feature f is idf[f*stride]
	stride      int
	frequencies [256]float64 // by count: termFrequency
	ascii       [128]uint32  // numbers of characters, for n-grams of these
	signs       uint32       // 1 if hashes have signs
	memo        func() *memo // created on first use
	pattern     *pattern.Pattern
}

func openVectorizer(get func(name string) []byte) (*vectorizer, error) {
	s, err := decodeSettings(get("vector"))
	if err != nil {
		return nil, err
	}
	v := &vectorizer{settings: s, memo: sync.OnceValue(newMemo)}
	known := s.width
	if s.hashing {
		known = 0
		if s.alternate {
			v.signs = 1
		}
	}
	if v.vocabulary, err = openVocabulary(get, known, s.more); err != nil {
		return nil, err
	}
	if err := v.openIDF(get("idf")); err != nil {
		return nil, err
	}
	switch {
	case s.ownPattern:
		if v.pattern, err = pattern.CompileTokens(string(get("pattern"))); err != nil {
			return nil, artifact.FormatErrorf("the token pattern: %v", err)
		}
	case s.kind == AnalyzerEnglish:
		if v.pack, err = english.Load(get("language")); err != nil {
			return nil, artifact.FormatErrorf("the language pack: %v", err)
		}
		v.lexicon = get("lexicon")
	case !s.hashing && s.kind != AnalyzerWord:
		for c := range v.ascii {
			v.ascii[c] = v.word(string(rune(c)))
		}
	}
	for count := range v.frequencies {
		v.frequencies[count] = v.termFrequency(uint32(count))
	}
	return v, nil
}

func (v *vectorizer) openIDF(b []byte) error {
	v.stride = 1
	if !v.hasIDF || v.sharedIDF {
		return nil
	}
	v.idf = artifact.Floats(b)
	if len(v.idf) != v.width || !artifact.AreWeights(v.idf) {
		return artifact.FormatErrorf("the section idf has %d bytes, or a number that is not finite", len(b))
	}
	return nil
}

// tallySize returns the size of a tally.
func (v *vectorizer) tallySize() int {
	if v.hashing {
		return 2 * v.width
	}
	return v.width
}

// chunked reports whether the words of a chunk, which is text between white space, do not depend on other chunks.
func (v *vectorizer) chunked() bool {
	return v.kind == AnalyzerEnglish ||
		v.kind == AnalyzerWord && !v.ownPattern && !v.hashing && v.accents != AccentsUnlessDecomposed
}

// Values in the section lexicon other than the number of a word.
const (
	dropped       = none - 1 // the lexeme is not a feature
	lexemeUnknown = none - 2 // look the lexeme up by its text
)

// lexeme returns the word of one of the language pack's features (see english.Piece.FeatureID), none, or one of the
// above.
func (v *vectorizer) lexeme(id uint32) uint32 {
	if uint64(id) >= uint64(len(v.lexicon)/4) {
		return lexemeUnknown
	}
	word := binary.LittleEndian.Uint32(v.lexicon[4*id:])
	if uint64(word) >= uint64(v.features+v.extra) && word < lexemeUnknown {
		return none
	}
	return word
}

// Extractor turns texts into vectors, with vectorizers whose vectors are concatenated and transforms after them. It is
// immutable and safe for concurrent use.
type Extractor struct {
	vectorizers []*vectorizer
	offsets     []uint32 // of the features of each vectorizer
	width       int      // of all of them
	transforms  *Transforms
}

// Scratch holds the buffers of an extractor. It serves one text at a time.
type Scratch struct {
	counters []*counter
	union    Vector
	buffer   Buffer
}

// Open opens the sections and uses them in place. get returns the bytes of a section, or nil if there is none. The
// error is an artifact.FormatError or an artifact.UnsupportedError.
func Open(get func(name string, block uint32) []byte) (*Extractor, error) {
	e := &Extractor{}
	for block := uint32(0); block == 0 || get("vector", block) != nil; block++ {
		v, err := openVectorizer(func(name string) []byte { return get(name, block) })
		if err != nil {
			return nil, err
		}
		if several := block > 0 || get("vector", 1) != nil; several && (v.sharedIDF || v.descending) {
			return nil, artifact.FormatErrorf("vectorizer %d of several is made as if it were the only one", block)
		}
		e.vectorizers, e.offsets = append(e.vectorizers, v), append(e.offsets, uint32(e.width))
		if e.width += v.width; e.width > maxFeatures {
			return nil, artifact.FormatErrorf("%d features", e.width)
		}
	}
	var err error
	e.transforms, err = OpenTransforms(get("steps", 0), artifact.Floats(get("steps.f8", 0)), e.width)
	return e, err
}

// Features returns the number of features of the vectors.
func (e *Extractor) Features() int { return e.transforms.Features() }

// NewScratch returns a scratch for the extractor.
func (e *Extractor) NewScratch() *Scratch {
	s := &Scratch{}
	for _, v := range e.vectorizers {
		s.counters = append(s.counters, newCounter(v))
	}
	return s
}

// Vector returns the vector of a text. It is valid until the scratch is used again.
func (e *Extractor) Vector(text string, s *Scratch) Vector {
	var x Vector
	if v := e.vectorizers[0]; len(e.vectorizers) == 1 && v.weight == 1 {
		x = s.counters[0].vector(v, text)
	} else {
		x = e.union(text, s)
	}
	if e.transforms == nil {
		return x
	}
	return e.transforms.Apply(x, &s.buffer)
}

// union concatenates the vectors of all vectorizers.
func (e *Extractor) union(text string, s *Scratch) Vector {
	s.union = Vector{s.union.Index[:0], s.union.Value[:0]}
	for i, v := range e.vectorizers {
		x := s.counters[i].vector(v, text)
		s.union.Index = slices.Grow(s.union.Index, len(x.Index))
		s.union.Value = slices.Grow(s.union.Value, len(x.Index))
		for j, f := range x.Index {
			s.union.Index = append(s.union.Index, e.offsets[i]+f)
			value := x.Value[j] * v.weight
			if v.single {
				value = round(value)
			}
			s.union.Value = append(s.union.Value, value)
		}
	}
	return s.union
}

// Shrink drops buffers that a long text has enlarged.
func (s *Scratch) Shrink() {
	for _, c := range s.counters {
		c.shrink()
	}
	if cap(s.union.Index) > maxKept/8 {
		s.union = Vector{}
	}
	s.buffer.shrink()
}

// Cleaned returns the cleaned text of the last vector. It is valid until the scratch is used again or shrunk.
func (e *Extractor) Cleaned(s *Scratch) string { return s.counters[0].text }

// SharesIDF reports whether idf is stored with a linear classifier's coefficients.
func (e *Extractor) SharesIDF() bool { return e.vectorizers[0].sharedIDF }

// UseWeights uses the first of each feature's stride numbers in weights as its idf.
func (e *Extractor) UseWeights(weights []float64, stride int) error {
	v := e.vectorizers[0]
	if stride < 1 || len(weights) < v.width*stride {
		return artifact.FormatErrorf("%d weights for %d features", len(weights), v.width)
	}
	if v.hasIDF {
		v.idf, v.stride = weights, stride
	}
	return nil
}
