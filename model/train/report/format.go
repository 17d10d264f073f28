package report

import (
	"math"
	"strconv"
	"strings"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// percent writes a share.
func percent(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(100*v, 'f', 0, 64) + nbsp + "%"
}

// percent1 is percent with a decimal.
func percent1(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	if 0 < v && v < 0.0005 {
		return "<0.1" + nbsp + "%"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64) + nbsp + "%"
}

// signed writes a number with its sign.
func signed(v float64) string {
	if v > 0 {
		return "+" + decimal2(v)
	}
	return decimal2(v)
}

// decimal writes a measure with three decimals.
func decimal(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', 3, 64), "-", "−", 1)
}

// decimal2 writes a number with two decimals.
func decimal2(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), "-", "−", 1)
}

// plain writes a number with as many decimals as it has.
func plain(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'g', 6, 64), "-", "−", 1)
}

// count writes a whole number with commas.
func count(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

func countOf(v float64) string { return count(int(math.Round(v))) }

// comments writes how many comments.
func comments(n int) string {
	if n == 1 {
		return "1" + nbsp + "comment"
	}
	return count(n) + nbsp + "comments"
}

// duration writes seconds in the unit that suits them.
func duration(seconds float64) string {
	switch {
	case seconds >= 1:
		return strconv.FormatFloat(seconds, 'f', 1, 64) + nbsp + "s"
	case seconds >= 1e-3:
		return strconv.FormatFloat(1e3*seconds, 'f', 0, 64) + nbsp + "ms"
	}
	return strconv.FormatFloat(1e6*seconds, 'f', 0, 64) + nbsp + "µs"
}

func ratio(a, b int) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

func mean(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// deviation is the standard deviation of the values, as numpy.std and the training have it.
func deviation(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(values)))
}

// spread writes mean ± standard deviation.
func spread(values []float64) string {
	return decimal(mean(values)) + " ± " + decimal(deviation(values))
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
