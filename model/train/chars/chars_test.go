package chars

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"reddit-classifier/model/rich"
	"reddit-classifier/model/train/sparse"
	"reddit-classifier/model/train/tfidf"
)

// texts returns texts of few words, so that a text has some of them more than once, and white space of all kinds.
func texts(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("banana ananas a é naïve 😀😀 the THE then them aaaa b.b.b isn't")
	list := make([]string, n)
	for i := range list {
		for range r.IntN(20) {
			list[i] += words[r.IntN(len(words))] + []string{" ", "\u00a0", "\r\n", "  "}[r.IntN(4)]
		}
	}
	list[0] = "qxz " + list[0] // n-grams of one text, which come first
	return list
}

// written is the large matrix, from the vectorizer that knows nothing of words.
func written(t *testing.T, texts []string, rows []int, minDF int) (*tfidf.Vectorizer, *sparse.Matrix) {
	t.Helper()
	counts, err := tfidf.Count(t.Context(), tfidf.NewCorpus(len(texts), func(dst []string, i int) []string {
		return slices.AppendSeq(dst, rich.CharNGrams(texts[i], 2, 4))
	}), 1, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	o := tfidf.Defaults()
	o.MinDF, o.Norm = tfidf.Documents(minDF), tfidf.NoNorm
	v, err := tfidf.Fit(counts, rows, o)
	if err != nil {
		t.Fatal(err)
	}
	m := v.Transform(counts, rows)
	for k, i := range rows {
		_, values := m.Row(k)
		for n := range values {
			values[n] /= math.Sqrt(float64(rich.CharWords(texts[i])))
		}
	}
	return v, m
}

// counted counts n-grams of texts, and says how frequent they are in the parts.
func counted(t *testing.T, texts []string, parts ...[]int) (*Counts, []*Frequencies) {
	t.Helper()
	c, err := Count(t.Context(), len(texts), 2, 4, func(i int) string { return texts[i] })
	if err != nil {
		t.Fatal(err)
	}
	frequencies, err := c.Frequencies(t.Context(), parts)
	if err != nil {
		t.Fatal(err)
	}
	return c, frequencies
}

// TestCancelled: a count that is cancelled gives nothing.
func TestCancelled(t *testing.T) {
	c, _ := counted(t, texts(10))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if none, err := Count(ctx, 10, 2, 4, func(int) string { return "text" }); none != nil || err != context.Canceled {
		t.Errorf("%v, error %v", none, err)
	}
	if _, err := c.Frequencies(ctx, [][]int{{0, 1}}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

// TestVectors compares every product with those of the matrix that is never made, for some of the documents.
func TestVectors(t *testing.T) {
	const minDF = 40
	list := texts(3000)
	var rows, others []int
	for i := range list {
		if i%3 == 1 {
			others = append(others, i)
		} else {
			rows = append(rows, i)
		}
	}
	want, m := written(t, list, rows, minDF)
	c, parts := counted(t, list, rows[:100], others, rows[100:])
	v := c.Fit(Sum([]*Frequencies{parts[0], parts[2]}), minDF)
	c.Keep(v)
	x := c.Vectors(v, rows)

	place := make([]int, len(v.NGrams)) // of each n-gram in the other vocabulary
	for k, ngram := range v.NGrams {
		at, found := slices.BinarySearch(want.Terms, ngram)
		if !found || math.Abs(v.IDF[k]-want.IDF[at]) > 1e-15 {
			t.Fatalf("%q: found %t, idf %v", ngram, found, v.IDF[k])
		}
		place[k] = at
	}
	n, cols := x.Dims()
	if n != m.Rows || cols != m.Cols {
		t.Fatalf("%d × %d, want %d × %d", n, cols, m.Rows, m.Cols)
	}
	r := rand.New(rand.NewPCG(3, 4))
	weights, byColumn, rowWeights := make([]float64, cols), make([]float64, cols), make([]float64, n)
	for k := range weights {
		weights[k] = r.NormFloat64()
		byColumn[place[k]] = weights[k]
	}
	for i := range rowWeights {
		rowWeights[i] = r.Float64()
	}
	compare := func(what string, ours, theirs func(dst []float64) float64, size int, at func(k int) int) {
		t.Helper()
		a, b := make([]float64, size), make([]float64, size)
		if p, q := ours(a), theirs(b); math.Abs(p-q) > 1e-9*math.Abs(q) {
			t.Errorf("%s: sum %v, want %v", what, p, q)
		}
		for k := range a {
			if want := b[at(k)]; math.Abs(a[k]-want) > 1e-9*max(1, math.Abs(want)) {
				t.Fatalf("%s: %d is %v, want %v", what, k, a[k], want)
			}
		}
	}
	same, column := func(k int) int { return k }, func(k int) int { return place[k] }
	compare("MulVec", func(dst []float64) float64 { x.MulVec(dst, weights); return 0 },
		func(dst []float64) float64 { m.MulVec(dst, byColumn); return 0 }, n, same)
	compare("MulTransVec", func(dst []float64) float64 { x.MulTransVec(dst, rowWeights); return 0 },
		func(dst []float64) float64 { m.MulTransVec(dst, rowWeights); return 0 }, cols, column)
	compare("MulNormal", func(dst []float64) float64 { return x.MulNormal(dst, weights, 0.3, rowWeights) },
		func(dst []float64) float64 { return m.MulNormal(dst, byColumn, 0.3, rowWeights) }, cols, column)
	for i := range rowWeights {
		rowWeights[i] = 0.25 // where the diagonal is exact
	}
	compare("Diagonal", func(dst []float64) float64 { x.Diagonal(dst, rowWeights); return 0 },
		func(dst []float64) float64 { m.Diagonal(dst, rowWeights); return 0 }, cols, column)
}

func TestNothingIsFrequent(t *testing.T) {
	c, parts := counted(t, []string{"ab", "cd"}, []int{0}, []int{1})
	if v := c.Fit(Sum(parts), 3); v != nil {
		t.Errorf("%q are said to be in 3 of 2 documents", v.NGrams)
	}
	if v := c.Fit(Sum(parts), 1); v == nil || !slices.Equal(v.NGrams, c.NGrams) {
		t.Errorf("%+v, want all n-grams of one document, %q", v, c.NGrams)
	}
}
