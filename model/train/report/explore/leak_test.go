package explore

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/metric"
)

// diverse returns comments with many rare words, so that vocabulary and idf are different for every part of them.
func diverse(n int) *dataset.Dataset {
	r := rand.New(rand.NewPCG(7, 11))
	d := &dataset.Dataset{}
	for i := range n {
		y := i % 5 / 3
		var text []string
		for range 4 + r.IntN(16) {
			stem, mean := "word", 60.0
			if r.IntN(4) == 0 {
				stem, mean = []string{"study", "joke"}[y], 12
			}
			text = append(text, fmt.Sprintf("%s%d", stem, int(r.ExpFloat64()*mean)))
		}
		d.IDs = append(d.IDs, fmt.Sprint(i))
		d.Texts, d.Labels = append(d.Texts, strings.Join(text, " ")), append(d.Labels, y)
	}
	return d
}

// TestDoesNotLeak: what the report says of ways to tokenize and of the learning curve is measured on comments that had
// no part in the vocabulary, the idf and the weights.
func TestDoesNotLeak(t *testing.T) {
	d := diverse(250)
	o := train.Default()
	o.Vectorizer.MaxFeatures = 60
	g := gather(t, d, o, false)

	folds, err := train.Folds(d.Labels, o.CV, o.Seed)
	if err != nil {
		t.Fatal(err)
	}
	alone := o
	alone.CV, alone.Calibrate, alone.Bayes = 0, false, train.Bayes{}
	words, distinct := 0, map[string]bool{}
	for _, text := range d.Texts {
		for _, word := range strings.Fields(text) {
			words++
			distinct[word] = true
		}
	}
	all := g.Tokenizations[0]
	if all.Tokens != float64(words)/250 || all.Vocabulary != len(distinct) || all.Features != 60 {
		t.Errorf("%v tokens in a comment, %d different ones, %d features; want %v, %d, 60", all.Tokens, all.Vocabulary,
			all.Features, float64(words)/250, len(distinct))
	}
	tokens := g.Tokenizations[len(g.Tokenizations)-1]
	last := g.Learning[len(g.Learning)-1]
	for k := range o.CV {
		var learned, unseen []int
		for i, fold := range folds {
			if fold == k {
				unseen = append(unseen, i)
			} else {
				learned = append(learned, i)
			}
		}
		r, err := train.Run(t.Context(), d.Select(learned), alone, nil)
		if err != nil {
			t.Fatal(err)
		}
		area := func(rows []int) float64 {
			part := d.Select(rows)
			return metric.ROCAUC(part.Labels, train.Predict(r.Model, part.Texts))
		}
		for _, c := range []struct {
			name      string
			got, want float64
		}{
			{tokens.Name, tokens.AUC[k], area(unseen)},
			{"learning curve, others", last.Valid[k], area(unseen)},
			{"learning curve, learned from", last.Train[k], area(learned)},
		} {
			if math.Abs(c.got-c.want) > 1e-12 {
				t.Errorf("%s, fold %d: ROC AUC %v, and %v without the fold", c.name, k, c.got, c.want)
			}
		}
	}
	var sizes []int
	for _, point := range g.Learning {
		sizes = append(sizes, point.Comments)
	}
	if diff := cmp.Diff([]int{20, 40, 70, 100, 150, 200}, sizes); diff != "" {
		t.Errorf("comments learned from (-want +got):\n%s", diff)
	}
}

// TestQualityIsOutOfFold: measures, curves, slices and mistakes are those of the out-of-fold probabilities, never of
// the model's own on what it has learned.
func TestQualityIsOutOfFold(t *testing.T) {
	d := diverse(250)
	d.Score = make([]float64, d.Len())
	o := train.Default()
	r, err := train.Run(t.Context(), d, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Gather(t.Context(), Input{Data: d, Options: o, Result: r}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := metric.Evaluate(d.Labels, r.CV.P, r.Threshold)
	for k, v := range want.Values() {
		if got := g.Quality.Measures[k].Value; got != v {
			t.Errorf("%s is %v, want %v", metric.Names[k], got, v)
		}
	}
	c := want.Confusion
	if got := g.Quality.Confusion; got != [2][2]int{{c.TrueNegative, c.FalsePositive}, {c.FalseNegative, c.TruePositive}} {
		t.Errorf("confusion %v, want %+v", got, c)
	}
	if got := g.Slices[0]; got.AUC != want.ROCAUC || got.Flagged != c.TruePositive+c.FalsePositive {
		t.Errorf("slice of all comments: %+v, want ROC AUC %v", got, want.ROCAUC)
	}
	mean := 0.0
	for _, p := range r.CV.P {
		mean += p
	}
	if got := g.Scores[0].P; math.Abs(got-mean/float64(d.Len())) > 1e-12 {
		t.Errorf("mean probability %v, want %v", got, mean/float64(d.Len()))
	}
	for _, m := range append(g.FalsePositives, g.FalseNegatives...) {
		if m.P != r.CV.P[m.Row-1] {
			t.Errorf("comment %d has the probability %v, want %v", m.Row, m.P, r.CV.P[m.Row-1])
		}
	}
	if len(g.FalsePositives) == 0 || len(g.FalseNegatives) == 0 {
		t.Error("there are no mistakes to look at")
	}
}
