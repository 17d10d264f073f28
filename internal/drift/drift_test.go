package drift_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"reddit-classifier/internal/drift"
	"reddit-classifier/model"
)

func TestIndex(t *testing.T) {
	var a, b, empty [model.ScoreBins]uint64
	for i := range a {
		a[i], b[i] = 100, 100
	}
	if got := drift.Index(a, b); got != 0 {
		t.Errorf("equal shares: %v", got)
	}
	a, b = empty, empty
	a[0], a[19] = 600, 400
	b[1], b[18] = 400, 600 // pairs count together
	// Two parts of 600.5 and 400.5 of 1,005, eight of 0.5, against the same the other way round.
	want := 2 * (600.5 - 400.5) / 1005 * math.Log(600.5/400.5)
	if got := drift.Index(a, b); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	if got, back := drift.Index(a, empty), drift.Index(empty, a); math.Abs(got-back) > 1e-12 || math.IsInf(got, 0) ||
		got < 0.1 {
		t.Errorf("against nothing %v, and %v", got, back)
	}
}

// TestIndexOfChance draws both from the same distribution: nearly none is taken for drift.
func TestIndexOfChance(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) (counts [model.ScoreBins]uint64) {
		for range n {
			counts[model.ScoreBin(random.Float64()*random.Float64())]++
		}
		return counts
	}
	training, wrong := draw(5000), 0
	for range 500 {
		if drift.Index(training, draw(drift.Fewest)) >= drift.Stable {
			wrong++
		}
	}
	if wrong > 25 {
		t.Errorf("%d of 500 samples of %d are not stable", wrong, drift.Fewest)
	}
}

func compare(t *testing.T, texts ...string) drift.Report {
	t.Helper()
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	c, err := drift.New(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		c.Add(text)
	}
	return c.Report(5)
}

func TestReport(t *testing.T) {
	r := compare(t, strings.Split(strings.Repeat("lol grandma|lol|", 150)+"lol", "|")...)
	if r.Comments != 301 || r.Verdict != drift.IsDrifted || r.Of != model.ScoresOfFolds || r.Index < 1 ||
		len(r.Classes) != 1 || r.Classes[0].Name != "removed" {
		t.Errorf("%+v", r)
	}
	if w := r.Words[0]; w.NGram != "lol" || w.Now != 1 || w.Training <= 0 || w.Training > 0.02 || w.Effect <= 0 {
		t.Errorf("the first word is %+v", w)
	}
	if len(r.Words) != 5 {
		t.Errorf("%d words", len(r.Words))
	}
	sum := 0.0
	for _, share := range r.Classes[0].Training {
		sum += share
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("the training's shares add up to %v", sum)
	}
	if r := compare(t, "lol"); r.Verdict != drift.IsUnknown {
		t.Errorf("one comment is %s", r.Verdict)
	}
	if r := compare(t); r.Verdict != drift.IsUnknown || r.Words != nil || r.Index > 1 {
		t.Errorf("no comment: %+v", r)
	}
}

func TestNoHistogram(t *testing.T) {
	m, err := model.Original()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := drift.New(m); !errors.Is(err, drift.ErrNoScores) {
		t.Error(err)
	}
}
