package explore

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/report"
	"reddit-classifier/model/train/tfidf"
)

// algorithms compares classifiers on the words of the model.
func (e *explorer) algorithms(d *report.Data) error {
	scores, err := train.Compare(e.ctx, e.training, e.Options, e.progress)
	for _, s := range scores {
		d.Algorithms = append(
			d.Algorithms,
			report.Algorithm{Name: s.Name, AUC: s.ROCAUC, FitSeconds: s.FitSeconds, PredictSeconds: s.PredictSeconds},
		)
	}
	return err
}

// learningShares are the shares of the training comments at which the learning curve is drawn.
var learningShares = []float64{0.1, 0.2, 0.35, 0.5, 0.75, 1}

// learning fits models to growing shares of the training comments of each fold.
func (e *explorer) learning(d *report.Data) error {
	a := e.approaches()
	counts, err := tfidf.CountFor(e.ctx, e.tokens(a[len(a)-1]), e.Options.Vectorizer)
	if err != nil {
		return err
	}
	list := make([]report.LearningPoint, len(learningShares))
	for fold := range e.Options.CV {
		training, test := e.parts(fold)
		rand.New(
			rand.NewPCG(e.Options.Seed, uint64(fold)),
		).Shuffle(
			len(training),
			func(i, j int) { training[i], training[j] = training[j], training[i] },
		)
		for k, share := range learningShares {
			rows := slices.Sorted(slices.Values(training[:int(share*float64(len(training)))]))
			learned, valid, err := e.fit(counts, rows, test, true)
			e.progress("learning curve", "fit", fold*len(learningShares)+k+1,
				e.Options.CV*len(learningShares))
			if err := e.ctx.Err(); err != nil {
				return err
			}
			if err != nil {
				continue // too few comments, or all of one class
			}
			list[k].Comments = len(rows)
			list[k].Train, list[k].Valid = append(list[k].Train, learned), append(list[k].Valid, valid)
		}
	}
	for _, l := range list {
		if len(l.Valid) == e.Options.CV {
			d.Learning = append(d.Learning, l)
		}
	}
	return nil
}

// meanings explains the scores of package metric, by name.
var meanings = map[string][2]string{
	"roc_auc":           {"ROC AUC", "chance that a removed comment is ranked above a kept one"},
	"average_precision": {"Average precision", "mean precision over all of recall"},
	"f1":                {"F1", "harmonic mean of precision and recall"},
	"precision":         {"Precision", "share of flagged comments that were removed"},
	"recall":            {"Recall", "share of removed comments that are flagged"},
	"accuracy":          {"Accuracy", "share of right decisions"},
	"log_loss":          {"Log loss", "mean surprise at the truth; lower is better"},
	"brier":             {"Brier score", "mean squared error of the probability; lower is better"},
	"ece":               {"Calibration error", "mean distance of probability and share removed, in ten bins"},
}

// rounds are the bootstrap samples behind the intervals.
const rounds = 500

func (e *explorer) quality(d *report.Data) error {
	cv, y := e.Result.CV, e.training.Labels
	q := &d.Quality
	q.How = fmt.Sprintf(
		"All figures are from cross-validation with %d folds: each comment is predicted by a model that was trained on the other folds. Intervals are from the bootstrap.",
		e.Options.CV,
	)
	if t := e.Result.Test; t != nil {
		q.How += fmt.Sprintf(
			" On a test set of %d comments, held out of the cross-validation, the ROC AUC is %.3f and F1 %.3f.",
			e.Result.TestComments,
			t.ROCAUC,
			t.F1,
		)
	}
	draws, err := metric.Bootstrap(
		e.ctx,
		y,
		rounds,
		e.Options.Seed,
		nil,
		metric.Predictions{P: cv.P, Threshold: d.Threshold},
	)
	if err != nil {
		return err
	}
	intervals := draws.Intervals(0)
	for k, v := range metric.Evaluate(y, cv.P, d.Threshold).Values() {
		m := meanings[metric.Names[k]]
		q.Measures = append(
			q.Measures,
			report.Measure{Name: m[0], Meaning: m[1], Value: v, Low: intervals[k].Low, High: intervals[k].High},
		)
	}
	c := metric.NewCurve(y, cv.P)
	q.ROC, q.PR = roc(c), pr(c)
	for _, b := range metric.Calibration(y, cv.P, metric.ECEBins) {
		q.Bins = append(q.Bins, report.CalibrationBin{Count: b.Count, Mean: b.Mean, Removed: b.Positive})
	}
	at := metric.ConfusionAt(y, cv.P, d.Threshold)
	q.Confusion = [2][2]int{{at.TrueNegative, at.FalsePositive}, {at.FalseNegative, at.TruePositive}}
	q.Thresholds = thresholds(c)
	q.Histogram = make([][2]int, 20)
	for i, p := range cv.P {
		q.Histogram[min(int(p*20), 19)][y[i]]++
	}
	return nil
}

// minDistance is how far points of a curve are apart at least; more would not be seen.
const minDistance = 0.01

// thinCurve keeps the points of a curve that are apart, the first and the last.
func thinCurve(points []report.Point) []report.Point {
	var kept []report.Point
	for i, p := range points {
		if i == 0 || i == len(points)-1 || math.Hypot(p.X-kept[len(kept)-1].X, p.Y-kept[len(kept)-1].Y) >= minDistance {
			kept = append(kept, p)
		}
	}
	return kept
}

func roc(c metric.Curve) []report.Point {
	points := []report.Point{{X: 0, Y: 0, Threshold: 1}}
	for _, p := range c.Points {
		points = append(
			points,
			report.Point{X: share(p.FalsePositive, c.Negatives), Y: share(p.TruePositive, c.Positives), Threshold: p.Threshold},
		)
	}
	return thinCurve(points)
}

func pr(c metric.Curve) []report.Point {
	var points []report.Point
	for _, p := range c.Points {
		points = append(
			points,
			report.Point{
				X:         share(p.TruePositive, c.Positives),
				Y:         share(p.TruePositive, p.TruePositive+p.FalsePositive),
				Threshold: p.Threshold,
			},
		)
	}
	return thinCurve(points)
}

func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// thresholds returns what the thresholds mean at every hundredth of the comments flagged.
func thresholds(c metric.Curve) []report.Threshold {
	all := c.Positives + c.Negatives
	var list []report.Threshold
	next := 0.01
	for i, p := range c.Points {
		flagged := p.TruePositive + p.FalsePositive
		if share(flagged, all) < next-1e-9 && i < len(c.Points)-1 {
			continue
		}
		list = append(
			list,
			report.Threshold{
				At:        p.Threshold,
				Share:     share(flagged, all),
				Precision: share(p.TruePositive, flagged),
				Recall:    share(p.TruePositive, c.Positives),
			},
		)
		for next <= share(flagged, all)+1e-9 {
			next += 0.01
		}
	}
	return list
}
