package explore

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/report"
)

const (
	dependenceSample = 400 // comments that partial dependence is measured on
	addedNGrams      = 7   // n-grams for removal that are added, and as many against
	fewLongs         = 20  // long comments that cutting needs
)

func keys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// dependence measures how the probability moves with length, and with single n-grams.
func (e *explorer) dependence(d *report.Data) error {
	d.Lengthening = e.truncation()
	texts := sampleEvenly(e.cleaned, dependenceSample)
	d.Unchanged = e.meanProbability(texts)
	n := len(d.Weights)
	for k, w := range d.Weights {
		if k >= addedNGrams && k < n-addedNGrams {
			continue
		}
		longer, tail := make([]string, len(texts)), displayNGram(w.NGram)
		for i, text := range texts {
			longer[i] = text + " " + tail
		}
		d.Additions = append(d.Additions, report.Addition{NGram: w.NGram, Comments: w.Comments, P: e.meanProbability(longer)})
		if err := e.ctx.Err(); err != nil {
			return err
		}
	}
	slices.SortStableFunc(d.Additions, func(a, b report.Addition) int { return cmp.Compare(b.P, a.P) })
	return nil
}

// displayNGram is an n-gram as it would stand in a text: the feature of all links is written as one.
func displayNGram(ngram string) string {
	tokens := strings.Split(ngram, " ")
	for k, t := range tokens {
		if t == "URL" {
			tokens[k] = "https://example.org/"
		}
	}
	return strings.Join(tokens, " ")
}

// truncation measures long comments cut to their first words.
func (e *explorer) truncation() []report.Dependence {
	const longest = 100
	var long [][]string
	for _, text := range e.cleaned {
		if w := strings.Fields(text); len(w) >= longest {
			long = append(long, w)
		}
	}
	if len(long) < fewLongs {
		return nil
	}
	long = sampleEvenly(long, dependenceSample)
	var list []report.Dependence
	for _, n := range []int{1, 2, 5, 10, 20, 50, longest} {
		texts := make([]string, len(long))
		for i, w := range long {
			texts[i] = strings.Join(w[:n], " ")
		}
		list = append(list, report.Dependence{Words: n, P: e.meanProbability(texts)})
	}
	return list
}

func (e *explorer) meanProbability(texts []string) float64 {
	var sum float64
	for _, p := range train.Predict(e.Result.Model, texts) {
		sum += p
	}
	return sum / float64(len(texts))
}

// sampleEvenly returns about n of the values, spread over all.
func sampleEvenly[T any](values []T, n int) []T {
	if len(values) <= n {
		return values
	}
	picked := make([]T, n)
	for k := range picked {
		picked[k] = values[k*len(values)/n]
	}
	return picked
}

// slices measures the model on parts of the comments.
func (e *explorer) slices(d *report.Data) error {
	between := func(lo, hi int) func(raw, cleaned string) bool {
		return func(_, cleaned string) bool { n := words(cleaned); return lo <= n && n <= hi }
	}
	not := func(f func(raw, cleaned string) bool) func(raw, cleaned string) bool {
		return func(raw, cleaned string) bool { return !f(raw, cleaned) }
	}
	for _, k := range []kind{
		{"all", "", func(string, string) bool { return true }},
		{"up to 10 words", "", between(0, 10)}, {"11 to 30 words", "", between(11, 30)},
		{"31 to 100 words", "", between(31, 100)}, {"over 100 words", "", between(101, math.MaxInt)},
		{"with a link", "", hasLink}, {"without a link", "", not(hasLink)},
		{"with a quotation", "", hasQuote}, {"without a quotation", "", not(hasQuote)},
		{"with a question", "", contains("?")}, {"without a question", "", not(contains("?"))},
	} {
		if s := e.slice(k); s.Comments > 0 {
			d.Slices = append(d.Slices, s)
		}
	}
	d.Scores, d.Months = e.scores(), e.months()
	return nil
}

func (e *explorer) slice(k kind) report.Slice {
	var y []int
	var p []float64
	for i, text := range e.cleaned {
		if k.has(e.training.Texts[i], text) {
			y, p = append(y, e.training.Labels[i]), append(p, e.Result.CV.P[i])
		}
	}
	c := metric.ConfusionAt(y, p, e.Result.Threshold)
	return report.Slice{
		Name: k.name, Comments: len(y), Removed: c.TruePositive + c.FalseNegative, Flagged: c.TruePositive + c.FalsePositive,
		AUC: metric.ROCAUC(y, p), Precision: c.Precision(), Recall: c.Recall(),
	}
}

// scores groups the comments by their votes.
func (e *explorer) scores() []report.Group {
	names := []string{"below 0", "0", "1", "2", "3–5", "6–10", "11–50", "over 50"}
	tops := []float64{-1, 0, 1, 2, 5, 10, 50, math.Inf(1)}
	return e.group(e.training.Score, names, func(v float64) string {
		for k, top := range tops {
			if v <= top {
				return names[k]
			}
		}
		return ""
	})
}

// manyMonths is how many months are shown at most; beyond, years are.
const manyMonths = 36

func (e *explorer) months() []report.Group {
	for _, layout := range []string{"2006-01", "2006"} {
		name := func(v float64) string { return date(v).Format(layout) }
		set := map[string]bool{}
		for _, v := range e.training.Created {
			if !math.IsNaN(v) {
				set[name(v)] = true
			}
		}
		if len(set) <= manyMonths || layout == "2006" {
			return e.group(e.training.Created, slices.Sorted(keys(set)), name)
		}
	}
	return nil
}

// group counts comments by the name of a value, in the order of the names; names without comments are left out.
func (e *explorer) group(values []float64, names []string, name func(float64) string) []report.Group {
	byName := map[string]*report.Group{}
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		g := byName[name(v)]
		if g == nil {
			g = &report.Group{Name: name(v)}
			byName[name(v)] = g
		}
		g.Comments++
		g.Removed += e.training.Labels[i]
		g.P += e.Result.CV.P[i]
	}
	var list []report.Group
	for _, n := range names {
		if g := byName[n]; g != nil {
			g.P /= float64(g.Comments)
			list = append(list, *g)
		}
	}
	return list
}

// settings lists the choices of a training.
func settings(o train.Options) []report.Setting {
	v := o.Vectorizer
	list := []report.Setting{
		{Name: "cleaner", Value: o.Cleaner.String()}, {Name: "language", Value: o.Language},
		{
			Name: "words",
			Value: fmt.Sprintf(
				"n-grams of %d to %d, in at least %s comments, sublinear %t, binary %t",
				v.NgramRange[0],
				v.NgramRange[1],
				v.MinDF,
				v.SublinearTF,
				v.Binary,
			),
		},
	}
	if v.MaxFeatures > 0 {
		list = append(list, report.Setting{Name: "most features", Value: fmt.Sprint(v.MaxFeatures)})
	}
	list = append(
		list,
		report.Setting{
			Name:  "logistic regression",
			Value: fmt.Sprintf("C %g, classes balanced %t", o.Words.C, o.Words.Balanced),
		},
	)
	if o.Bayes.Weight > 0 {
		list = append(
			list,
			report.Setting{Name: "naive Bayes", Value: fmt.Sprintf("weight %g, smoothing %g", o.Bayes.Weight, o.Bayes.Alpha)},
		)
	}
	if r := o.Rich; r != nil {
		list = append(
			list,
			report.Setting{
				Name:  "characters",
				Value: fmt.Sprintf("n-grams of %d to %d within words, weight %g", r.CharRange[0], r.CharRange[1], r.CharWeight),
			},
			report.Setting{Name: "style", Value: fmt.Sprintf("weight %g", r.StyleWeight)},
		)
	}
	return append(
		list,
		report.Setting{Name: "folds", Value: fmt.Sprint(o.CV)},
		report.Setting{Name: "seed", Value: fmt.Sprint(o.Seed)},
	)
}
