package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model"
	"reddit-classifier/model/train/compare"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/tfidf"
)

// diverse returns comments with many rare words, so that vocabulary, idf and what min_df and max_features keep are
// different for every part of them.
func diverse(n int) *dataset.Dataset {
	r := rand.New(rand.NewPCG(7, 11))
	words := func(stem string, mean float64) string { return fmt.Sprintf("%s%d", stem, int(r.ExpFloat64()*mean)) }
	d := &dataset.Dataset{}
	for i := range n {
		y := i % 5 / 3
		var text []string
		for range 4 + r.IntN(16) {
			word := words("word", 60)
			if r.IntN(4) == 0 {
				word = words([]string{"study", "joke"}[y], 12)
			}
			if r.IntN(8) < y {
				word = strings.ToUpper(word) + "!"
			}
			text = append(text, word)
		}
		d.IDs = append(d.IDs, fmt.Sprint(i))
		d.Texts, d.Labels = append(d.Texts, strings.Join(text, " ")), append(d.Labels, y)
	}
	return d
}

// selective returns options of every kind, of which few n-grams pass the selection.
func selective() map[string]Options {
	frequent, share, rich := Default(), Default(), DefaultRich()
	frequent.Vectorizer.MaxFeatures = 60
	share.Vectorizer.MinDF, share.Vectorizer.MaxDF = tfidf.Fraction(0.03), tfidf.Fraction(0.2)
	rich.Rich.CharMinDF = 6
	return map[string]Options{"max_features": frequent, "min_df and max_df": share, "rich": rich, "original": Original()}
}

// fitAlone returns the model that the given comments teach when there are no others.
func fitAlone(t *testing.T, data *dataset.Dataset, o Options, tolerance float64) *model.Model {
	t.Helper()
	p := newProgress(t.Context(), nil)
	f, err := extract(data.Texts, data.Labels, o, p)
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.split(nil, 0, p)
	if err != nil {
		t.Fatal(err)
	}
	fitted, err := d.fit(d.all, tolerance, func(float64) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	artifact, err := model.Build(f.spec(fitted))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(artifact)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// decisionsOf returns the decision function of the model for each text.
func decisionsOf(m *model.Model, texts []string) []float64 {
	d := make([]float64, len(texts))
	for i, text := range texts {
		d[i] = m.AppendDecision(nil, text)[0]
	}
	return d
}

// TestCrossValidationDoesNotLeak: what decides on the comments of a fold is the model that the other folds teach when
// the fold does not exist: its vocabulary, idf, selected n-grams, scales and weights.
func TestCrossValidationDoesNotLeak(t *testing.T) {
	data := diverse(250)
	for name, o := range selective() {
		r, err := Run(t.Context(), data, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		folds, err := Folds(data.Labels, o.CV, o.Seed)
		if err != nil {
			t.Fatal(err)
		}
		for k := range o.CV {
			training, test := trainTest(folds, k)
			unseen := data.Select(test)
			want := decisionsOf(fitAlone(t, data.Select(training), o, crossValidationTolerance), unseen.Texts)
			for n, i := range test {
				if got := r.CV.Decisions[i]; math.Abs(got-want[n]) > 1e-9 {
					t.Fatalf("%s, fold %d: comment %d has the decision %v, and %v without the fold", name, k, i, got, want[n])
				}
			}
			if area := metric.ROCAUC(unseen.Labels, want); math.Abs(r.CV.ROCAUC[k]-area) > 1e-12 {
				t.Errorf("%s, fold %d: ROC AUC %v, want %v", name, k, r.CV.ROCAUC[k], area)
			}
		}
	}
}

// TestCalibrationDoesNotLeak: a comment's label and decision have no part in how the comments of its fold are
// calibrated, and have one in the other folds.
func TestCalibrationDoesNotLeak(t *testing.T) {
	const n, k, changed = 60, 3, 7
	r := rand.New(rand.NewPCG(1, 3))
	y, folds, decisions := make([]int, n), make([]int, n), make([]float64, n)
	for i := range n {
		y[i], folds[i] = r.IntN(2), i%k
		decisions[i] = r.NormFloat64() + float64(y[i])
	}
	calibrated := func() *CrossValidation {
		cv := &CrossValidation{Folds: k, Decisions: slices.Clone(decisions), P: make([]float64, n)}
		cv.calibrate(&features{options: Options{Calibrate: true}, labels: slices.Clone(y)}, folds)
		return cv
	}
	before := calibrated()
	y[changed], decisions[changed] = 1-y[changed], 3-decisions[changed]
	after := calibrated()
	if before.Calibration == after.Calibration {
		t.Error("the model's own calibration does not depend on every comment")
	}
	for i := range n {
		if same := before.P[i] == after.P[i]; i != changed && same != (folds[i] == folds[changed]) {
			t.Errorf("comment %d of fold %d: %v and, with another label of a comment of fold %d, %v",
				i, folds[i], before.P[i], folds[changed], after.P[i])
		}
	}
}

// TestThreshold: the threshold has the best F1 of all on the out-of-fold probabilities, of which the scores and the
// artifact's histogram are too.
func TestThreshold(t *testing.T) {
	data := diverse(250)
	r, err := Run(t.Context(), data, Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	best := 0.0
	for _, p := range r.CV.P {
		best = max(best, metric.ConfusionAt(data.Labels, r.CV.P, p).F1())
	}
	if got := metric.ConfusionAt(data.Labels, r.CV.P, r.CV.Threshold).F1(); got != best || r.CV.Scores.F1 != best {
		t.Errorf("F1 %v at the threshold, %v in the scores, want %v", got, r.CV.Scores.F1, best)
	}
	if got, want := r.CV.Scores.LogLoss, metric.LogLoss(data.Labels, r.CV.P); got != want {
		t.Errorf("log loss %v, want %v", got, want)
	}
	want := model.NewScores(model.ScoresOfFolds, 2)
	for _, p := range r.CV.P {
		want.Add([]float64{1 - p, p})
	}
	if diff := cmp.Diff(want, r.Model.Manifest().Scores); diff != "" {
		t.Errorf("histogram (-want +got):\n%s", diff)
	}
}

// TestTestSizeDoesNotLeak: the model is the one that the comments trained on teach without those kept out, and only
// these are measured, at the threshold of the others.
func TestTestSizeDoesNotLeak(t *testing.T) {
	data := diverse(300)
	o := DefaultRich()
	o.Rich.CharMinDF, o.TestSize = 6, 0.2
	r, err := Run(t.Context(), data, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	training, test := Split(data.Labels, o.TestSize, o.Seed)
	o.TestSize = 0
	alone, err := Run(t.Context(), data.Select(training), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Threshold != alone.Threshold || r.CV.Calibration != alone.CV.Calibration {
		t.Errorf("threshold %v, calibration %+v; without the comments kept out %v, %+v",
			r.Threshold, r.CV.Calibration, alone.Threshold, alone.CV.Calibration)
	}
	unseen := data.Select(test)
	got, want := decisionsOf(r.Model, unseen.Texts), decisionsOf(alone.Model, unseen.Texts)
	if !slices.Equal(got, want) {
		t.Errorf("decisions %v\nwant %v", got[:3], want[:3])
	}
	if scores := metric.Evaluate(unseen.Labels, Predict(alone.Model, unseen.Texts), alone.Threshold); *r.Test != scores {
		t.Errorf("scores %+v\nwant %+v", *r.Test, scores)
	}
}

// TestCompareDoesNotLeak: the vectors that the algorithms are compared on have the vocabulary and idf of the other
// folds alone.
func TestCompareDoesNotLeak(t *testing.T) {
	data := diverse(250)
	o := selective()["max_features"]
	scores, err := Compare(t.Context(), data, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	folds, err := Folds(data.Labels, o.CV, o.Seed)
	if err != nil {
		t.Fatal(err)
	}
	logistic := compare.Algorithms[0].New().(*compare.Logistic).Settings
	o.Words, o.Bayes = linear.Logistic{C: logistic.C, Balanced: logistic.Balanced}, Bayes{}
	for k := range o.CV {
		training, test := trainTest(folds, k)
		m := fitAlone(t, data.Select(training), o, logistic.Tol)
		unseen := data.Select(test)
		want := metric.ROCAUC(unseen.Labels, decisionsOf(m, unseen.Texts))
		if got := scores[0].ROCAUC[k]; math.Abs(got-want) > 1e-12 {
			t.Errorf("fold %d: ROC AUC %v, and %v without the fold", k, got, want)
		}
	}
}
