package tfidf

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plain is TfidfVectorizer with maps: the vocabulary, the idf and the dense vectors of the documents, fitted to rows.
func plain(docs [][]string, rows []int, o Options) (terms []string, idf []float64, vectors [][]float64) {
	counts := make([]map[string]int, len(docs))
	for i, doc := range docs {
		counts[i] = map[string]int{}
		for n := o.NgramRange[0]; n <= o.NgramRange[1]; n++ {
			for k := 0; k+n <= len(doc); k++ {
				counts[i][strings.Join(doc[k:k+n], " ")]++
			}
		}
	}
	df, tf := map[string]int{}, map[string]int{}
	for _, i := range rows {
		for term, n := range counts[i] {
			df[term]++
			if tf[term] += n; o.Binary {
				tf[term] += 1 - n
			}
		}
	}
	n := float64(len(rows))
	for term, d := range df {
		if float64(d) >= o.MinDF.bound(len(rows)) && float64(d) <= o.MaxDF.bound(len(rows)) {
			terms = append(terms, term)
		}
	}
	if o.MaxFeatures > 0 && len(terms) > o.MaxFeatures {
		slices.SortFunc(terms, func(a, b string) int { return tf[b] - tf[a] })
		least := tf[terms[o.MaxFeatures-1]]
		terms = slices.DeleteFunc(terms, func(term string) bool { return tf[term] < least }) // ties are kept: see the caller
	}
	slices.Sort(terms)
	idf = make([]float64, len(terms))
	for k, term := range terms {
		switch d := float64(df[term]); {
		case !o.UseIDF:
			idf[k] = 1
		case o.SmoothIDF:
			idf[k] = math.Log((n+1)/(d+1)) + 1
		default:
			idf[k] = math.Log(n/d) + 1
		}
	}
	for i := range docs {
		x, length := make([]float64, len(terms)), 0.0
		for k, term := range terms {
			c := float64(counts[i][term])
			switch {
			case c == 0:
				continue
			case o.Binary:
				c = 1
			case o.SublinearTF:
				c = 1 + math.Log(c)
			}
			x[k] = c * idf[k]
			if length += x[k] * x[k]; o.Norm == L1 {
				length += x[k] - x[k]*x[k]
			}
		}
		if o.Norm == L2 {
			length = math.Sqrt(length)
		}
		for k := range x {
			if o.Norm != NoNorm && length > 0 {
				x[k] /= length
			}
		}
		vectors = append(vectors, x)
	}
	return terms, idf, vectors
}

// tail returns documents of some frequent and very many rare words, so that tables have to grow.
func tail(n int) [][]string {
	r := rand.New(rand.NewPCG(3, 5))
	docs := make([][]string, n)
	for i := range docs {
		for range r.IntN(40) {
			docs[i] = append(docs[i], fmt.Sprintf("w%d", int(math.Exp(r.Float64()*8))))
		}
	}
	return docs
}

// TestAgainstReference compares vocabulary, idf and vectors with what maps give, for all options, fitted to all
// documents and to some.
func TestAgainstReference(t *testing.T) {
	docs := tail(300)
	all, some := make([]int, len(docs)), []int{}
	for i := range all {
		if all[i] = i; i%3 > 0 {
			some = append(some, i)
		}
	}
	for name, change := range map[string]func(o *Options){
		"defaults":          func(*Options) {},
		"n-grams":           func(o *Options) { o.NgramRange = [2]int{1, 3} },
		"n-grams of two":    func(o *Options) { o.NgramRange = [2]int{2, 2} },
		"min_df":            func(o *Options) { o.NgramRange, o.MinDF = [2]int{1, 2}, Documents(3) },
		"min_df of bigrams": func(o *Options) { o.NgramRange, o.MinDF = [2]int{2, 3}, Documents(2) },
		"shares":            func(o *Options) { o.MinDF, o.MaxDF = Fraction(0.02), Fraction(0.1) },
		"max_df":            func(o *Options) { o.MaxDF = Documents(20) },
		"max_features":      func(o *Options) { o.MaxFeatures = 5 },
		"binary":            func(o *Options) { o.Binary = true },
		"binary, few":       func(o *Options) { o.Binary, o.MaxFeatures = true, 5 },
		"sublinear_tf":      func(o *Options) { o.SublinearTF = true },
		"no idf":            func(o *Options) { o.UseIDF = false },
		"no smooth_idf":     func(o *Options) { o.SmoothIDF = false },
		"l1":                func(o *Options) { o.Norm = L1 },
		"no norm":           func(o *Options) { o.Norm = NoNorm },
	} {
		o := Defaults()
		change(&o)
		counts := countFor(t, NewCorpus(len(docs), func(dst []string, i int) []string { return append(dst, docs[i]...) }), o)
		for _, rows := range [][]int{nil, some} {
			v, err := Fit(counts, rows, o)
			if err != nil {
				t.Fatal(err)
			}
			fitted := rows
			if rows == nil {
				fitted = all
			}
			terms, idf, vectors := plain(docs, fitted, o)
			if !slices.Equal(terms, v.Terms) {
				t.Fatalf("%s: vocabulary (-want +got):\n%s", name, cmp.Diff(terms, v.Terms))
			}
			if !o.UseIDF {
				idf = nil
			}
			if !slices.EqualFunc(idf, v.IDF, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
				t.Errorf("%s: idf %v, want %v", name, v.IDF, idf)
			}
			x := v.Transform(counts, nil)
			for i := range docs {
				got := make([]float64, x.Cols)
				columns, values := x.Row(i)
				for k, j := range columns {
					got[j] = values[k]
				}
				for k, want := range vectors[i] {
					if math.Abs(got[k]-want) > 1e-12 {
						t.Fatalf("%s: document %d has %v for %q, want %v", name, i, got[k], terms[k], want)
					}
				}
			}
		}
	}
}

// TestDefaults are scikit-learn's.
func TestDefaults(t *testing.T) {
	o := Defaults()
	if o.NgramRange != [2]int{1, 1} || o.MinDF.String() != "1" || o.MaxDF.String() != "1.0" || o.Norm.String() != "l2" {
		t.Errorf("%+v", o)
	}
	if o != (Options{NgramRange: o.NgramRange, MinDF: o.MinDF, MaxDF: o.MaxDF, Norm: L2, UseIDF: true, SmoothIDF: true}) {
		t.Errorf("%+v", o)
	}
}

// TestCheck has bounds on both sides of what is allowed.
func TestCheck(t *testing.T) {
	for r, ok := range map[[2]int]bool{{1, 1}: true, {1, 10}: true, {10, 10}: true, {0, 1}: false, {2, 1}: false,
		{1, 11}: false} {
		o := Defaults()
		if o.NgramRange = r; (o.Check() == nil) != ok {
			t.Errorf("n-grams of %v: error %v", r, o.Check())
		}
	}
	o := Defaults()
	if o.MaxFeatures = -1; o.Check() == nil {
		t.Error("max_features -1 is allowed")
	}
}
