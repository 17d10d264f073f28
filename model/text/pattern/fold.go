package pattern

import (
	"slices"
	"sync"

	"reddit-classifier/model/text/python"
)

// To ignore case, Python compares the lower case of both characters. If several lower-case characters have the same
// upper case, each matches all of them. Ranges beyond U+FFFF are not folded in advance; both cases of a character are
// compared with them.

// caseVariants lists the lower-case characters that share their upper case, as Python's re/_casefix.py does.
var caseVariants = [][]rune{
	{0x69, 0x131},
	{0x73, 0x17F},
	{0xB5, 0x3BC},
	{0x345, 0x3B9, 0x1FBE},
	{0x390, 0x1FD3},
	{0x3B0, 0x1FE3},
	{
		0x3B2,
		0x3D0,
	},
	{0x3B5, 0x3F5},
	{0x3B8, 0x3D1},
	{0x3BA, 0x3F0},
	{0x3C0, 0x3D6},
	{0x3C1, 0x3F1},
	{0x3C2, 0x3C3},
	{0x3C6, 0x3D5},
	{
		0x432,
		0x1C80,
	},
	{0x434, 0x1C81},
	{0x43E, 0x1C82},
	{0x441, 0x1C83},
	{0x442, 0x1C84, 0x1C85},
	{0x44A, 0x1C86},
	{0x463, 0x1C87},
	{0x1C88, 0xA64B},
	{0x1E61, 0x1E9B},
	{0xFB05, 0xFB06},
}

// capital is a character that differs from its lower case.
type capital struct{ r, lower rune }

// unicodeCapitals returns all capitals, sorted by their lower case.
var unicodeCapitals = sync.OnceValue(func() []capital {
	all := make([]capital, 0, 1500)
	for r, lower := range python.Lowered {
		all = append(all, capital{r, lower})
	}
	slices.SortFunc(all, func(a, b capital) int { return int(a.lower) - int(b.lower) })
	return all
})

var asciiCapitals = sync.OnceValue(func() (all []capital) {
	for r := 'A'; r <= 'Z'; r++ {
		all = append(all, capital{r, r + 'a' - 'A'})
	}
	return all
})

func (f flags) capitals() []capital {
	if f&ascii != 0 {
		return asciiCapitals()
	}
	return unicodeCapitals()
}

// capitalsOf returns the capitals whose lower case is in s.
func (f flags) capitalsOf(s span) []capital {
	all := f.capitals()
	before := func(c capital, r rune) int { return int(c.lower) - int(r) }
	from, _ := slices.BinarySearchFunc(all, s.lo, before)
	to, _ := slices.BinarySearchFunc(all, s.hi+1, before)
	return all[from:to]
}

// capitalsIn returns the lower case of the capitals in s, in ascending order of the capitals.
func (f flags) capitalsIn(s span) (lower []span) {
	for _, c := range f.capitals() {
		if s.lo <= c.r && c.r <= s.hi {
			lower = append(lower, span{c.lower, c.lower})
		}
	}
	return lower
}

// toLower returns the lower case of r.
func (f flags) toLower(r rune) rune {
	switch {
	case f&ascii == 0:
		return python.ToLower(r)
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	}
	return r
}

// lastFolded is the last character that Python folds in a class in advance.
const lastFolded = 0xFFFF

// fold returns the lower-case characters that match s in a class, as Python's _optimize_charset does.
func (f flags) fold(s span) []span {
	switch {
	case s.lo == s.hi:
		return f.withCaseVariants([]span{{f.toLower(s.lo), f.toLower(s.lo)}})
	case s.hi <= lastFolded:
		return f.withCaseVariants(append(f.capitalsIn(s), s))
	}
	high := span{max(s.lo, lastFolded+1), s.hi}
	out := append(flags(0).capitalsIn(high), high) // (?a) has no effect here
	if s.lo <= lastFolded {
		low := span{s.lo, lastFolded}
		out = append(out, f.withCaseVariants(append(f.capitalsIn(low), low))...)
	}
	return out
}

// withCaseVariants adds the characters that share their upper case with a lower-case character in spans.
func (f flags) withCaseVariants(spans []span) []span {
	if f&ascii != 0 {
		return spans
	}
	spans = normalize(spans)
	out := slices.Clone(spans)
	for _, group := range caseVariants {
		if slices.ContainsFunc(group, func(r rune) bool { return contains(spans, r) }) {
			for _, r := range group {
				out = append(out, span{r, r})
			}
		}
	}
	return out
}

// unfold returns the characters whose lower case is in spans.
func (f flags) unfold(spans []span) []span {
	spans = normalize(spans)
	var capitals, out []span
	for _, s := range spans {
		for _, c := range f.capitalsOf(s) {
			out = append(out, span{c.r, c.r})
		}
		if s.lo < s.hi {
			for _, c := range f.capitals() {
				if s.lo <= c.r && c.r <= s.hi {
					capitals = append(capitals, span{c.r, c.r})
				}
			}
		} else if f.toLower(s.lo) != s.lo {
			capitals = append(capitals, s)
		}
	}
	capitals = normalize(capitals)
	for _, s := range spans {
		for len(capitals) > 0 && capitals[0].hi <= s.hi {
			if s.lo < capitals[0].lo {
				out = append(out, span{s.lo, capitals[0].lo - 1})
			}
			s.lo = capitals[0].hi + 1
			capitals = capitals[1:]
		}
		if s.lo <= s.hi {
			out = append(out, s)
		}
	}
	return normalize(out)
}
