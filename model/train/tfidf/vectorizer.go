package tfidf

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"reddit-classifier/internal/plural"
)

// Options are TfidfVectorizer's.
type Options struct {
	NgramRange  [2]int // least and most tokens of an n-gram
	MaxFeatures int    // keep the n-grams that occur most often in the corpus; 0 keeps all
	MinDF       DF     // leave out n-grams in fewer documents
	MaxDF       DF     // leave out n-grams in more documents
	Binary      bool   // an n-gram counts once in a document
	SublinearTF bool   // 1 + ln(tf) for tf
	UseIDF      bool   // weigh by inverse document frequency
	SmoothIDF   bool   // as if one more document held every n-gram
	Norm        Norm
}

// Defaults are scikit-learn's.
func Defaults() Options {
	return Options{
		NgramRange: [2]int{1, 1},
		MinDF:      Documents(1),
		MaxDF:      Fraction(1),
		UseIDF:     true,
		SmoothIDF:  true,
		Norm:       L2,
	}
}

// Norm is what a document's vector is divided by.
type Norm int

// The norms.
const (
	NoNorm Norm = iota
	L1          // the sum of the absolute values
	L2          // the root of the sum of squares
)

// ParseNorm returns the norm called s: "l1", "l2" or "none".
func ParseNorm(s string) (Norm, error) {
	for _, n := range []Norm{NoNorm, L1, L2} {
		if s == n.String() {
			return n, nil
		}
	}
	return 0, fmt.Errorf("unknown norm %q: use l1, l2 or none", s)
}

// String returns the norm's name.
func (n Norm) String() string { return [...]string{"none", "l1", "l2"}[n] }

// DF is a bound on the number of documents: how many, or what share of all.
type DF struct {
	count int
	share float64
	part  bool
}

// Documents is a bound of n documents.
func Documents(n int) DF { return DF{count: n} }

// Fraction is a bound of that share of all documents, from 0 to 1.
func Fraction(share float64) DF { return DF{share: share, part: true} }

// ParseDF reads a bound as scikit-learn takes it: "2" is two documents, "0.5" half of all, "1.0" all.
func ParseDF(s string) (DF, error) {
	if n, err := strconv.Atoi(s); err == nil && n >= 1 {
		return Documents(n), nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.Contains(s, ".") && f >= 0 && f <= 1 {
		return Fraction(f), nil
	}
	return DF{}, fmt.Errorf("%q is no document frequency: give a number of documents like 2, or a share like 0.01", s)
}

// String returns the bound so that ParseDF reads it.
func (d DF) String() string {
	if !d.part {
		return strconv.Itoa(d.count)
	}
	s := strconv.FormatFloat(d.share, 'g', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// bound returns the bound for n documents.
func (d DF) bound(n int) float64 {
	if d.part {
		return d.share * float64(n)
	}
	return float64(d.count)
}

// atLeast returns a number of documents that every n-gram within the bound reaches, whatever part of the corpus is
// looked at.
func (d DF) atLeast() int {
	if d.part {
		return 1
	}
	return d.count
}

// Check returns an error if an option is out of range.
func (o Options) Check() error {
	if o.NgramRange[0] < 1 || o.NgramRange[1] < o.NgramRange[0] || o.NgramRange[1] > 10 {
		return fmt.Errorf(
			"--ngram-range is %d,%d: the first must be at least 1, the second at least the first and at most 10",
			o.NgramRange[0],
			o.NgramRange[1],
		)
	}
	if o.MaxFeatures < 0 {
		return fmt.Errorf("--max-features is %d: it must be 0 or more", o.MaxFeatures)
	}
	return nil
}

// ErrNoTerms is the error of options that leave no n-gram.
var ErrNoTerms = errors.New(
	"no n-gram is left: lower --min-df, raise --max-df, or look whether the comments are empty after cleaning",
)

// Vectorizer is a fitted vocabulary with its document frequencies. It is immutable.
type Vectorizer struct {
	Options Options
	Terms   []string  // the vocabulary, in alphabetical order; nil when Choose made it
	IDF     []float64 // by term; nil without UseIDF
	column  []int32   // of a column of the counts it was fitted on: the column here, or −1
	size    int
}

// Len is the number of terms.
func (v *Vectorizer) Len() int { return v.size }

// Fit learns vocabulary and document frequencies from rows of the counts, which CountFor made with the same options. No
// rows (nil) means all of them.
func Fit(c *Counts, rows []int, o Options) (*Vectorizer, error) { return c.Frequencies(rows).Fit(o) }

// Fit learns the vocabulary and the document frequencies from the documents that were counted.
func (f *Frequencies) Fit(o Options) (*Vectorizer, error) {
	v, err := f.Choose(o)
	if err != nil {
		return nil, err
	}
	v.Terms = make([]string, v.size)
	for j, k := range v.column {
		if k >= 0 {
			v.Terms[k] = f.counts.Term(j)
		}
	}
	return v, nil
}

// Choose is Fit without the texts of the terms: Terms is nil.
func (f *Frequencies) Choose(o Options) (*Vectorizer, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	low, high := max(o.MinDF.bound(f.documents), 1), o.MaxDF.bound(f.documents)
	switch {
	case low > float64(f.documents):
		return nil, fmt.Errorf(
			"--min-df is %v, and the comments to learn from are %d: no n-gram can be in so many; lower --min-df",
			o.MinDF,
			f.documents,
		)
	case high < low:
		return nil, fmt.Errorf(
			"--max-df (%v of %s) is below --min-df (%v): no n-gram can be in so many and so few; "+
				"raise --max-df or lower --min-df",
			high,
			plural.Of(f.documents, "comment", "comments"),
			low,
		)
	}
	var kept []int32
	for j, d := range f.df {
		if float64(d) >= low && float64(d) <= high {
			kept = append(kept, int32(j))
		}
	}
	if o.MaxFeatures > 0 && len(kept) > o.MaxFeatures {
		tf := f.tf
		if o.Binary {
			tf = f.df // scikit-learn looks at frequencies after it has made the counts binary
		}
		kept = mostFrequent(kept, tf, o.MaxFeatures)
	}
	if len(kept) == 0 {
		return nil, ErrNoTerms
	}
	v := &Vectorizer{Options: o, size: len(kept), column: make([]int32, len(f.df))}
	for j := range v.column {
		v.column[j] = -1
	}
	for k, j := range kept {
		v.column[j] = int32(k)
	}
	if o.UseIDF {
		v.IDF = make([]float64, len(kept))
		for k, j := range kept {
			v.IDF[k] = idf(float64(f.df[j]), float64(f.documents), o.SmoothIDF)
		}
	}
	return v, nil
}

// idf is the inverse document frequency, natural logarithm, plus one so that an n-gram of all documents counts too.
func idf(df, n float64, smooth bool) float64 {
	if smooth {
		df, n = df+1, n+1
	}
	return math.Log(n/df) + 1
}

// termFrequencies returns the term frequency that each count from 0 to most stands for.
func (o Options) termFrequencies(most int) []float64 {
	values := make([]float64, most+1)
	for n := 1; n <= most; n++ {
		switch {
		case o.Binary:
			values[n] = 1
		case o.SublinearTF:
			values[n] = math.Log(float64(n)) + 1
		default:
			values[n] = float64(n)
		}
	}
	return values
}
