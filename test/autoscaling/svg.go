package autoscaling

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Curve is a result with its name in the legend.
type Curve struct {
	Name   string
	Result Result
}

// Sizes of the drawing, in pixels.
const (
	width, left, right    = 800, 70, 30
	top, panelHeight, gap = 74, 110, 46
)

// style makes the drawing readable on light and dark pages, and for colour-blind readers: the second curve is dashed.
const style = `
text { font: 12px system-ui, sans-serif; fill: #57606a }
.title { font-size: 15px; font-weight: 600 }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.burst { fill: #8c959f; fill-opacity: .14 }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round }
.c0 { stroke: #1f77d0 } .c1 { stroke: #d9730d; stroke-dasharray: 6 3 }
@media (prefers-color-scheme: dark) { text { fill: #a8b3bd } .c0 { stroke: #58a6ff } .c1 { stroke: #f0a04b } }
`

// panel is the chart of one quantity over time.
type panel struct {
	name  string
	step  bool // the quantity is an integer, drawn in steps
	value func(Point) float64
}

var panels = []panel{
	{"lag (records that are not committed)", false, func(p Point) float64 { return float64(p.Lag) }},
	{"pods", true, func(p Point) float64 { return float64(p.Pods) }},
	{"requests in flight", false, func(p Point) float64 { return p.InFlight }},
}

// Draw returns an SVG of lag, pods and requests in flight over time. It is deterministic.
func Draw(title string, sc Scenario, curves []Curve) string {
	seconds := 0
	for _, c := range curves {
		seconds = max(seconds, len(c.Result.Points))
	}
	seconds = (seconds + 29) / 30 * 30
	var b strings.Builder
	height := top + len(panels)*(panelHeight+gap) - 20
	fmt.Fprintf(
		&b,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n<style>%s</style>\n",
		width,
		height,
		html.EscapeString(title),
		style,
	)
	fmt.Fprintf(&b, "<text class=\"title\" x=\"%d\" y=\"20\">%s</text>\n", left, html.EscapeString(title))
	for i, c := range curves {
		x := left + i*330
		fmt.Fprintf(
			&b,
			"<path class=\"curve c%d\" d=\"M%d 38h28\"/><text x=\"%d\" y=\"42\">%s</text>\n",
			i,
			x,
			x+34,
			html.EscapeString(c.Name),
		)
	}
	x := func(second float64) float64 { return left + second/float64(seconds)*(width-left-right) }
	for i, p := range panels {
		draw(&b, p, top+i*(panelHeight+gap), x, seconds, sc, curves)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// draw writes a panel with its upper edge at y.
func draw(b *strings.Builder, p panel, y int, x func(float64) float64, seconds int, sc Scenario, curves []Curve) {
	most := 0.0
	for _, c := range curves {
		for _, point := range c.Result.Points {
			most = max(most, p.value(point))
		}
	}
	most = nice(most)
	at := func(v float64) float64 { return float64(y) + panelHeight*(1-v/most) }
	from, to := x(sc.Idle.Seconds()), x((sc.Idle + sc.Burst).Seconds())
	fmt.Fprintf(
		b,
		"<rect class=\"burst\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
		from,
		y,
		to-from,
		panelHeight,
	)
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\">%s</text>\n", left, y-6, html.EscapeString(p.name))
	for _, v := range []float64{0, most / 2, most} {
		fmt.Fprintf(
			b,
			"<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n",
			left,
			at(v),
			width-right,
			left-8,
			at(v)+4,
			v,
		)
	}
	for s := 0; s <= seconds; s += 30 {
		fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d s</text>\n", x(float64(s)), y+panelHeight+16, s)
	}
	for i, c := range curves {
		fmt.Fprintf(b, "<path class=\"curve c%d\" d=\"%s\"/>\n", i, path(p, c.Result.Points, x, at))
	}
}

// path returns the path of a curve, with a point for each second in which the value changes.
func path(p panel, points []Point, x, at func(float64) float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", x(0), at(0))
	last := 0.0
	for i, point := range points {
		v, second := p.value(point), float64(i+1)
		switch {
		case p.step && v == last:
			continue
		case p.step:
			fmt.Fprintf(&b, "H%.1fV%.1f", x(second), at(v))
		case v != last || i+1 == len(points) || p.value(points[i+1]) != v:
			fmt.Fprintf(&b, "L%.1f %.1f", x(second), at(v))
		}
		last = v
	}
	if p.step {
		fmt.Fprintf(&b, "H%.1f", x(float64(len(points))))
	}
	return b.String()
}

// nice rounds up to one of 2, 4, 6, 8, 10, 20, 40 …, whose halves are short numbers as well.
func nice(v float64) float64 {
	for unit := 1.0; ; unit *= 10 {
		for _, n := range []float64{2, 4, 6, 8, 10} {
			if v <= n*unit && !math.IsInf(unit, 0) {
				return n * unit
			}
		}
	}
}

// Caption describes the scenario.
func Caption(sc Scenario) string {
	return fmt.Sprintf(
		"%d records a second for %g s, the sink takes %g ms",
		sc.Rate,
		sc.Burst.Seconds(),
		sc.Sink.Seconds()*1000,
	)
}
