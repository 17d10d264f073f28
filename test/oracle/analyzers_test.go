package oracle_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"reddit-classifier/model/artifact"
	vector "reddit-classifier/model/features"
	"reddit-classifier/test/oracle"
)

// settings are the arguments of a CountVectorizer.
type settings struct {
	Analyzer     string   `json:"analyzer"`
	Lowercase    bool     `json:"lowercase"`
	StripAccents *string  `json:"strip_accents"`
	TokenPattern string   `json:"token_pattern"`
	StopWords    []string `json:"stop_words"`
	NGramRange   [2]int   `json:"ngram_range"`
	Binary       bool     `json:"binary"`
}

// hashing are the arguments that a HashingVectorizer has beside these.
type hashing struct {
	Features      int     `json:"n_features"`
	AlternateSign bool    `json:"alternate_sign"`
	Norm          *string `json:"norm"`
}

type analysis struct {
	Settings settings `json:"settings"`
	Hashing  hashing  `json:"hashing"`
	Texts    []string `json:"texts"`
}

type analyzed struct {
	NGrams [][]string
	Hashed [][]hashedFeature
}

// hashedFeature is a feature, its value, and the n-grams that it stands for.
type hashedFeature struct {
	feature uint32
	value   float64
	ngrams  []string
}

func (h *hashedFeature) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&h.feature, &h.value, &h.ngrams})
}

// pieces are what hostile texts for analyzers are made of: accents, ligatures, digits of other scripts, sigmas, dotted
// I, combining marks, white space of all kinds, and words.
var pieces = append([]string{"a", "b", "A", "the", "The", "of", "don't", "x_y", "_", "__", "3", "42", "word", "Straße",
	"ẞ", "É", "e\u0301", "e\u0327\u0301",
	"ﬁ", "ﬃn", "½", "①", "㎏", "²", "٣٤", "५", "Ⅷ", "ΟΔΟΣ", "Σ", "ΑΣ", "ΣΑ", "Σ'", "İ", "Iİı", "ı", "ǅ", "日本語", "한국", "ไทย",
	"ا", "नमस्ते", "😀", "👩‍👩‍👧",
	"\x00", "\x01", "\x1c", "\x1f", "\x7f", "\u0085", "\u00a0", "\u00ad", "\u180e", "\u200b", "\u200d", "\u2028", "\u2029",
	"\u202f", "\u3000", "\ufeff", "\ufffd",
	"-", ".", ",", "!", "'", "\"", "(", ")", "#", "$", "&amp;", "¨", "º", "µ", "Å", "Ω", "ϴ", "ϓ", "\u0345", "\u05b0",
	"\u0301", "\u0327", "\U0001d400", "\U0001d7d8", "\U00010400"},
	strings.Split("the science of a mouse is not what it was I we you N.Y. i.e. u.s ab c d e", " ")...)

func hostileText(r *rand.Rand) string {
	var b strings.Builder
	dense := r.IntN(3)
	for range r.IntN(40) {
		b.WriteString(pieces[r.IntN(len(pieces))])
		if r.IntN(3) >= dense {
			b.WriteString([]string{" ", " ", " ", "  ", "\n", "\t", "\r\n", " \u2003", "\u00a0\u00a0"}[r.IntN(9)])
		}
	}
	return b.String()
}

func randomAnalysis(r *rand.Rand) analysis {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	a := analysis{Settings: settings{
		Analyzer:  pick("word", "word", "char", "char_wb"),
		Lowercase: r.IntN(3) > 0, Binary: r.IntN(4) == 0,
		TokenPattern: pick(vector.DefaultPattern, vector.DefaultPattern, vector.DefaultPattern, `(?u)\b\w+\b`, `\w+|[^\w\s]`,
			`[a-z]+(?:'[a-z]+)?`, `(\S)\S*`, `\b[^\d\W]+\b`, `.{1,3}?`, `\w*`),
	}}
	if accents := pick("", "ascii", "unicode"); accents != "" {
		a.Settings.StripAccents = &accents
	}
	if a.Settings.Analyzer == "word" && r.IntN(2) == 0 {
		a.Settings.StopWords = []string{"the", "of", "is", "e", "42", "not a word", "οδος"}
	}
	low := 1 + r.IntN(5)
	a.Settings.NGramRange = [2]int{low, low + r.IntN(5)}
	a.Hashing = hashing{Features: []int{1 << 20, 1 << 20, 7, 1000, 1}[r.IntN(5)], AlternateSign: r.IntN(2) == 0}
	if norm := pick("", "l1", "l2"); norm != "" {
		a.Hashing.Norm = &norm
	}
	for range 25 {
		a.Texts = append(a.Texts, hostileText(r))
	}
	a.Texts = append(a.Texts, "", " ", "\x00", strings.Repeat("abc ", 500)+strings.Repeat("é",
		3000)+strings.Repeat(" \u2003", 700), strings.Repeat("Σ'", 900))
	return a
}

// analyzer returns the analyzer of settings, under a release of scikit-learn.
func (s *settings) analyzer(old bool) vector.Analyzer {
	a := vector.Analyzer{Lowercase: s.Lowercase, StopWords: s.StopWords}
	switch s.Analyzer {
	case "char":
		a.Kind = vector.AnalyzerChar
	case "char_wb":
		a.Kind = vector.AnalyzerCharWB
	default:
		a.Pattern = s.TokenPattern
	}
	switch {
	case s.StripAccents == nil:
	case *s.StripAccents == "ascii":
		a.StripAccents = vector.AccentsASCII
	case old:
		a.StripAccents = vector.AccentsUnlessDecomposed
	default:
		a.StripAccents = vector.AccentsUnicode
	}
	return a
}

func openVectorizer(tb testing.TB, v vector.Vectorizer) *vector.Extractor {
	tb.Helper()
	sections, _, err := vector.Build([]vector.Vectorizer{v}, nil, vector.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	a, err := artifact.Parse(artifact.Encode(sections))
	if err != nil {
		tb.Fatal(err)
	}
	e, err := vector.Open(a.Section)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// TestAnalyzers compares n-grams, their counts and their hashes with scikit-learn's, for random analyzers and hostile
// texts.
func TestAnalyzers(t *testing.T) {
	for _, release := range []string{"sklearn-0.20", "sklearn-0.24", "sklearn-1.2", "sklearn-1.7", "sklearn-1.9"} {
		t.Run(release, func(t *testing.T) {
			python := oracle.Environment(t, release)
			r := rand.New(rand.NewPCG(1, uint64(len(release)*7)+uint64(release[len(release)-1])))
			count := 150
			if testing.Short() {
				count = 30
			}
			requests := make([]analysis, count)
			for i := range requests {
				requests[i] = randomAnalysis(r)
			}
			for i, want := range oracle.Run[analysis, analyzed](t, python, "analyzers.py", requests) {
				a := requests[i]
				t.Run(fmt.Sprint(i), func(t *testing.T) {
					old := release == "sklearn-0.20"
					compareCounts(t, a, want, old)
					compareHashes(t, a, want, old)
				})
			}
		})
	}
}

// compareCounts has a vectorizer count every n-gram that scikit-learn found in one of the texts, and only what it found
// in each.
func compareCounts(t *testing.T, a analysis, want analyzed, old bool) {
	s := &a.Settings
	seen := map[string]uint32{}
	v := vector.Vectorizer{Analyzer: s.analyzer(old), NGramMin: s.NGramRange[0], NGramMax: s.NGramRange[1],
		Binary: s.Binary, Weight: 1}
	for _, ngrams := range want.NGrams {
		for _, ngram := range ngrams {
			if _, ok := seen[ngram]; !ok {
				seen[ngram] = uint32(len(v.Vocabulary))
				v.Vocabulary = append(v.Vocabulary, ngram)
			}
		}
	}
	if len(seen) == 0 {
		return
	}
	e := openVectorizer(t, v)
	scratch := e.NewScratch()
	for i, text := range a.Texts {
		counts := map[uint32]float64{}
		for _, ngram := range want.NGrams[i] {
			if counts[seen[ngram]]++; s.Binary {
				counts[seen[ngram]] = 1
			}
		}
		x := e.Vector(text, scratch)
		if len(x.Index) != len(counts) {
			t.Errorf("%+v: %q has %d features, want %d", *s, text, len(x.Index), len(counts))
		}
		for j, f := range x.Index {
			if x.Value[j] != counts[f] {
				t.Errorf("%+v: %q has %q %v times, want %v", *s, text, v.Vocabulary[f], x.Value[j], counts[f])
			}
		}
	}
}

func compareHashes(t *testing.T, a analysis, want analyzed, old bool) {
	s := &a.Settings
	h := &vector.Hashing{Features: a.Hashing.Features, AlternateSign: a.Hashing.AlternateSign}
	if a.Hashing.Norm != nil {
		h.Norm, _ = vector.ParseNorm(*a.Hashing.Norm)
	}
	v := vector.Vectorizer{Analyzer: s.analyzer(old), NGramMin: s.NGramRange[0], NGramMax: s.NGramRange[1],
		Binary: s.Binary, Weight: 1, Hashing: h}
	e := openVectorizer(t, v)
	scratch := e.NewScratch()
	for i, text := range a.Texts {
		x := e.Vector(text, scratch)
		name, err := e.Names(text)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(want.Hashed[i], func(a, b hashedFeature) int { return int(a.feature) - int(b.feature) })
		if len(x.Index) != len(want.Hashed[i]) {
			t.Errorf("%+v, %+v: %q has %d features, want %d", *s, a.Hashing, text, len(x.Index), len(want.Hashed[i]))
			continue
		}
		for j, w := range want.Hashed[i] {
			if x.Index[j] != w.feature || math.Abs(x.Value[j]-w.value) > 1e-14 {
				t.Errorf("%+v, %+v: %q has feature %d with %v, want %d with %v", *s, a.Hashing, text, x.Index[j], x.Value[j],
					w.feature, w.value)
				break
			}
			got := strings.Split(name(w.feature), " | ")
			slices.Sort(got)
			if !slices.Equal(got, w.ngrams) && !slices.ContainsFunc(w.ngrams,
				func(s string) bool { return strings.Contains(s, "|") }) {
				t.Errorf("%+v: %q has n-grams %q of feature %d, want %q", *s, text, got, w.feature, w.ngrams)
			}
		}
	}
}
