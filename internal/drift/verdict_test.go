package drift

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"testing"

	diff "github.com/google/go-cmp/cmp"

	"reddit-classifier/model"
)

// TestVerdict has the bounds, and what is just below them.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		comments int
		index    float64
		want     Verdict
	}{
		{199, 9, IsUnknown}, {199, 0, IsUnknown}, {200, 0.0999, IsStable}, {200, 0.1, IsMoved}, {200, 0.2499, IsMoved},
		{200, 0.25, IsDrifted},
	} {
		if got := verdict(c.comments, c.index); got != c.want {
			t.Errorf("%d comments, index %v: %s, want %s", c.comments, c.index, got, c.want)
		}
	}
}

// TestMoved lists the n-grams that are three standard deviations away from the training's share, and no others.
func TestMoved(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	const n = 120
	texts := map[string]int{"lol grandma": 30, "the study": 50, "lol": 40}
	counts := map[string]int{"lol": 70, "grandma": 30, "the": 50, "study": 50, "the study": 50}
	for text, times := range texts {
		for range times {
			c.Add(text)
		}
	}
	type moved struct {
		ngram      string
		deviations float64
	}
	var all []moved
	shares := maps.Collect(m.TrainingShares())
	for ngram, share := range shares {
		deviation := math.Sqrt(max(n*share*(1-share), 1))
		if d := math.Abs(float64(counts[ngram])-n*share) / deviation; d >= 3 {
			all = append(all, moved{ngram, d})
		}
	}
	slices.SortFunc(all, func(a, b moved) int {
		return cmp.Or(cmp.Compare(b.deviations, a.deviations), cmp.Compare(a.ngram, b.ngram))
	})
	var want, got []string
	for _, w := range all {
		want = append(want, w.ngram)
	}
	words := c.Report(1000).Words
	for _, w := range words {
		got = append(got, w.NGram)
		if math.Abs(w.Now-float64(counts[w.NGram])/n) > 1e-12 || w.Training != shares[w.NGram] {
			t.Errorf("%+v", w)
		}
		if (w.Effect != 0) != (counts[w.NGram] > 0) {
			t.Errorf("%q has the effect %v", w.NGram, w.Effect)
		}
	}
	if d := diff.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if few := c.Report(2).Words; len(few) != 2 || few[0].NGram != want[0] || len(want) < 10 {
		t.Errorf("of %d the first two are %+v", len(want), few)
	}
}
