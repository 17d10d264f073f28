package features

import "reddit-classifier/model/artifact"

// Vector is a sparse vector: the features of one document. Index is in ascending order and has no feature twice.
// (Directly before a linear classifier it is in descending order where scikit-learn's is, see Tfidf.Diagonal.)
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
	Tfidf              *Tfidf // nil: the counts as they are, or Hashing's own norm
	// Weight multiplies every value: FeatureUnion's transformer_weights. 1 without.
	Weight float64
}

// Hashing numbers n-grams by their hash: HashingVectorizer, MurmurHash3.
type Hashing struct {
	Features      int // n_features
	AlternateSign bool
	Norm          Norm
}

// Analyzer says how a text becomes the tokens, or the characters, that n-grams are made of.
type Analyzer struct {
	Kind         AnalyzerKind
	Lowercase    bool
	StripAccents Accents
	Pattern      string   // token_pattern of AnalyzerWord; "" is DefaultPattern
	StopWords    []string // of AnalyzerWord

	// Of AnalyzerEnglish alone: tokens come from a language pack (spaCy's), and the vectorizer takes them as they are.
	Language    []byte // the pack
	Cleaner     uint32 // clean.Mode
	Punctuation bool
}

// DefaultPattern is scikit-learn's token_pattern.
const DefaultPattern = `(?u)\b\w\w+\b`

// AnalyzerKind is scikit-learn's analyzer, or English, where the tokenizer was the identity and spaCy's tokens came in.
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

// What strip_accents can be.
const (
	AccentsKeep Accents = iota
	AccentsASCII
	AccentsUnicode
	// AccentsUnlessDecomposed is unicode in scikit-learn before 0.21, where a text stays as it is if it is decomposed
	// already.
	AccentsUnlessDecomposed
)

// Norm is what a vector is divided by.
type Norm uint32

// The norms that scikit-learn knows. NormMax is Normalizer's alone.
const (
	NormNone Norm = iota
	NormL1
	NormL2
	NormMax
)

// Transform is a step between the vectorizer and the classifier: *Tfidf, *Select, *Scale, *Normalize, *Binarize, *SVD
// or *Part.
type Transform interface{ transform() }

// Tfidf is a fitted TfidfTransformer.
type Tfidf struct {
	IDF         []float64 // by feature; nil: use_idf=False
	SublinearTF bool
	Norm        Norm
	// Diagonal says that idf was multiplied as a sparse matrix (scikit-learn before 1.5), so that what follows sums from
	// the last feature to the first.
	Diagonal bool
}

// Select keeps some columns and numbers them anew, in their order: SelectKBest and its kin, VarianceThreshold, or the
// columns of one vectorizer among several.
type Select struct{ Columns []uint32 }

// Scale divides each column by a number: MaxAbsScaler, StandardScaler without mean.
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

// Part is a transform of some features alone: Count from First on. The others stay as they are, those behind with new
// numbers.
type Part struct {
	First, Count int
	Float32      bool // their values are of single precision
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

// String returns scikit-learn's name, "" for none.
func (n Norm) String() string { return [...]string{"", "l1", "l2", "max"}[n] }

// ParseNorm reads scikit-learn's name of a vectorizer's norm; "" and "none" are none.
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
