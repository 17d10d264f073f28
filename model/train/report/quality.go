package report

import (
	"fmt"
	"math"
)

// measure returns the measure called name.
func (q Quality) measure(name string) (Measure, bool) {
	for _, m := range q.Measures {
		if m.Name == name {
			return m, true
		}
	}
	return Measure{}, false
}

func (m Measure) interval() string {
	if m.Low == m.High {
		return ""
	}
	return decimal(m.Low) + " to " + decimal(m.High)
}

func summary(d Data) []string {
	var lines []string
	if c := d.Corpus; c.Comments > 0 {
		lines = append(
			lines,
			fmt.Sprintf(
				"Trained on %s, of which moderators had removed %s.",
				comments(c.Comments),
				percent(ratio(c.Removed, c.Comments)),
			),
		)
	}
	if c := d.Quality.Confusion; c[0][0]+c[0][1]+c[1][0]+c[1][1] > 0 {
		all := c[0][0] + c[0][1] + c[1][0] + c[1][1]
		lines = append(
			lines,
			fmt.Sprintf(
				"At the threshold %s it flags %s of the comments. Its precision is %s: that share of the flagged comments was removed. Its recall is %s: that share of the removed comments is flagged.",
				decimal(
					d.Threshold,
				),
				percent(ratio(c[0][1]+c[1][1], all)),
				percent(ratio(c[1][1], c[0][1]+c[1][1])),
				percent(ratio(c[1][1], c[1][0]+c[1][1])),
			),
		)
	}
	return lines
}

func tiles(d Data) []tile {
	var list []tile
	for _, name := range []string{"ROC AUC", "Average precision", "F1", "Precision", "Recall", "Calibration error"} {
		if m, ok := d.Quality.measure(name); ok {
			list = append(list, tile{name, decimal(m.Value), m.interval()})
		}
	}
	return list
}

func aboutQuality(d Data) section {
	s := section{ID: "quality", Title: "Quality"}
	q := d.Quality
	if len(q.Measures) == 0 {
		return s
	}
	if m, ok := q.measure("ROC AUC"); ok {
		s.Finding = fmt.Sprintf(
			"Of a removed and a kept comment, the removed one gets the higher probability in %s of the cases.",
			percent1(m.Value),
		)
	}
	if q.How != "" {
		s.Text = append(s.Text, q.How)
	}
	t := table{Title: "Measures", Head: []string{"Measure", "Value", "95 % interval"}, Numbers: 1, Half: true}
	for _, m := range q.Measures {
		t.Rows = append(t.Rows, []string{m.Name, decimal(m.Value), m.interval()})
		t.Notes = append(t.Notes, m.Meaning)
	}
	roc := rocChart(q.ROC, d.Threshold)
	pr := prChart(q.PR, d)
	cal := calibrationChart(q.Bins)
	con := confusionChart(q.Confusion, d.Threshold)
	for _, f := range []*figure{roc, pr, cal, con, histogram(q.Histogram, d.Threshold)} {
		if f != nil {
			s.add(block{Figure: f})
		}
	}
	s.add(block{Table: &t})
	return s
}

// nearest is the index of the point whose threshold is closest to t.
func nearest(points []Point, t float64) int {
	best := 0
	for i, p := range points {
		if math.Abs(p.Threshold-t) < math.Abs(points[best].Threshold-t) {
			best = i
		}
	}
	return best
}

// curve draws a curve over two shares, with a point where the model's threshold is.
func curve(p *plot, points []Point, threshold float64, xName, yName string) table {
	line := series{Class: "removed"}
	t := table{Head: []string{"Threshold", xName, yName}}
	for _, q := range points {
		line.X, line.Y = append(line.X, q.X), append(line.Y, q.Y)
		line.Tips = append(
			line.Tips,
			fmt.Sprintf("threshold %s: %s %s, %s %s", decimal(q.Threshold), xName, percent1(q.X), yName, percent1(q.Y)),
		)
		t.Rows = append(t.Rows, []string{decimal(q.Threshold), percent1(q.X), percent1(q.Y)})
	}
	p.series(line)
	q := points[nearest(points, threshold)]
	p.circle(
		"dot chosen",
		p.px(q.X),
		p.py(q.Y),
		6,
		fmt.Sprintf(
			"the model's threshold, %s: %s %s, %s %s",
			decimal(threshold),
			xName,
			percent1(q.X),
			yName,
			percent1(q.Y),
		),
	)
	return t
}

func rocChart(points []Point, threshold float64) *figure {
	if len(points) == 0 {
		return nil
	}
	p := newPlot(400, unit("Share of kept comments that are flagged"), unit("Share of removed comments that are flagged"))
	p.line("reference", p.px(0), p.py(0), p.px(1), p.py(1))
	f := &figure{
		ID:    "roc",
		Title: "ROC curve",
		Note:  "Every threshold is a point; the dashed line is guessing, the ring the model's threshold.",
	}
	f.Table = curve(p, points, threshold, "false positives", "recall")
	f.Scene = p.scene
	return f
}

func prChart(points []Point, d Data) *figure {
	if len(points) == 0 {
		return nil
	}
	p := newPlot(
		400,
		unit("Recall: share of removed comments that are flagged"),
		unit("Precision: share of flagged comments that were removed"),
	)
	if base := ratio(d.Corpus.Removed, d.Corpus.Comments); !math.IsNaN(base) {
		p.line("reference", p.px(0), p.py(base), p.px(1), p.py(base))
	}
	f := &figure{
		ID:    "pr",
		Title: "Precision and recall",
		Note:  "The dashed line is flagging at random, the ring the model's threshold.",
	}
	f.Table = curve(p, points, d.Threshold, "recall", "precision")
	f.Scene = p.scene
	return f
}

func calibrationChart(bins []CalibrationBin) *figure {
	if len(bins) == 0 {
		return nil
	}
	f := &figure{ID: "calibration", Title: "Calibration", Scene: calibration(bins),
		Note: "Of the comments with a probability of 30 %, are 30 % removed? On the dashed line, yes. The size of a point shows the size of its group; bars are 95 % intervals."}
	f.Table = table{Head: []string{"Mean probability", "Share removed", "Comments"}}
	for _, b := range bins {
		f.Table.Rows = append(f.Table.Rows, []string{percent1(b.Mean), percent1(b.Removed), count(b.Count)})
	}
	return f
}

func confusionChart(c [2][2]int, threshold float64) *figure {
	if c[0][0]+c[0][1]+c[1][0]+c[1][1] == 0 {
		return nil
	}
	f := &figure{
		ID:    "confusion",
		Title: "Confusion",
		Scene: confusion(c),
		Note:  "Decisions at the threshold of " + decimal(threshold) + "; shades and shares are of each row.",
	}
	f.Table = table{Head: []string{"Truth", "Left alone", "Flagged"}, Numbers: 1,
		Rows: [][]string{{"kept", count(c[0][0]), count(c[0][1])}, {"removed", count(c[1][0]), count(c[1][1])}}}
	return f
}

func histogram(bins [][2]int, threshold float64) *figure {
	if len(bins) == 0 {
		return nil
	}
	n := len(bins)
	f := &figure{
		ID:     "probabilities",
		Title:  "Probabilities by class",
		Legend: byClass,
		Note:   "The distribution of the probabilities in each class; the line is the threshold.",
	}
	f.Table = table{Head: []string{"Probability", "Kept", "Removed"}, Numbers: 1}
	from, to := make([]float64, n), make([]float64, n)
	heights, tips := [][]float64{make([]float64, n), make([]float64, n)}, [][]string{make([]string, n), make([]string, n)}
	values := []float64{0}
	for i, b := range bins {
		from[i], to[i] = float64(i)/float64(n), float64(i+1)/float64(n)
		name := percent(from[i]) + " to " + percent(to[i])
		for class, l := range byClass {
			heights[class][i] = float64(b[class])
			values = append(values, float64(b[class]))
			tips[class][i] = fmt.Sprintf("%s, %s: %s", name, l.Name, comments(b[class]))
		}
		f.Table.Rows = append(f.Table.Rows, []string{name, count(b[0]), count(b[1])})
	}
	y := span(values, 5, countOf)
	y.Title = "Comments"
	p := newPlot(300, unit("Predicted probability of removal"), y)
	p.columns([]string{"kept", "removed"}, from, to, heights, tips)
	p.line("reference", p.px(threshold), p.top, p.px(threshold), p.bottom)
	f.Scene = p.scene
	return f
}

func aboutThreshold(d Data) section {
	s := section{ID: "threshold", Title: "Which threshold?"}
	list := d.Quality.Thresholds
	if len(list) < 2 {
		return s
	}
	f := figure{
		ID:     "tradeoff",
		Title:  "Share reviewed, precision and recall",
		Note:   "Share of all comments that are flagged, against precision and recall.",
		Legend: []legend{{"removed", "precision"}, {"kept", "recall"}},
	}
	f.Table = table{Head: []string{"Threshold", "Flagged", "Precision", "Recall"}}
	precision, recall := series{Class: "removed"}, series{Class: "kept"}
	for _, t := range list {
		precision.X, precision.Y = append(precision.X, t.Share), append(precision.Y, t.Precision)
		recall.X, recall.Y = append(recall.X, t.Share), append(recall.Y, t.Recall)
		at := fmt.Sprintf("threshold %s, %s flagged: ", decimal(t.At), percent1(t.Share))
		precision.Tips = append(precision.Tips, at+"precision "+percent1(t.Precision))
		recall.Tips = append(recall.Tips, at+"recall "+percent1(t.Recall))
		f.Table.Rows = append(
			f.Table.Rows,
			[]string{decimal(t.At), percent1(t.Share), percent1(t.Precision), percent1(t.Recall)},
		)
	}
	p := newPlot(320, unit("Share of all comments that goes to a human"), unit("Precision, recall"))
	p.series(precision)
	p.series(recall)
	if share, ok := flagged(d.Quality.Confusion); ok {
		p.line("reference", p.px(share), p.top, p.px(share), p.bottom)
	}
	f.Scene = p.scene
	t := table{Title: "Choices", Head: []string{"Reviewed", "Threshold", "Precision", "Recall"}, Numbers: 1, Half: true}
	for _, share := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5} {
		if c := closest(list, share); math.Abs(c.Share-share) < share/4 {
			t.Rows = append(t.Rows, []string{percent(share), decimal(c.At), percent(c.Precision), percent(c.Recall)})
		}
	}
	tenth := closest(list, 0.1)
	s.Finding = fmt.Sprintf(
		"Reviewing a tenth of the comments finds %s of the removed ones; %s of the reviewed ones are removed.",
		percent(tenth.Recall),
		percent(tenth.Precision),
	)
	s.Text = append(
		s.Text,
		"The threshold is a choice, not a property of the model: it trades the work of moderators against what slips through. The dashed line is the one the model carries.",
	)
	s.add(block{Figure: &f}, block{Table: &t})
	return s
}

func flagged(c [2][2]int) (share float64, ok bool) {
	all := c[0][0] + c[0][1] + c[1][0] + c[1][1]
	return ratio(c[0][1]+c[1][1], all), all > 0
}

// closest is the threshold that flags about that share.
func closest(list []Threshold, share float64) Threshold {
	best := list[0]
	for _, t := range list {
		if math.Abs(t.Share-share) < math.Abs(best.Share-share) {
			best = t
		}
	}
	return best
}
