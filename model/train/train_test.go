package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/test/shared"
)

// invented makes comments of which some words, and how they are written, speak for removal.
func invented(n int) *dataset.Dataset {
	r := rand.New(rand.NewPCG(1, 2))
	kept := strings.Fields("study sample method results measured data , . analysis however paper")
	removed := strings.Fields("LOL joke mods deleted !! stupid my dog duh why ?")
	both := strings.Fields("the a of it is was they we and in to café 😀 isn't https://example.org/x")
	d := &dataset.Dataset{}
	for i := range n {
		y := i % 3 % 2
		words := []string{}
		for range 3 + r.IntN(25) {
			from := both
			if k := r.IntN(10); k < 2+y {
				from = kept
			} else if k < 4 {
				from = removed
			}
			words = append(words, from[r.IntN(len(from))])
		}
		d.IDs, d.Texts, d.Labels = append(d.IDs, fmt.Sprint(i)), append(d.Texts, strings.Join(words, " ")), append(d.Labels,
			y)
	}
	return d
}

func all() []Options {
	small := DefaultRich()
	small.Rich.CharMinDF = 3
	return []Options{Original(), Default(), small}
}

// TestArtifactIsTheModel: what the artifact predicts is what was learned, through cleaning, tokens and all blocks.
func TestArtifactIsTheModel(t *testing.T) {
	d := invented(300)
	for _, o := range all() {
		t.Run(o.Name, func(t *testing.T) {
			r, err := Run(context.Background(), d, o, nil)
			if err != nil {
				t.Fatal(err)
			}
			f, err := extract(d.Texts, d.Labels, o, newProgress(context.Background(), nil))
			if err != nil {
				t.Fatal(err)
			}
			all, err := f.split(nil, 0, newProgress(t.Context(), nil))
			if err != nil {
				t.Fatal(err)
			}
			m, err := all.fit(all.all, finalTolerance, func(float64) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			m.calibrate(r.CV.Calibration)
			for i, want := range all.decisions(m, nil) {
				if got := r.Model.AppendDecision(nil, d.Texts[i])[0]; math.Abs(got-want) > 1e-11*max(1, math.Abs(want)) {
					t.Fatalf("%q: the artifact decides %v, training %v", d.Texts[i], got, want)
				}
			}
			if m := r.Model.Manifest(); m.Threshold != r.Threshold || len(m.Metrics) == 0 || !slices.Equal(m.Labels, labels) {
				t.Errorf("manifest %+v", m)
			}
			if o.Rich != nil && all.all.chars == nil {
				t.Error("there are no n-grams of characters to test")
			}
		})
	}
}

// TestSameArtifact trains with one processor and with several.
func TestSameArtifact(t *testing.T) {
	d := invented(900)
	for _, o := range all() {
		var first []byte
		for _, n := range []int{1, 2, 5} {
			before := runtime.GOMAXPROCS(n)
			r, err := Run(context.Background(), d, o, nil)
			runtime.GOMAXPROCS(before)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = r.Artifact
			}
			if !bytes.Equal(first, r.Artifact) {
				t.Errorf("%s: %d processors make another artifact than 1", o.Name, n)
			}
		}
	}
}

func TestFolds(t *testing.T) {
	y := make([]int, 103)
	for i := range y {
		if i%4 == 0 {
			y[i] = 1
		}
	}
	folds, err := Folds(y, 5, 7)
	if err != nil {
		t.Fatal(err)
	}
	var size, ones [5]int
	for i, f := range folds {
		size[f]++
		ones[f] += y[i]
	}
	if slices.Max(size[:])-slices.Min(size[:]) > 1 || slices.Max(ones[:])-slices.Min(ones[:]) > 1 {
		t.Errorf("sizes %v, of class 1 %v", size, ones)
	}
	again, _ := Folds(y, 5, 7)
	other, _ := Folds(y, 5, 8)
	if !slices.Equal(folds, again) || slices.Equal(folds, other) {
		t.Error("the folds do not depend on the seed, or not on it alone")
	}
}

func TestSplit(t *testing.T) {
	y := invented(200).Labels
	training, test := Split(y, 0.25, 1)
	if rows := append(slices.Clone(training), test...); len(test) != 50 || len(rows) != 200 {
		t.Errorf("%d to train on, %d to test on", len(training), len(test))
	}
	for _, i := range test {
		if slices.Contains(training, i) {
			t.Errorf("row %d is in both", i)
		}
	}
}

// TestWithoutFolds gives the plain logistic regression.
func TestWithoutFolds(t *testing.T) {
	o := Default()
	o.CV = 0
	r, err := Run(context.Background(), invented(60), o, nil)
	if err != nil || r.Threshold != 0.5 || r.CV.Calibration != (Sigmoid{Slope: 1}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestTestSize(t *testing.T) {
	o := Default()
	o.TestSize = 0.2
	r, err := Run(context.Background(), invented(300), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Comments != 240 || r.TestComments != 60 || r.Test == nil || r.Test.ROCAUC < 0.5 {
		t.Errorf("%+v", r.Metrics)
	}
}

// TestCalibratedArtifact: the artifact's decision function is the uncalibrated one times the slope plus the offset, in
// every block.
func TestCalibratedArtifact(t *testing.T) {
	d := invented(300)
	for _, o := range all()[1:] {
		o.Calibrate = true
		calibrated, err := Run(t.Context(), d, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		o.Calibrate = false
		plain, err := Run(t.Context(), d, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := calibrated.CV.Calibration
		if c == (Sigmoid{Slope: 1}) || plain.CV.Calibration != (Sigmoid{Slope: 1}) {
			t.Errorf("%s: calibration %+v, without %+v", o.Name, c, plain.CV.Calibration)
		}
		for i, z := range decisionsOf(plain.Model, d.Texts) {
			want := c.Slope*z + c.Offset
			if got := calibrated.Model.AppendDecision(nil, d.Texts[i])[0]; math.Abs(got-want) > 1e-9 {
				t.Fatalf("%s: %q has the decision %v, want %v", o.Name, d.Texts[i], got, want)
			}
		}
	}
}

// TestManifest: the settings stand in the artifact as they were.
func TestManifest(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		notes   []string
		want    model.Vectorizer
	}{
		"words": {Default(),
			[]string{"logistic regression: C 0.7, balanced true; naive Bayes: weight 0.4, alpha 0.3; punctuation true; seed 1"},
			model.Vectorizer{NGramRange: [2]int{1, 2}, MinDF: 2, MaxDF: 1, MaxFeatures: 20000, UseIDF: true, SmoothIDF: true,
				SublinearTF: true, Norm: "l2"}},
		"rich": {DefaultRich(),
			[]string{"logistic regression: C 0.7, balanced true; naive Bayes: weight 0.4, alpha 0.3; punctuation true; seed 1",
				"characters: n-grams of 2 to 4 in at least 10 comments, C 0.003, weight 0.6; style: C 1, weight 0.4"},
			model.Vectorizer{NGramRange: [2]int{1, 2}, MinDF: 2, MaxDF: 1, MaxFeatures: 20000, UseIDF: true, SmoothIDF: true,
				SublinearTF: true, Norm: "l2"}},
		"original": {Original(),
			[]string{"logistic regression: C 0.1, balanced false; naive Bayes: weight 0, alpha 0; punctuation false; seed 1"},
			model.Vectorizer{NGramRange: [2]int{1, 3}, MinDF: 1, MaxDF: 1, MaxFeatures: 10000, UseIDF: true, SmoothIDF: true,
				Norm: "l2"}},
	} {
		r, err := Run(t.Context(), invented(60), c.options, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := r.Model.Manifest()
		c.want.Features = m.Vectorizer.Features
		if diff := cmp.Diff(&c.want, m.Vectorizer) + cmp.Diff(c.notes, m.Notes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if m.Name != name || r.Features < c.want.Features || r.Features == 0 {
			t.Errorf("%s: called %s, %d features", name, m.Name, r.Features)
		}
	}
	if r := DefaultRich().Rich; !r.Chars.Balanced || !r.Style.Balanced || !Default().Calibrate || Original().Calibrate {
		t.Errorf("defaults %+v", r)
	}
}

// TestSigmoid recovers the calibration that the labels were drawn from.
func TestSigmoid(t *testing.T) {
	want := Sigmoid{Slope: 1.7, Offset: -0.6}
	r := rand.New(rand.NewPCG(3, 3))
	var d []float64
	var y []int
	for range 40_000 {
		x := r.NormFloat64()
		d = append(d, x)
		if r.Float64() < want.Probability(x) {
			y = append(y, 1)
		} else {
			y = append(y, 0)
		}
	}
	if got := FitSigmoid(d, y); math.Abs(got.Slope-want.Slope) > 0.05 || math.Abs(got.Offset-want.Offset) > 0.05 {
		t.Errorf("%v, want about %v", got, want)
	}
	// At the maximum of the likelihood the sums of the residuals, and of the residuals times the decision, are 0.
	counts := [2]float64{}
	for _, class := range y {
		counts[class]++
	}
	target := [2]float64{1 / (counts[0] + 2), (counts[1] + 1) / (counts[1] + 2)}
	for _, scale := range []float64{1, 1e-3, 50, -4} {
		scaled := make([]float64, len(d))
		for i := range d {
			scaled[i] = scale * d[i]
		}
		s, g, h := FitSigmoid(scaled, y), 0.0, 0.0
		for i, x := range scaled {
			residual := s.Probability(x) - target[y[i]]
			g, h = g+residual, h+residual*x
		}
		if limit := 1e-8 * float64(len(d)); math.Abs(g) > limit || math.Abs(h) > limit*math.Abs(scale) {
			t.Errorf("decisions times %v: %+v, whose residuals add up to %v, and times the decisions to %v", scale, s, g, h)
		}
	}
	if s := FitSigmoid([]float64{1, 1}, []int{0, 1}); math.IsNaN(s.Slope) || math.IsNaN(s.Offset) {
		t.Errorf("decisions that are all the same give %v", s)
	}
}

func TestBadData(t *testing.T) {
	few := invented(12)
	for name, c := range map[string]struct {
		data *dataset.Dataset
		want string
	}{
		"one class": {&dataset.Dataset{IDs: []string{"1", "2"}, Texts: []string{"a", "b"}, Labels: []int{1, 1}},
			`every row is "removed" (label 1)`},
		"one row": {&dataset.Dataset{IDs: []string{"1"}, Texts: []string{"a"}, Labels: []int{1}},
			`every row is "removed" (label 1)`},
		"few": {few.Select([]int{0, 1, 2, 3, 4, 5, 6}),
			`2 rows are "removed" (label 1), too few for 5 folds, which need one each`},
		"a single one": {few.Select([]int{0, 1, 2, 3, 5, 6}), `1 row is "removed" (label 1), too few for 5 folds`},
		"a third class": {&dataset.Dataset{IDs: []string{"1", "2", "3"}, Texts: []string{"a", "b", "c"},
			Labels: []int{0, 1, 2}}, "label 2 of row 2 is neither 0 nor 1"},
		"all empty":   {blank(30), "no n-gram is left"},
		"all unalike": {unalike(30), "no n-gram is left"},
	} {
		if _, err := Run(context.Background(), c.data, Default(), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func blank(n int) *dataset.Dataset {
	d := invented(n)
	for i := range d.Texts {
		d.Texts[i] = "\r\n \\ "[:i%6]
	}
	return d
}

func unalike(n int) *dataset.Dataset {
	d := invented(n)
	for i := range d.Texts {
		d.Texts[i] = fmt.Sprintf("word%d", i)
	}
	return d
}

func TestBadOptions(t *testing.T) {
	for name, change := range map[string]func(o *Options){
		"--C is 0":            func(o *Options) { o.Words.C = 0 },
		"--cv":                func(o *Options) { o.CV = 1 },
		"--test-size":         func(o *Options) { o.TestSize = 1 },
		"--ngram-range":       func(o *Options) { o.Vectorizer.NgramRange = [2]int{2, 1} },
		"--nb-alpha is 0":     func(o *Options) { o.Bayes.Alpha = 0 },
		"C is +Inf":           func(o *Options) { o.Words.C = math.Inf(1) },
		"--nb-weight is NaN":  func(o *Options) { o.Bayes.Weight = math.NaN() },
		"--nb-weight is +Inf": func(o *Options) { o.Bayes.Weight = math.Inf(1) },
		"--nb-alpha is +":     func(o *Options) { o.Bayes.Alpha = math.Inf(1) },
		"--language":          func(o *Options) { o.Language = "klingon" },
	} {
		o := Default()
		change(&o)
		want := o.Check()
		if want == nil || !strings.Contains(want.Error(), name) {
			t.Errorf("%s: error %v", name, want)
		}
		if _, err := Run(context.Background(), invented(60), o, nil); err == nil || err.Error() != want.Error() {
			t.Errorf("%s: Run's error is %v, want %v", name, err, want)
		}
	}
}

// TestCancel stops at every stage that is reported.
func TestCancel(t *testing.T) {
	var stages []string
	see := func(stage, _ string, _, _ int) {
		if len(stages) == 0 || stages[len(stages)-1] != stage {
			stages = append(stages, stage)
		}
	}
	if _, err := Run(context.Background(), invented(60), DefaultRich(), see); err != nil {
		t.Fatal(err)
	}
	for _, at := range stages[:len(stages)-1] { // nothing is left to stop when the artifact is being built
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Run(ctx, invented(60), DefaultRich(), func(stage, _ string, _, _ int) {
			if stage == at {
				cancel()
			}
		})
		if cancel(); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled while %s: error %v", at, err)
		}
	}
}

func TestEvaluate(t *testing.T) {
	d := invented(300)
	r, err := Run(context.Background(), d, Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	m := Subject{Name: "new", Model: r.Model}
	c, err := Evaluate(t.Context(), d, m, &Subject{Name: "strict", Model: r.Model, Threshold: 0.99}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Model.TrainedOn, []string{"the comments"}) {
		t.Errorf("the model was trained on %q", c.Model.TrainedOn)
	}
	if c, err := Evaluate(t.Context(), d.Select([]int{0, 1, 2, 3}), m, nil, 1, nil); err != nil ||
		c.Model.TrainedOn != nil {
		t.Errorf("error %v; of a part the model does not know", err)
	}
	if _, err := Evaluate(t.Context(), &dataset.Dataset{IDs: []string{"1", "2"}, Texts: []string{" ", ""},
		Labels: []int{0, 1}}, m, nil, 1, nil); err == nil ||
		!strings.Contains(err.Error(), "all of them are blank") {
		t.Errorf("blank comments were evaluated on: error %v", err)
	}
	if c.Model.Threshold != r.Threshold || c.Comments != 300 || c.Differences["roc_auc"].Value != 0 ||
		c.Differences["recall"].Low <= 0 {
		t.Errorf("threshold %v, differences %+v", c.Model.Threshold, c.Differences)
	}
	changed := 0
	for _, p := range c.Model.P {
		if p >= r.Threshold && p < 0.99 {
			changed++
		}
	}
	if len(c.Changed) != changed || changed == 0 {
		t.Errorf("%d comments changed side, want %d", len(c.Changed), changed)
	}
	if _, err := Evaluate(t.Context(), d.Select([]int{0, 3}), m, nil, 1, nil); err == nil ||
		!strings.Contains(err.Error(), "every row is") {
		t.Errorf("comments of one class were evaluated on: error %v", err)
	}
	for _, at := range []string{"predicting", "resampling"} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Evaluate(ctx, d, m, &m, 1, func(stage, _ string, _, _ int) {
			if stage == at {
				cancel()
			}
		})
		if cancel(); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled while %s: error %v", at, err)
		}
	}
}

// TestBetterThanTheOriginal holds the models to what they were chosen for: the gain over the original's configuration,
// on the same folds of the public comments, and the calibration.
func TestBetterThanTheOriginal(t *testing.T) {
	if testing.Short() {
		t.Skip("trains on all public comments")
	}
	d, err := dataset.Read(nil, dataset.Options{}, shared.File(t, "data", "comments_train.csv"))
	if err != nil {
		t.Fatal(err)
	}
	run := func(o Options) *Result {
		r, err := Run(context.Background(), d, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-8s ROC AUC %.4f ± %.4f, F1 %.4f, ECE %.4f", o.Name, r.CV.Mean, r.CV.Std, r.CV.Scores.F1, r.CV.Scores.ECE)
		return r
	}
	base := run(Original()).CV.Mean
	for _, c := range []struct {
		options  Options
		gain, f1 float64
	}{{Default(), 0.022, 0.62}, {DefaultRich(), 0.034, 0.635}} {
		cv := run(c.options).CV
		if cv.Mean-base < c.gain || cv.Scores.F1 < c.f1 || cv.Scores.ECE > 0.03 {
			t.Errorf("%s: ROC AUC %+.4f, F1 %.4f, ECE %.4f; want at least %+.3f, %.3f and at most 0.03",
				c.options.Name, cv.Mean-base, cv.Scores.F1, cv.Scores.ECE, c.gain, c.f1)
		}
	}
}

func TestCompare(t *testing.T) {
	scores, err := Compare(context.Background(), invented(200), Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scores {
		if len(s.ROCAUC) != 5 || (s.Name == "majority class") != (s.Mean == 0.5) {
			t.Errorf("%+v", s)
		}
	}
}
