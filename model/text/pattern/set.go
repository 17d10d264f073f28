package pattern

import (
	"slices"
	"unicode/utf8"

	"reddit-classifier/model/text/python"
)

// kind classifies a character by the categories \w, \d and \s. Each character has one kind.
type kind uint8

const (
	kindOther kind = iota
	kindSpace      // \s
	kindDigit      // \d and \w
	kindWord       // \w, but not \d
	kinds
)

func kindOf(r rune) kind {
	switch {
	case python.IsSpace(r):
		return kindSpace
	case python.IsDecimal(r):
		return kindDigit
	case python.IsWord(r):
		return kindWord
	}
	return kindOther
}

// span is the range of characters from lo to hi, both included.
type span struct{ lo, hi rune }

// set is a set of characters: those of the kinds and those in the spans or, if negated, all others.
type set struct {
	kinds   uint8 // one bit for each kind
	spans   []span
	negated bool
}

// category returns the set of \w, \d or \s. In ASCII mode it has only ASCII characters.
func category(name byte, ascii bool) set {
	switch {
	case name == 'w' && ascii:
		return set{spans: []span{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}}
	case name == 'w':
		return set{kinds: 1<<kindWord | 1<<kindDigit}
	case name == 'd' && ascii:
		return set{spans: []span{{'0', '9'}}}
	case name == 'd':
		return set{kinds: 1 << kindDigit}
	case ascii:
		return set{spans: []span{{'\t', '\r'}, {' ', ' '}}}
	}
	return set{kinds: 1 << kindSpace}
}

// union adds the characters of other, which must be a category.
func (s *set) union(other set) {
	switch {
	case !other.negated:
		s.kinds |= other.kinds
		s.spans = append(s.spans, other.spans...)
	case other.kinds != 0:
		s.kinds |= ^other.kinds & (1<<kinds - 1)
	default:
		s.spans = append(s.spans, invert(other.spans)...)
	}
}

// contains reports whether r is in the set.
func (s *set) contains(r rune) bool {
	return (s.kinds>>kindOf(r)&1 != 0 || contains(s.spans, r)) != s.negated
}

// normalize returns the spans sorted and merged. It modifies its argument.
func normalize(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return int(a.lo) - int(b.lo) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	return out
}

// invert returns the characters that are not in spans, which must be normal.
func invert(spans []span) (out []span) {
	lo := rune(0)
	for _, s := range spans {
		if lo < s.lo {
			out = append(out, span{lo, s.lo - 1})
		}
		lo = s.hi + 1
	}
	if lo <= utf8.MaxRune {
		out = append(out, span{lo, utf8.MaxRune})
	}
	return out
}

// contains reports whether r is in spans, which must be normal.
func contains(spans []span, r rune) bool {
	_, found := slices.BinarySearchFunc(spans, r, func(s span, r rune) int {
		switch {
		case s.hi < r:
			return -1
		case s.lo > r:
			return 1
		}
		return 0
	})
	return found
}
