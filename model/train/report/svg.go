package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// scene is a drawing in user units. The template turns it into SVG; colours and type are classes of the style sheet, so
// that one drawing serves light, dark and paper.
type scene struct {
	Width, Height float64
	Shapes        []shape
}

// shape is one SVG element. What has a Tip is a mark: it stands for data, can be focused, and says its value.
type shape struct {
	Kind       string // rect, circle, line, path or text
	Class      string
	X, Y, W, H float64 // of a line: from X,Y to W,H; of a circle: W is the radius
	Path       string
	Text       string
	Tip        string
}

// marks counts the shapes that stand for data.
func (s *scene) marks() int {
	n := 0
	for _, sh := range s.Shapes {
		if sh.Tip != "" {
			n++
		}
	}
	return n
}

func (s *scene) add(sh shape) { s.Shapes = append(s.Shapes, sh) }

func (s *scene) text(class string, x, y float64, text string) {
	s.add(shape{Kind: "text", Class: class, X: round(x), Y: round(y), Text: text})
}

func (s *scene) line(class string, x1, y1, x2, y2 float64) {
	s.add(shape{Kind: "line", Class: class, X: round(x1), Y: round(y1), W: round(x2), H: round(y2)})
}

func (s *scene) rect(class string, x, y, w, h float64, tip string) {
	s.add(shape{Kind: "rect", Class: class, X: round(x), Y: round(y), W: round(max(w, 0)), H: round(max(h, 0)), Tip: tip})
}

func (s *scene) circle(class string, x, y, r float64, tip string) {
	s.add(shape{Kind: "circle", Class: class, X: round(x), Y: round(y), W: round(r), Tip: tip})
}

// polyline draws through the points; xs and ys are of one length.
func (s *scene) polyline(class string, xs, ys []float64) {
	s.add(shape{Kind: "path", Class: class, Path: path(xs, ys)})
}

// area fills between two lines.
func (s *scene) area(class string, xs, low, high []float64) {
	var b strings.Builder
	b.WriteString(path(xs, high))
	for i := len(xs) - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "L%s %s", formatCoordinate(xs[i]), formatCoordinate(low[i]))
	}
	b.WriteByte('Z')
	s.add(shape{Kind: "path", Class: class, Path: b.String()})
}

func path(xs, ys []float64) string {
	var b strings.Builder
	for i := range xs {
		letter := byte('L')
		if i == 0 {
			letter = 'M'
		}
		b.WriteByte(letter)
		b.WriteString(formatCoordinate(xs[i]))
		b.WriteByte(' ')
		b.WriteString(formatCoordinate(ys[i]))
	}
	return b.String()
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

func formatCoordinate(v float64) string { return strconv.FormatFloat(round(v), 'f', -1, 64) }

// axis maps values to places.
type axis struct {
	Min, Max float64
	Log      bool
	Ticks    []float64
	Format   func(float64) string
	Title    string
}

// at returns the place of v between lo, where Min is, and hi.
func (a axis) at(v, lo, hi float64) float64 {
	from, to := a.Min, a.Max
	if a.Log {
		v, from, to = math.Log(v), math.Log(from), math.Log(to)
	}
	if to == from {
		return lo
	}
	return lo + (v-from)/(to-from)*(hi-lo)
}

// span returns an axis that holds the values and has round ticks, about as many as asked for.
func span(values []float64, ticks int, format func(float64) string) axis {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo > hi {
		lo, hi = 0, 1
	}
	if lo == hi {
		lo, hi = lo-0.5*max(math.Abs(lo), 1e-3), hi+0.5*max(math.Abs(hi), 1e-3)
	}
	step := roundStep((hi - lo) / float64(ticks))
	a := axis{Min: math.Floor(lo/step+1e-9) * step, Max: math.Ceil(hi/step-1e-9) * step, Format: format}
	for k := 0; ; k++ {
		t := a.Min + float64(k)*step
		if t > a.Max+step/2 {
			return a
		}
		a.Ticks = append(a.Ticks, math.Round(t/step)*step)
	}
}

// roundStep returns the least of 1, 2, 5 times a power of ten that is not below step.
func roundStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= step*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// unit is the axis of shares and probabilities.
func unit(title string) axis {
	return axis{Min: 0, Max: 1, Ticks: []float64{0, 0.2, 0.4, 0.6, 0.8, 1}, Format: percent, Title: title}
}
