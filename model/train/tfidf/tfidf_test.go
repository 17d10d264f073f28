package tfidf

import (
	"context"
	"errors"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// countFor is CountFor that is not interrupted, and count is Count.
func countFor(tb failer, c *Corpus, o Options) *Counts {
	return count(tb, c, o.NgramRange[0], o.NgramRange[1], o.MinDF.atLeast())
}

func count(tb failer, c *Corpus, lo, hi, minDF int) *Counts {
	counts, err := Count(tb.Context(), c, lo, hi, minDF)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	return counts
}

// failer is a test, or a try of rapid.
type failer interface {
	Context() context.Context
	Fatalf(format string, args ...any)
}

// TestCancelled: a count that is cancelled gives nothing.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if counts, err := CountFor(ctx, corpus("a b", "c"), Defaults()); counts != nil || err != context.Canceled {
		t.Errorf("%v, error %v", counts, err)
	}
}

func corpus(docs ...string) *Corpus {
	return NewCorpus(len(docs), func(dst []string, i int) []string { return append(dst, strings.Fields(docs[i])...) })
}

func TestVectors(t *testing.T) {
	o := Defaults()
	o.NgramRange = [2]int{1, 2}
	counts := countFor(t, corpus("b a b", "a c", ""), o)
	v, err := Fit(counts, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "a b", "a c", "b", "b a", "c"}, v.Terms); diff != "" {
		t.Errorf("vocabulary:\n%s", diff)
	}
	common, rare := math.Log(4.0/3)+1, math.Log(4.0/2)+1
	if diff := cmp.Diff([]float64{common, rare, rare, rare, rare, rare}, v.IDF); diff != "" {
		t.Errorf("idf:\n%s", diff)
	}
	x := v.Transform(counts, nil)
	columns, values := x.Row(0)
	length := math.Sqrt(common*common + rare*rare*(1+4+1))
	want := []float64{common / length, rare / length, 2 * rare / length, rare / length}
	if diff := cmp.Diff([]int32{0, 1, 3, 4}, columns); diff != "" {
		t.Errorf("columns:\n%s", diff)
	}
	for k := range want {
		if math.Abs(values[k]-want[k]) > 1e-15 {
			t.Errorf("value %d is %v, want %v", k, values[k], want[k])
		}
	}
	if columns, _ := x.Row(2); len(columns) != 0 {
		t.Errorf("the empty document has %d entries", len(columns))
	}
}

// TestPartOfTheCorpus fits on some rows as if the others were not there.
func TestPartOfTheCorpus(t *testing.T) {
	all := []string{"a b c", "x y x", "a b", "c c a", "z", "b c z"}
	rows := []int{0, 2, 3, 5}
	var part []string
	for _, i := range rows {
		part = append(part, all[i])
	}
	o := Defaults()
	o.NgramRange, o.MinDF, o.MaxFeatures, o.SublinearTF = [2]int{1, 2}, Documents(2), 4, true
	whole := countFor(t, corpus(all...), o)
	a, err := Fit(whole, rows, o)
	if err != nil {
		t.Fatal(err)
	}
	alone := countFor(t, corpus(part...), o)
	b, err := Fit(alone, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.Terms, a.Terms) + cmp.Diff(b.IDF, a.IDF) + cmp.Diff(b.Transform(alone, nil),
		a.Transform(whole, rows)); diff != "" {
		t.Errorf("−alone +part of more:\n%s", diff)
	}
}

// TestOrder compares the order of ranks with that of texts, with tokens that make them differ if anything does.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SampledFrom([]string{"a", "ab", "a!", "!", "b", "é", "\x01", "a b", "\u00a0", "😀", "\uffff", " a", "a ", "", " "})
		docs := rapid.SliceOfN(rapid.SliceOfN(tokens, 0, 6), 1, 5).Draw(t, "docs")
		c := count(t, NewCorpus(len(docs), func(dst []string, i int) []string { return append(dst, docs[i]...) }), 1, 3, 1)
		var terms []string
		for j := range c.Cols {
			terms = append(terms, c.Term(j))
		}
		if !slices.IsSorted(terms) || len(slices.Compact(slices.Clone(terms))) != len(terms) {
			t.Errorf("%q", terms)
		}
	})
}

// TestEqualTerms has n-grams that read the same though their tokens differ, and a token that reads like one of them but
// is too short to be one.
func TestEqualTerms(t *testing.T) {
	docs := [][]string{{"a", "b c"}, {"a b", "c", "b c"}, {"b", "c"}}
	c := count(t, NewCorpus(len(docs), func(dst []string, i int) []string { return append(dst, docs[i]...) }), 2, 2, 1)
	got := map[string]int{}
	for j, n := range c.Frequencies(nil).df {
		got[c.Term(j)] = n
	}
	if diff := cmp.Diff(map[string]int{"a b c": 2, "c b c": 1, "b c": 1}, got); diff != "" {
		t.Error(diff)
	}
	if c = count(t, NewCorpus(len(docs), func(dst []string, i int) []string { return append(dst, docs[i]...) }), 2, 2,
		2); c.Cols == 0 {
		t.Error("an n-gram of two documents, in each made of other tokens, was not counted")
	}
}

func TestSameOnAnyNumberOfProcessors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	docs := make([][]string, 2000)
	for i := range docs {
		for range r.IntN(20) {
			docs[i] = append(docs[i], "w"+strconv.Itoa(int(r.ExpFloat64()*40)))
		}
	}
	o := Defaults()
	o.NgramRange, o.MaxFeatures = [2]int{1, 3}, 700
	var first *Vectorizer
	for _, n := range []int{1, 3} {
		before := runtime.GOMAXPROCS(n)
		c := countFor(t, NewCorpus(len(docs), func(dst []string, i int) []string { return append(dst, docs[i]...) }), o)
		v, err := Fit(c, nil, o)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = v
		}
		if !slices.Equal(v.Terms, first.Terms) || !slices.Equal(v.IDF, first.IDF) {
			t.Error("the vocabulary differs")
		}
	}
}

func TestNothingLeft(t *testing.T) {
	o := Defaults()
	o.MinDF = Documents(2)
	if _, err := Fit(countFor(t, corpus("a", "b"), o), nil, o); !errors.Is(err, ErrNoTerms) {
		t.Errorf("error %v, want ErrNoTerms", err)
	}
	o.MinDF = Documents(3)
	if _, err := Fit(countFor(t, corpus("a", "b"), o), nil, o); err == nil ||
		!strings.Contains(err.Error(), "--min-df is 3, and the comments to learn from are 2") {
		t.Errorf("few documents: %v", err)
	}
	o.MinDF, o.MaxDF = Documents(2), Documents(1)
	if _, err := Fit(countFor(t, corpus("a", "b"), o), nil, o); err == nil ||
		!strings.Contains(err.Error(), "--max-df (1 of 2 comments) is below --min-df (2)") {
		t.Errorf("error %v", err)
	}
}

func TestParseDF(t *testing.T) {
	for s, want := range map[string]DF{"1": Documents(1), "20": Documents(20), "0.5": Fraction(0.5), "1.0": Fraction(1),
		"0.0": Fraction(0)} {
		got, err := ParseDF(s)
		if err != nil || got != want {
			t.Errorf("%s is %v, %v", s, got, err)
		}
		if again, err := ParseDF(got.String()); err != nil || again != got {
			t.Errorf("%s is printed as %s", s, got)
		}
	}
	for _, s := range []string{"", "0", "-1", "1.5", "x", "NaN"} {
		if got, err := ParseDF(s); err == nil {
			t.Errorf("%q is read as %v", s, got)
		}
	}
}

// TestFirst compares with the whole sort, ties or not, deep recursion or not.
func TestFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 12), func(n int) float64 { return float64(-n) }), 2, 300).Draw(t,
			"keys")
		limit := rapid.IntRange(1, len(keys)-1).Draw(t, "limit")
		depth := rapid.IntRange(0, 2*(bits.Len(uint(len(keys)))-1)).Draw(t, "depth") // little depth leads to heapsort
		whole := indirectSorter{keys: keys, order: numbers(len(keys))}
		whole.sortAll(0, len(keys)-1, depth)
		for k := 1; k < len(keys); k++ {
			if keys[whole.order[k-1]] > keys[whole.order[k]] {
				t.Fatalf("not sorted at %d", k)
			}
		}
		part := indirectSorter{keys, numbers(len(keys)), limit}
		part.introsort(0, len(keys)-1, depth)
		got, want := part.order[:limit], whole.order[:limit]
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("−whole +part:\n%s", diff)
		}
	})
}

func numbers(n int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	return order
}

// sortAll is the sort that introsort does a part of, as numpy has it.
func (s indirectSorter) sortAll(lo, hi, depth int) {
	if depth < 0 {
		s.heapsort(lo, hi)
		return
	}
	for hi-lo >= 16 {
		pivot := s.partition(lo, hi)
		depth--
		if pivot-lo < hi-pivot {
			s.sortAll(pivot+1, hi, depth)
			hi = pivot - 1
		} else {
			s.sortAll(lo, pivot-1, depth)
			lo = pivot + 1
		}
	}
	s.insertion(lo, hi)
}
