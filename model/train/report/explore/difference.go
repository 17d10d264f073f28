package explore

import (
	"strings"

	"reddit-classifier/model/train/report"
)

// difference marks what each of two passages has that the other has not: the characters outside a longest common
// subsequence. Time and space grow with the product of the lengths.
func difference(before, after string) (a, b []report.Span) {
	x, y := []rune(before), []rune(after)
	longest := make([][]int, len(x)+1) // of x[i:] and y[j:]
	for i := range longest {
		longest[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			a, b = grow(a, x[i], 0), grow(b, y[j], 0)
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && longest[i+1][j] >= longest[i][j+1]:
			a = grow(a, x[i], 1)
			i++
		default:
			b = grow(b, y[j], 1)
			j++
		}
	}
	return showLineEnds(a), showLineEnds(b)
}

// grow appends a character to the last span, or to a new one where the weight changes.
func grow(spans []report.Span, r rune, weight float64) []report.Span {
	if n := len(spans); n > 0 && spans[n-1].Weight == weight {
		spans[n-1].Text += string(r)
		return spans
	}
	return append(spans, report.Span{Text: string(r), Weight: weight})
}

// showLineEnds shows line ends that were changed.
func showLineEnds(spans []report.Span) []report.Span {
	for k := range spans {
		if spans[k].Weight != 0 {
			spans[k].Text = strings.NewReplacer("\r\n", "↵\n", "\r", "↵\n").Replace(spans[k].Text)
		}
	}
	return spans
}
