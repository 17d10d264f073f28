package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

func aboutAlgorithms(d Data) section {
	s := section{ID: "algorithms", Title: "Algorithms compared"}
	if len(d.Algorithms) == 0 {
		return s
	}
	list := slices.Clone(d.Algorithms)
	slices.SortStableFunc(list, func(a, b Algorithm) int { return cmp.Compare(mean(b.AUC), mean(a.AUC)) })
	s.Finding = fmt.Sprintf("On the same folds %s comes first, with a ROC AUC of %s.", list[0].Name, spread(list[0].AUC))
	t := table{Head: []string{"Algorithm", "ROC AUC", "Fit", "Predict"}, Numbers: 1}
	var rows []boxRow
	var all []float64
	times := []float64{}
	for _, a := range list {
		rows = append(rows, boxRow{a.Name, a.AUC, a.Name + ": ROC AUC " + spread(a.AUC)})
		all = append(all, a.AUC...)
		times = append(times, max(a.FitSeconds, 1e-6), max(a.PredictSeconds, 1e-6))
		t.Rows = append(t.Rows, []string{a.Name, spread(a.AUC), duration(a.FitSeconds), duration(a.PredictSeconds)})
	}
	x := span(all, 5, decimal2)
	x.Title = "ROC AUC by fold"
	f := figure{
		ID:    "comparison",
		Title: "Quality on the same folds",
		Note:  "Box from quartile to quartile, the median as a line, each fold as a point.",
		Scene: boxes(rows, x),
		Table: t,
	}
	g := timing(list, times)
	g.Table = t
	s.add(block{Figure: &f}, block{Figure: &g})
	return s
}

// timing shows fit and predict times on a logarithmic axis.
func timing(list []Algorithm, times []float64) figure {
	lo, hi := math.Log10(slices.Min(times)), math.Log10(slices.Max(times))
	x := axis{
		Min:    math.Pow(10, math.Floor(lo)),
		Max:    math.Pow(10, math.Ceil(hi+1e-9)),
		Log:    true,
		Format: duration,
		Title:  "Time for one fold, logarithmic",
	}
	for t := x.Min; t <= x.Max*1.001; t *= 10 {
		x.Ticks = append(x.Ticks, t)
	}
	if len(x.Ticks) > 6 {
		var every []float64
		for i := 0; i < len(x.Ticks); i += 2 {
			every = append(every, x.Ticks[i])
		}
		x.Ticks = every
	}
	s, left, right := rowScene(len(list), x)
	for i, a := range list {
		y := rowMiddle(i)
		fit, predict := x.at(max(a.FitSeconds, x.Min), left, right), x.at(max(a.PredictSeconds, x.Min), left, right)
		s.text("label end", labelWidth-8, y+5, cut(a.Name, labelRunes))
		s.line("whisker", min(fit, predict), y, max(fit, predict), y)
		s.circle("dot third", fit, y, 6, a.Name+": fit "+duration(a.FitSeconds))
		s.circle("dot fourth", predict, y, 6, a.Name+": predict "+duration(a.PredictSeconds))
	}
	s.text("axis middle", (left+right)/2, s.Height-6, x.Title)
	return figure{
		ID:     "times",
		Title:  "Time to fit and to predict",
		Note:   "Mean over the folds, on the machine that made the report, without tokenizing.",
		Legend: []legend{{"third", "fit"}, {"fourth", "predict"}},
		Scene:  s,
	}
}

func aboutLearning(d Data) section {
	s := section{ID: "learning", Title: "Would more data help?"}
	if len(d.Learning) < 2 {
		return s
	}
	last, before := d.Learning[len(d.Learning)-1], d.Learning[len(d.Learning)-2]
	gap, gain := mean(last.Train)-mean(last.Valid), mean(last.Valid)-mean(before.Valid)
	s.Finding = fmt.Sprintf(
		"Trained on all comments, the model's ROC AUC is %s higher on the training comments than on others (variance). The last step, from %s to %s, raised it by %s.",
		decimal(gap),
		count(before.Comments),
		comments(last.Comments),
		decimal(gain),
	)
	s.Finding += " " + verdict(gap, gain)
	f := figure{
		ID:     "curve",
		Title:  "Learning curve",
		Note:   "ROC AUC against the number of training comments; bands are one standard deviation over the folds. The curve is that of the logistic regression on words alone: naive Bayes, characters and style, where the model has them, are left out.",
		Legend: []legend{{"third", "on the training comments"}, {"removed", "on other comments"}},
	}
	f.Table = table{Head: []string{"Comments", "Training comments", "Others"}, Numbers: 0}
	var xs, ys []float64
	train, valid := series{Class: "third", Dots: true}, series{Class: "removed", Dots: true}
	for _, l := range d.Learning {
		xs = append(xs, float64(l.Comments))
		train.point(float64(l.Comments), l.Train, "training comments")
		valid.point(float64(l.Comments), l.Valid, "others")
		f.Table.Rows = append(f.Table.Rows, []string{count(l.Comments), spread(l.Train), spread(l.Valid)})
	}
	ys = slices.Concat(train.Low, train.High, valid.Low, valid.High)
	x, y := span(append(xs, 0), 5, countOf), span(ys, 5, decimal2)
	x.Title, y.Title = "Training comments", "ROC AUC"
	p := newPlot(320, x, y)
	p.series(train)
	p.series(valid)
	f.Scene, f.Wide = p.scene, true
	s.add(block{Figure: &f})
	return s
}

func verdict(gap, gain float64) string {
	switch {
	case gain > 0.002:
		return "The curve still rises: more comments should help."
	case gap > 0.1:
		return "The curve is flat while the gap is wide: stronger regularisation or fewer features may help more than comments."
	}
	return "Both curves are flat: other features would help more than comments."
}

// point appends the mean of the folds, with its band.
func (s *series) point(x float64, values []float64, what string) {
	m, sd := mean(values), deviation(values)
	s.X, s.Y = append(s.X, x), append(s.Y, m)
	s.Low, s.High = append(s.Low, m-sd), append(s.High, m+sd)
	s.Tips = append(s.Tips, fmt.Sprintf("%s, %s: %s", comments(int(x)), what, spread(values)))
}

func aboutWeights(d Data) section {
	s := section{ID: "weights", Title: "What the model learned"}
	var removal, keeping []Weight
	for _, w := range d.Weights {
		if w.Effect > 0 {
			removal = append(removal, w)
		} else if w.Effect < 0 {
			keeping = append(keeping, w)
		}
	}
	slices.SortStableFunc(removal, func(a, b Weight) int { return cmp.Compare(b.Effect, a.Effect) })
	slices.SortStableFunc(keeping, func(a, b Weight) int { return cmp.Compare(a.Effect, b.Effect) })
	if len(removal) > 0 && len(keeping) > 0 {
		s.Finding = fmt.Sprintf("“%s” is the strongest sign of removal, “%s” the strongest against it.", removal[0].NGram, keeping[0].NGram)
	}
	for _, side := range []struct {
		id, title, class string
		weights          []Weight
	}{
		{"for", "Strongest for removal", "removed", removal},
		{"against", "Strongest against removal", "kept", keeping},
	} {
		if len(side.weights) > 0 {
			f := weightChart(side.weights, side.class)
			f.ID, f.Title = side.id, side.title
			s.add(block{Figure: &f})
		}
	}
	if len(d.Lengthening) > 1 {
		f := lengthening(d.Lengthening)
		s.add(block{Figure: &f})
	}
	known := slices.DeleteFunc(slices.Clone(d.Scores), func(g Group) bool { return math.IsNaN(g.P) })
	if len(known) > 0 {
		f := byScore(known)
		s.add(block{Figure: &f})
	}
	if len(d.Additions) > 0 {
		f := additions(d)
		s.add(block{Figure: &f})
	}
	return s
}

func weightChart(weights []Weight, class string) figure {
	f := figure{Note: "What an n-gram adds to the log-odds of removal, averaged over the comments that have it."}
	f.Table = table{Head: []string{"N-gram", "Log-odds", "Comments", "Share removed"}, Numbers: 1}
	values := []float64{0}
	var rows []bar
	for _, w := range weights {
		values = append(values, w.Effect)
		share := percent(ratio(w.Removed, w.Comments))
		rows = append(
			rows,
			bar{
				Label: w.NGram,
				Class: class,
				V:     w.Effect,
				Tip:   fmt.Sprintf("%s: %s; in %s, %s removed", w.NGram, decimal2(w.Effect), comments(w.Comments), share),
			},
		)
		f.Table.Rows = append(f.Table.Rows, []string{w.NGram, decimal(w.Effect), count(w.Comments), share})
	}
	x := span(values, 4, plain)
	x.Title = "Mean change of the log-odds"
	if class == "kept" { // mirrored, so that both charts read alike
		for i := range rows {
			rows[i].V = -rows[i].V
		}
		x.Min, x.Max = -x.Max, -x.Min
		for i, t := range x.Ticks {
			x.Ticks[i] = -t
		}
		x.Format = func(v float64) string { return plain(-v) }
	}
	f.Scene = bars(rows, x, math.NaN(), "")
	return f
}

func lengthening(points []Dependence) figure {
	f := figure{
		ID:    "cut",
		Title: "Partial dependence on length",
		Note:  "The same long comments, cut to their first words: the effect of length alone on the mean probability.",
	}
	f.Table = table{Head: []string{"First words", "Mean probability"}}
	x := axis{
		Min:    float64(points[0].Words),
		Max:    float64(points[len(points)-1].Words),
		Log:    true,
		Format: countOf,
		Title:  "Words left of the comment",
	}
	line := series{Class: "removed", Dots: true}
	for _, d := range points {
		x.Ticks = append(x.Ticks, float64(d.Words))
		line.X, line.Y = append(line.X, float64(d.Words)), append(line.Y, d.P)
		line.Tips = append(line.Tips, fmt.Sprintf("first %d words: %s", d.Words, percent1(d.P)))
		f.Table.Rows = append(f.Table.Rows, []string{count(d.Words), percent1(d.P)})
	}
	p := newPlot(300, x, probabilityAxis(line.Y))
	p.series(line)
	f.Scene = p.scene
	return f
}

// byScore shows how the probability goes with the score, and that it is not the score that moves it.
func byScore(groups []Group) figure {
	f := figure{ID: "score", Title: "Partial dependence on score",
		Note:   "The model reads the text and nothing else: changing a comment's score alone changes nothing, so the dependence is flat. Comments with different scores have different texts, and therefore different mean probabilities.",
		Legend: []legend{{"third", "same comments, other score"}, {"removed", "comments that have the score"}}}
	f.Table = table{Head: []string{"Score", "Comments", "Mean probability"}, Numbers: 1}
	n := len(groups)
	total, sum := 0.0, 0.0
	line, flat := series{Class: "removed", Dots: true}, series{Class: "third"}
	for i, g := range groups {
		f.Table.Rows = append(f.Table.Rows, []string{g.Name, count(g.Comments), percent1(g.P)})
		total, sum = total+float64(g.Comments), sum+g.P*float64(g.Comments)
		line.X, line.Y = append(line.X, float64(i)+0.5), append(line.Y, g.P)
		line.Tips = append(line.Tips, fmt.Sprintf("%s: mean probability %s", g.Name, percent1(g.P)))
	}
	for i := range n {
		flat.X, flat.Y = append(flat.X, float64(i)+0.5), append(flat.Y, sum/total)
		flat.Tips = append(flat.Tips, "whatever the score: "+percent1(sum/total))
	}
	x := axis{Min: 0, Max: float64(n), Title: "Score", Format: func(v float64) string { return groups[int(v)].Name }}
	for i := range n {
		x.Ticks = append(x.Ticks, float64(i)+0.5)
	}
	p := newPlot(300, x, probabilityAxis(line.Y))
	p.series(flat)
	p.series(line)
	f.Scene = p.scene
	return f
}

// probabilityAxis starts at 0 and ends soon above the values.
func probabilityAxis(values []float64) axis {
	y := span(append([]float64{0}, values...), 5, percent)
	y.Title = "Mean probability of removal"
	return y
}

// additions shows how far the mean probability of a sample moves with each n-gram.
func additions(d Data) figure {
	f := figure{ID: "added", Title: "Partial dependence on n-grams",
		Note: fmt.Sprintf(
			"How the mean probability of a sample of comments, %s, changes when the n-gram is appended to each.",
			percent1(d.Unchanged),
		)}
	f.Table = table{Head: []string{"N-gram", "Comments that have it", "Mean probability", "Change"}, Numbers: 1}
	values := []float64{0}
	var rows []bar
	for _, a := range d.Additions {
		change := a.P - d.Unchanged
		class := "removed"
		if change < 0 {
			class = "kept"
		}
		values = append(values, change)
		rows = append(
			rows,
			bar{
				Label: a.NGram,
				Class: class,
				V:     change,
				Tip:   fmt.Sprintf("with “%s”: %s, %s points", a.NGram, percent1(a.P), points(change)),
			},
		)
		f.Table.Rows = append(f.Table.Rows, []string{a.NGram, count(a.Comments), percent1(a.P), points(change)})
	}
	x := span(values, 5, points)
	x.Title = "Change in percentage points"
	f.Scene = bars(rows, x, math.NaN(), "")
	return f
}

// points writes a difference of probabilities in percentage points.
func points(v float64) string {
	s := strings.Replace(strconv.FormatFloat(100*v, 'f', 1, 64), "-", "−", 1)
	if v > 0 {
		return "+" + s
	}
	return s
}

func aboutMistakes(d Data) section {
	s := section{ID: "errors", Title: "Errors"}
	if len(d.FalsePositives)+len(d.FalseNegatives) == 0 {
		return s
	}
	s.Finding = "The errors that the model was most confident of. Each comment was predicted by a model that was not trained on it. Many of them are decisions that another moderator might have made the other way."
	if !d.Anonymize {
		s.Text = append(s.Text, "Coloured words raised or lowered the probability of removal; the stronger the colour, the more.")
	}
	for _, m := range []mistakes{
		{"False positives", "flagged, but moderators kept them", d.Anonymize, d.FalsePositives},
		{"False negatives", "left alone, but moderators removed them", d.Anonymize, d.FalseNegatives},
	} {
		if len(m.List) > 0 {
			s.add(block{Mistakes: &m})
		}
	}
	return s
}
