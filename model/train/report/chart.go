package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"reddit-classifier/model/train/metric"
)

// boxRow is a row of a box plot.
type boxRow struct {
	Label  string
	Values []float64
	Tip    string
}

// rowStep is the height of a row in a chart of one row for each thing compared.
const rowStep = 34

// rowScene begins such a chart: the grid and its ticks, between left and right.
func rowScene(rows int, x axis) (s scene, left, right float64) {
	bottom := 10 + rowStep*float64(rows)
	s = scene{Width: width, Height: bottom + 46}
	left, right = float64(labelWidth), float64(width-14)
	for _, t := range x.Ticks {
		at := x.at(t, left, right)
		s.line("grid", at, 6, at, bottom)
		s.text("tick middle", at, bottom+18, x.Format(t))
	}
	return s, left, right
}

// rowMiddle is where the middle of the row i is.
func rowMiddle(i int) float64 { return 10 + rowStep*(float64(i)+0.5) }

// boxes draws box plots after J. Tukey: box from quartile to quartile, median, whiskers to the outermost values within
// 1.5 times the box's length, and every value as a point.
func boxes(rows []boxRow, x axis) scene {
	s, left, right := rowScene(len(rows), x)
	for i, r := range rows {
		sorted := slices.Sorted(slices.Values(r.Values))
		middle := rowMiddle(i)
		s.text("label end", labelWidth-8, middle+5, cut(r.Label, labelRunes))
		if len(sorted) == 0 {
			continue
		}
		q1, median, q3 := metric.Quantile(sorted, 0.25), metric.Quantile(sorted, 0.5), metric.Quantile(sorted, 0.75)
		low, high := whiskers(sorted, q1, q3)
		place := func(v float64) float64 { return x.at(v, left, right) }
		s.line("whisker", place(low), middle, place(high), middle)
		s.rect("box", place(q1), middle-9, max(place(q3)-place(q1), 1), 18, r.Tip)
		s.line("median", place(median), middle-9, place(median), middle+9)
		for _, v := range sorted {
			s.circle("fold", place(v), middle, 2.5, r.Label+": "+decimal(v))
		}
	}
	s.text("axis middle", (left+right)/2, s.Height-6, x.Title)
	return s
}

func whiskers(sorted []float64, q1, q3 float64) (low, high float64) {
	reach := 1.5 * (q3 - q1)
	low, high = q1, q3
	for _, v := range sorted {
		if v >= q1-reach {
			low = min(low, v)
		}
		if v <= q3+reach {
			high = max(high, v)
		}
	}
	return low, high
}

// wilson is the interval of 95 % confidence for a share (E. B. Wilson, JASA 1927).
func wilson(share float64, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	m := float64(n)
	centre := (share + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(share*(1-share)/m+z*z/(4*m*m))
	return max(0, centre-half), min(1, centre+half)
}

// calibration draws mean probability against share removed, with intervals and the size of each group.
func calibration(bins []CalibrationBin) scene {
	p := newPlot(400, unit("Mean predicted probability of removal"), unit("Share really removed"))
	p.line("reference", p.px(0), p.py(0), p.px(1), p.py(1))
	most := 1
	for _, b := range bins {
		most = max(most, b.Count)
	}
	xs, ys := make([]float64, len(bins)), make([]float64, len(bins))
	for i, b := range bins {
		xs[i], ys[i] = p.px(b.Mean), p.py(b.Removed)
	}
	p.polyline("line removed", xs, ys)
	for i, b := range bins {
		low, high := wilson(b.Removed, b.Count)
		p.line("whisker", xs[i], p.py(low), xs[i], p.py(high))
		p.circle("dot removed", xs[i], ys[i], 3+5*math.Sqrt(float64(b.Count)/float64(most)),
			fmt.Sprintf("%s predicted, %s removed; %s", percent1(b.Mean), percent1(b.Removed), comments(b.Count)))
	}
	return p.scene
}

// confusion draws the four counts as a heat map; shade is the share of the row.
func confusion(c [2][2]int) scene {
	s := scene{Width: width, Height: 330}
	truths, decisions := [2]string{"Kept", "Removed"}, [2]string{"left alone", "flagged"}
	const left, top, w, h = 92, 40, 185, 125
	for d, name := range decisions {
		s.text("axis middle", left+w*(float64(d)+0.5), 28, "Model: "+name)
	}
	for t, row := range c {
		s.text("axis end", left-10, top+h*(float64(t)+0.5)+4, truths[t])
		for d, n := range row {
			share := ratio(n, row[0]+row[1])
			class := "cell right"
			if t != d {
				class = "cell wrong"
			}
			x, y := left+w*float64(d), top+h*float64(t)
			s.rect(fmt.Sprintf("%s shade%d", class, int(math.Round(5*cmp.Or(share, 0)))), x+2, y+2, w-4, h-4,
				fmt.Sprintf("%s, %s: %s, %s of this row", truths[t], decisions[d], comments(n), percent1(share)))
			s.text("big middle", x+w/2, y+h/2+2, count(n))
			s.text("label middle", x+w/2, y+h/2+26, percent1(share)+" of "+map[int]string{0: "kept", 1: "removed"}[t])
		}
	}
	s.text("axis middle", left+w, 322, "Down: the moderators. Across: the model.")
	return s
}
