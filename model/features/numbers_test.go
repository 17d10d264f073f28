package features

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/artifact"
)

func TestAreSingle(t *testing.T) {
	for _, tt := range []struct {
		v    []float64
		want bool
	}{{nil, true}, {[]float64{0.5, -2, 1 << 24}, true}, {[]float64{0.1}, false}, {[]float64{0.5, 1<<24 + 1}, false},
		{[]float64{float64(float32(0.1)), 0}, true}, {[]float64{0.1, 0.5}, false}} {
		if got := areSingle(tt.v); got != tt.want {
			t.Errorf("%v: %v", tt.v, got)
		}
	}
}

// TestDivideSingle divides by norms: the quotients are rounded to single precision.
func TestDivideSingle(t *testing.T) {
	for _, tt := range []struct {
		norm      Norm
		in, want  []float64
		inDoubles []float64
	}{
		{NormL2, []float64{3, -4}, []float64{float64(float32(0.6)), float64(float32(-0.8))}, []float64{0.6, -0.8}},
		{NormL1, []float64{1, -4}, []float64{float64(float32(0.2)), float64(float32(-0.8))}, []float64{0.2, -0.8}},
		{NormMax, []float64{1, -10}, []float64{float64(float32(0.1)), -1}, []float64{0.1, -1}},
		{NormL2, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{NormNone, []float64{3, 4}, []float64{3, 4}, []float64{3, 4}},
	} {
		single, double := slices.Clone(tt.in), slices.Clone(tt.in)
		divideSingle(single, tt.norm)
		if divide(double, tt.norm); !slices.Equal(single, tt.want) || !slices.Equal(double, tt.inDoubles) {
			t.Errorf("norm %q of %v: %v and %v, want %v and %v", tt.norm, tt.in, single, double, tt.want, tt.inDoubles)
		}
	}
}

func TestParseNorm(t *testing.T) {
	for name, want := range map[string]Norm{"": NormNone, "none": NormNone, "None": NormNone, "l1": NormL1, "l2": NormL2} {
		if got, err := ParseNorm(name); got != want || err != nil {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	var unsupported artifact.UnsupportedError
	if _, err := ParseNorm("max"); !errors.As(err, &unsupported) {
		t.Errorf("max: %v", err)
	}
}

// TestSVD multiplies a vector with components, in double precision and, rounding each step, in single.
func TestSVD(t *testing.T) {
	x := []float64{float64(float32(0.1)), float64(float32(0.7))}
	parts := []float64{float64(float32(0.3)), 0.5, float64(float32(-0.9)), 0.25} // of each feature, two components
	var single [2]float32
	var double [2]float64
	for i, v := range x {
		for c := range 2 {
			product := float32(v) * float32(parts[2*i+c])
			single[c] += product
			double[c] += float64(v * parts[2*i+c])
		}
	}
	for flags, want := range map[uint32][]float64{0: double[:], stageSingle: {float64(single[0]), float64(single[1])}} {
		s := &stage{kind: stageSVD, in: 2, out: 2, numbers: parts, flags: flags}
		b := &Buffer{x: Vector{Index: []uint32{0, 1, 2}, Value: append(slices.Clone(x), 1e9)}} // 2 is beyond the components
		s.svd(b)
		if diff := cmp.Diff(Vector{Index: []uint32{0, 1}, Value: want}, b.x); diff != "" {
			t.Errorf("flags %d (-want +got):\n%s", flags, diff)
		}
	}
	if float64(single[0]) == double[0] {
		t.Error("the example does not tell single precision from double")
	}
}

// TestScale has factors in single precision only where the values and all divisors are.
func TestScale(t *testing.T) {
	third := 1.0 / 3
	for _, tt := range []struct {
		single  bool
		divisor []float64
		want    []float64
	}{
		{true, []float64{3, 2}, []float64{float64(float32(third)), 0.5}}, {false, []float64{3, 2}, []float64{third, 0.5}},
		{true, []float64{3, 0.1}, []float64{third, 10}}, {false, []float64{3, 0.1}, []float64{third, 10}},
	} {
		single := tt.single
		s, err := newStage(&Scale{Divisor: tt.divisor}, 2, &single)
		if err != nil || !slices.Equal(s.numbers, tt.want) || s.flags&stageSingle != 0 != tt.single {
			t.Errorf("%+v: %v, flags %d, %v", tt, s.numbers, s.flags, err)
		}
	}
}

// TestStages refuses what no transform can be, however an artifact says it.
func TestStages(t *testing.T) {
	good := stage{kind: stageNormalize, in: 4, out: 4, norm: NormL2}
	for name, change := range map[string]func(s *stage){
		"": func(*stage) {}, "nothing out": func(s *stage) { s.in, s.out = 0, 0 },
		"much in":             func(s *stage) { s.kind, s.in, s.out = stageBinarize, maxFeatures+1, maxFeatures+1 },
		"other out":           func(s *stage) { s.out = 5 },
		"unknown norm":        func(s *stage) { s.norm = NormGreatest + 1 },
		"flags of idf":        func(s *stage) { s.flags = tfidfIDF },
		"unknown flags":       func(s *stage) { s.kind, s.flags = stageTfidf, 1<<20 },
		"numbers":             func(s *stage) { s.numbers = []float64{1} },
		"a negative":          func(s *stage) { s.threshold = -1 },
		"no number":           func(s *stage) { s.threshold = math.NaN() },
		"a threshold too far": func(s *stage) { s.threshold = 2 * artifact.MaxWeight },
	} {
		s := good
		change(&s)
		if err := s.check(); (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tr, err := OpenTransforms(nil, nil, maxFeatures); err != nil || tr.Features() != maxFeatures {
		t.Errorf("no transforms of the most features: %v", err)
	}
	for name, open := range map[string]func() (*Transforms, error){
		"too many features": func() (*Transforms, error) { return OpenTransforms(nil, nil, maxFeatures+1) },
		"numbers too many":  func() (*Transforms, error) { return OpenTransforms(nil, []float64{1}, 4) },
		"half a stage":      func() (*Transforms, error) { return OpenTransforms(make([]byte, stageSize/2), nil, 4) },
	} {
		if tr, err := open(); err == nil || tr != nil {
			t.Errorf("%s: %v, %v", name, tr, err)
		}
	}
}

// TestSettings writes the settings of a vectorizer and reads them back, and refuses each field beyond what is known.
func TestSettings(t *testing.T) {
	want := settings{kind: AnalyzerCharWB, accents: AccentsASCII, width: 7, more: 3, weight: 0.5, ngramMin: 2, ngramMax: 5,
		norm: NormL2, lowercase: true, binary: true}
	b := want.encode()
	got, err := decodeSettings(b)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(settings{})); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var unsupported artifact.UnsupportedError
	for _, tt := range []struct {
		at, value     uint32
		isUnsupported bool
	}{
		{0, 4, true}, {4, 1 << 12, true}, {8, 4, true}, {12, 99, true}, {16, 0, false}, {16, 6, false}, {20, 33, false},
		{20, 1, false}, {24, 3, true}, {28, 0, false}, {28, maxFeatures + 1, false}, {32, maxFeatures + 1, false},
		{36, 1, false}, {44, 0x7ff80000, false}, {48, 1, false}, {60, 1, false},
	} {
		changed := slices.Clone(b)
		binary.LittleEndian.PutUint32(changed[tt.at:], tt.value)
		if s, err := decodeSettings(changed); err == nil || errors.As(err, &unsupported) != tt.isUnsupported {
			t.Errorf("%d at %d: %+v, %v", tt.value, tt.at, s, err)
		}
	}
	if _, err := decodeSettings(b[1:]); err == nil {
		t.Error("a section too short is read")
	}
}

// TestVocabularySizes: each section must have the length that the others imply.
func TestVocabularySizes(t *testing.T) {
	const features, extra = 3, 2
	for name, change := range map[string]func(s map[string][]byte){
		"": func(map[string][]byte) {}, "names": func(s map[string][]byte) { s["names"] = s["names"][1:] },
		"words":  func(s map[string][]byte) { s["words"] = s["words"][1:] },
		"index":  func(s map[string][]byte) { s["words.ix"] = make([]byte, 3*slotSize) },
		"slot":   func(s map[string][]byte) { s["words.ix"] = make([]byte, slotSize+1) },
		"filter": func(s map[string][]byte) { s["filter"] = make([]byte, 3) },
		"few":    func(s map[string][]byte) { s["ngram.ix"] = make([]byte, displaceSize) },
		"half":   func(s map[string][]byte) { s["ngram.ix"] = make([]byte, 2*displaceSize+1) },
		"ngrams": func(s map[string][]byte) { s["ngrams"] = nil },
		"step":   func(s map[string][]byte) { s["ngrams"] = make([]byte, stepSize+1) },
	} {
		sections := map[string][]byte{"words.ix": make([]byte, 2*slotSize), "words": make([]byte, 4*(extra+1)),
			"filter": make([]byte, 2), "ngram.ix": make([]byte, minBuckets*displaceSize), "ngrams": make([]byte, stepSize),
			"names": make([]byte, 4*(features+1))}
		change(sections)
		_, err := openVocabulary(func(name string) []byte { return sections[name] }, features, extra)
		if (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestGreatest divides by the greatest value, as Normalizer(norm='max') does before scikit-learn 0.24.
func TestGreatest(t *testing.T) {
	for _, tt := range []struct {
		values, want []float64
		features     int
	}{
		{[]float64{2, -8}, []float64{1, -4}, 3},
		{[]float64{-2, -8}, []float64{-2, -8}, 3}, // the feature that is not there is 0
		{[]float64{-2, -8}, []float64{1, 4}, 2},
		{[]float64{-2, 0}, []float64{-2, 0}, 2},
		{nil, nil, 2},
	} {
		got := slices.Clone(tt.values)
		divideByGreatest(got, tt.features)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v of %d features: %v, want %v", tt.values, tt.features, got, tt.want)
		}
	}
}

// TestLettersMemory counts a long text of characters in little memory.
func TestLettersMemory(t *testing.T) {
	v := Vectorizer{Analyzer: Analyzer{Kind: AnalyzerChar}, NGramMin: 1, NGramMax: 3, Weight: 1,
		Vocabulary: []string{"a", "ab", "aba", "b"}}
	sections, _, err := Build([]Vectorizer{v}, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open(func(name string, block uint32) []byte {
		for _, s := range sections {
			if s.Name == name && s.Block == block {
				return s.Data
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const n = 300_000
	c := e.NewScratch().counters[0]
	c.countChars(e.vectorizers[0], strings.Repeat("ab", n))
	if size := cap(c.letters.numbers) + cap(c.letters.found); size > n/10 {
		t.Errorf("%d characters and n-grams are kept of %d", size, 2*n)
	}
	x := e.Vector(strings.Repeat("ab", n), e.NewScratch())
	if want := (Vector{Index: []uint32{0, 1, 2, 3}, Value: []float64{n, n, n - 1, n}}); !cmp.Equal(x, want) {
		t.Errorf("the counts are %v, want %v", x, want)
	}
}
