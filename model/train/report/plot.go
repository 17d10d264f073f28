package report

// width is the width of every chart in user units. Charts are shown about as wide on a desk, and somewhat narrower on a
// phone.
const width = 480

// plot is a chart with two axes.
type plot struct {
	scene
	x, y                     axis
	left, right, top, bottom float64
}

// newPlot draws the axes of a chart of that height.
func newPlot(height float64, x, y axis) *plot {
	p := &plot{
		scene:  scene{Width: width, Height: height},
		x:      x,
		y:      y,
		left:   52,
		right:  width - 14,
		top:    30,
		bottom: height - 46,
	}
	p.text("axis", 0, 14, y.Title)
	for _, t := range y.Ticks {
		at := p.py(t)
		p.line("grid", p.left, at, p.right, at)
		p.text("tick end", p.left-7, at+4.5, y.Format(t))
	}
	for _, t := range x.Ticks {
		p.line("grid", p.px(t), p.bottom, p.px(t), p.bottom+5)
		p.text("tick middle", p.px(t), p.bottom+20, x.Format(t))
	}
	p.line("base", p.left, p.bottom, p.right, p.bottom)
	p.text("axis middle", (p.left+p.right)/2, height-5, x.Title)
	return p
}

func (p *plot) px(v float64) float64 { return p.x.at(v, p.left, p.right) }
func (p *plot) py(v float64) float64 { return p.y.at(v, p.bottom, p.top) }

// series is a line through points.
type series struct {
	Class     string
	X, Y      []float64
	Low, High []float64 // a band around it, if there is one
	Tips      []string
	Dots      bool // show the points; otherwise they appear under the pointer
}

func (p *plot) series(s series) {
	xs, ys := make([]float64, len(s.X)), make([]float64, len(s.X))
	for i := range s.X {
		xs[i], ys[i] = p.px(s.X[i]), p.py(s.Y[i])
	}
	if s.Low != nil {
		low, high := make([]float64, len(xs)), make([]float64, len(xs))
		for i := range xs {
			low[i], high[i] = p.py(s.Low[i]), p.py(s.High[i])
		}
		p.area("band "+s.Class, xs, low, high)
	}
	p.polyline("line "+s.Class, xs, ys)
	class := "hit " + s.Class
	if s.Dots {
		class = "dot " + s.Class
	}
	for i := range xs {
		p.circle(class, xs[i], ys[i], 4, s.Tips[i])
	}
}

// columns draws bars side by side for each bin: the tips and heights are by series and bin. from and to are the bins'
// borders.
func (p *plot) columns(classes []string, from, to []float64, heights [][]float64, tips [][]string) {
	for i := range from {
		lo, hi := p.px(from[i]), p.px(to[i])
		gap := min(3, (hi-lo)/6)
		each := (hi - lo - gap) / float64(len(classes))
		for k, class := range classes {
			top := p.py(heights[k][i])
			p.rect("bar "+class, lo+gap/2+float64(k)*each, top, each, p.bottom-top, tips[k][i])
		}
	}
}

// bar is a row of a bar chart.
type bar struct {
	Label, Value, Tip, Class string
	V                        float64
	Low, High                float64 // an interval; both 0 is none
}

const (
	rowHeight  = 25
	labelWidth = 176
	labelRunes = 23
)

// bars draws horizontal bars from zero, to the left where negative. reference is a value to compare with; NaN is none.
func bars(rows []bar, x axis, reference float64, referenceName string) scene {
	bottom := 26 + rowHeight*float64(len(rows))
	s := scene{Width: width, Height: bottom + 46}
	left, right := float64(labelWidth), float64(width-14)
	for _, t := range x.Ticks {
		at := x.at(t, left, right)
		s.line("grid", at, 20, at, bottom)
		s.text("tick middle", at, bottom+18, x.Format(t))
	}
	zero := x.at(max(0, x.Min), left, right)
	for i, r := range rows {
		y := 24 + rowHeight*float64(i)
		at := x.at(r.V, left, right)
		s.text("label end", labelWidth-8, y+15.5, cut(r.Label, labelRunes))
		s.rect("bar "+r.Class, min(at, zero), y+3, max(at-zero, zero-at, 1), rowHeight-8, r.Tip)
		if r.Low != r.High {
			s.line("whisker", x.at(r.Low, left, right), y+10.5, x.at(r.High, left, right), y+10.5)
		}
	}
	s.line("base", zero, 20, zero, bottom)
	if reference == reference { // not NaN
		at := x.at(reference, left, right)
		s.line("reference", at, 18, at, bottom)
		s.text("note "+textAnchor(at), at, 12, referenceName)
	}
	s.text("axis middle", (left+right)/2, bottom+40, x.Title)
	return s
}

// textAnchor anchors a text at x so that it does not leave the drawing.
func textAnchor(x float64) string {
	switch {
	case x > width*0.75:
		return "end"
	case x < width*0.25:
		return ""
	}
	return "middle"
}
