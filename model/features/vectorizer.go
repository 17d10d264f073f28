package features

import "reddit-classifier/model/artifact"

// Vector is a sparse vector: the features of one document and their values. Index is in ascending order and has no
// duplicates. (Directly before a linear classifier it is in descending order if scikit-learn's is; see [Tfidf].)
type Vector struct {
	Index []uint32
	Value []float64
}

// Vectorizer describes a fitted CountVectorizer, TfidfVectorizer or HashingVectorizer, with scikit-learn's names.
type Vectorizer struct {
	Analyzer           Analyzer
	NGramMin, NGramMax int
	Vocabulary         []string // n-grams by feature; nil with Hashing
	Hashing            *Hashing
	Binary             bool
	Float32            bool   // dtype=float32
	Tfidf              *Tfidf // nil: counts, or with Hashing its own norm
	// Weight multiplies every value: FeatureUnion's transformer_weights. It is 1 if there is none.
	Weight float64
}

// Hashing numbers n-grams by their hash, MurmurHash3, as HashingVectorizer does.
type Hashing struct {
	Features      int // n_features
	AlternateSign bool
	Norm          Norm
}

// Analyzer says how a text is split into the tokens or characters of n-grams.
type Analyzer struct {
	Kind         AnalyzerKind
	Lowercase    bool
	StripAccents Accents
	Pattern      string   // token_pattern, for AnalyzerWord; "" is DefaultPattern
	StopWords    []string // for AnalyzerWord

	// For AnalyzerEnglish only: the tokens come from a language pack (spaCy's).
	Language    []byte // the pack
	Cleaner     uint32 // clean.Mode
	Punctuation bool
}

// DefaultPattern is scikit-learn's token_pattern.
const DefaultPattern = `(?u)\b\w\w+\b`

// AnalyzerKind is scikit-learn's analyzer, or English if the tokenizer was the identity for spaCy's tokens.
type AnalyzerKind uint32

// The kinds of analyzers.
const (
	AnalyzerWord AnalyzerKind = iota
	AnalyzerChar
	AnalyzerCharWB
	AnalyzerEnglish
)

// Accents is scikit-learn's strip_accents.
type Accents uint32

// The values of strip_accents.
const (
	AccentsKeep Accents = iota
	AccentsASCII
	AccentsUnicode
	// AccentsUnlessDecomposed is unicode in scikit-learn before 0.21, which does not change a text that is already
	// decomposed.
	AccentsUnlessDecomposed
)

// Norm is the norm that a vector is divided by.
type Norm uint32

// The norms of scikit-learn. Only Normalizer has NormMax and, before scikit-learn 0.24, NormGreatest: the greatest
// value instead of the greatest absolute one. It is negative if all values are, and the features that are not there
// count as 0.
const (
	NormNone Norm = iota
	NormL1
	NormL2
	NormMax
	NormGreatest
)

// Transform is a step between the vectorizer and the classifier: *Tfidf, *Select, *Scale, *Normalize, *Binarize, *SVD
// or *Part.
type Transform interface{ transform() }

// Tfidf is a fitted TfidfTransformer.
type Tfidf struct {
	IDF         []float64 // by feature; nil: use_idf=False
	SublinearTF bool
	Norm        Norm
	// Diagonal says that idf is multiplied as a sparse diagonal matrix (scikit-learn before 1.5), so that later sums run
	// from the last feature to the first.
	Diagonal bool
}

// Select keeps some columns and renumbers them in their order: SelectKBest and the other selectors, VarianceThreshold,
// or the columns of one vectorizer among several.
type Select struct{ Columns []uint32 }

// Scale divides each column by a number: MaxAbsScaler, StandardScaler(with_mean=False).
type Scale struct{ Divisor []float64 }

// Normalize divides a vector by its norm: Normalizer.
type Normalize struct{ Norm Norm }

// Binarize sets values above the threshold to 1 and others to 0: Binarizer.
type Binarize struct{ Threshold float64 }

// SVD is TruncatedSVD. Components has a row of Features numbers for each component.
type SVD struct {
	Features   int
	Components []float64
}

// Part is a transform of only some features: Count from First on. The others keep their values, and those after them
// get new numbers.
type Part struct {
	First, Count int
	Float32      bool // their values have single precision
	Transform    Transform
}

func (*Part) transform() {}

// reverses reports whether the features come out in the opposite order.
func (t *Tfidf) reverses() bool { return t != nil && t.Diagonal && t.IDF != nil }

func (*Tfidf) transform()     {}
func (*Select) transform()    {}
func (*Scale) transform()     {}
func (*Normalize) transform() {}
func (*Binarize) transform()  {}
func (*SVD) transform()       {}

// String returns scikit-learn's name, or "" for none.
func (n Norm) String() string { return [...]string{"", "l1", "l2", "max"}[n] }

// ParseNorm parses scikit-learn's name of a vectorizer's norm: l1, l2, and none or "". The error is an
// artifact.UnsupportedError.
func ParseNorm(name string) (Norm, error) {
	switch name {
	case "", "none", "None":
		return NormNone, nil
	case "l1":
		return NormL1, nil
	case "l2":
		return NormL2, nil
	}
	return 0, artifact.UnsupportedErrorf("norm %q: known are l1, l2 and none", name)
}
