package compile

import (
	"fmt"
	"slices"
	"strings"
)

// maxRune is the last code point.
const maxRune = 0x10FFFF

// span is a closed range of code points.
type span struct{ lo, hi rune }

// set is a set of code points: sorted, disjoint, not adjacent.
type set []span

// single returns the set with one code point.
func single(r rune) set { return set{{r, r}} }

// normalize returns the set of the code points in spans, which may be in any order and overlap.
func normalize(spans []span) set {
	sorted := slices.Clone(spans)
	slices.SortFunc(sorted, func(a, b span) int { return int(a.lo - b.lo) })
	var out set
	for _, s := range sorted {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	return out
}

// complement returns the set of the code points that are not in s.
func (s set) complement() set {
	var out set
	next := rune(0)
	for _, r := range s {
		if r.lo > next {
			out = append(out, span{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= maxRune {
		out = append(out, span{next, maxRune})
	}
	return out
}

// has reports whether r is in s.
func (s set) has(r rune) bool {
	_, found := slices.BinarySearchFunc(s, r, func(a span, r rune) int {
		switch {
		case a.hi < r:
			return -1
		case a.lo > r:
			return 1
		}
		return 0
	})
	return found
}

// key returns a string that is the same for two sets if and only if they are equal.
func (s set) key() string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, "%x-%x,", r.lo, r.hi)
	}
	return b.String()
}

// alphabet divides the code points into classes. The code points of a class are in the same sets.
type alphabet struct {
	cuts    []rune // first code point of each interval, ascending; cuts[0] is 0
	classOf []int  // class of each interval
	classes int
	member  [][]bool // member[set][class]
}

// divide returns the alphabet with the fewest classes for sets.
func divide(sets []set) *alphabet {
	a := &alphabet{cuts: []rune{0}, member: make([][]bool, len(sets))}
	for _, s := range sets {
		for _, r := range s {
			a.cuts = append(a.cuts, r.lo)
			if r.hi < maxRune {
				a.cuts = append(a.cuts, r.hi+1)
			}
		}
	}
	slices.Sort(a.cuts)
	a.cuts = slices.Compact(a.cuts)
	byMembership := map[string]int{}
	signature := make([]byte, len(sets))
	for _, cut := range a.cuts {
		for i, s := range sets {
			signature[i] = '0'
			if s.has(cut) {
				signature[i] = '1'
			}
		}
		class, ok := byMembership[string(signature)]
		if !ok {
			class = a.classes
			a.classes++
			byMembership[string(signature)] = class
			for i := range sets {
				a.member[i] = append(a.member[i], signature[i] == '1')
			}
		}
		a.classOf = append(a.classOf, class)
	}
	return a
}

// class returns the class of r.
func (a *alphabet) class(r rune) int {
	i, found := slices.BinarySearch(a.cuts, r)
	if !found {
		i--
	}
	return a.classOf[i]
}
