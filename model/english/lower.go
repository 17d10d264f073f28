package english

import (
	"encoding/binary"
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// loadCapitals sets the bits of the blocks of code points that have capitals. Characters of other blocks, which are
// most beyond ASCII, need no search.
func (p *Pack) loadCapitals() {
	for b := p.lower; len(b) >= 8; b = b[8:] {
		if block := binary.LittleEndian.Uint32(b) / layout.BlockSize; block < layout.BlockCount {
			p.capitals[block/64] |= 1 << (block % 64)
		}
	}
}

// isLower reports whether str.lower leaves s unchanged.
func (p *Pack) isLower(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if l, _ := p.lowerRune(r); l != r {
			return false
		}
		i += n
	}
	return true
}

// isPlain reports whether a token that is not all ASCII is its own feature. Tokens with white space, which begin with
// it, are not, because it is stripped.
func (p *Pack) isPlain(s string) bool { return p.isLower(s) && !spaceAt(s) }

// toLower returns str.lower of s in the Python of the pack's release. It returns s itself if nothing changes.
func (p *Pack) toLower(s string) string {
	if p.isLower(s) {
		return s
	}
	return string(p.appendLower(make([]byte, 0, len(s)+8), s))
}

// appendLower appends str.lower of s.
func (p *Pack) appendLower(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, c)
		} else if r == 'Σ' && p.finalSigma(s[:i], s[i+n:]) {
			dst = append(dst, "ς"...)
		} else {
			l, more := p.lowerRune(r)
			dst = append(utf8.AppendRune(dst, l), more...)
		}
		i += n
	}
	return dst
}

// lowerRune returns the lower case of r. Only U+0130 has a second character, which is more.
func (p *Pack) lowerRune(r rune) (lower rune, more string) {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A', ""
	case r < utf8.RuneSelf:
		return r, ""
	case r == 'İ':
		return 'i', "\u0307"
	}
	if block := uint32(r) / layout.BlockSize; p.capitals[block/64]>>(block%64)&1 == 0 {
		return r, ""
	}
	lo, hi := 0, len(p.lower)/8
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch c := rune(binary.LittleEndian.Uint32(p.lower[mid*8:])); {
		case c < r:
			lo = mid + 1
		case c > r:
			hi = mid
		default:
			return rune(binary.LittleEndian.Uint32(p.lower[mid*8+4:])), ""
		}
	}
	return r, ""
}

// finalSigma reports whether a capital sigma between before and after ends a word. As in CPython's unicodeobject.c, it
// does if a cased character is before it and none after it; case-ignorable characters are skipped.
func (p *Pack) finalSigma(before, after string) bool {
	for {
		r, n := utf8.DecodeLastRuneInString(before)
		if n == 0 {
			return false
		}
		if before = before[:len(before)-n]; !inRanges(p.ignorable, r) {
			if !inRanges(p.cased, r) {
				return false
			}
			break
		}
	}
	for {
		r, n := utf8.DecodeRuneInString(after)
		if n == 0 {
			return true
		}
		if after = after[n:]; !inRanges(p.ignorable, r) {
			return !inRanges(p.cased, r)
		}
	}
}

// inRanges reports whether r is in one of the ranges, which have 8 bytes each and are ascending.
func inRanges(ranges []byte, r rune) bool {
	lo, hi := 0, len(ranges)/8
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch {
		case rune(binary.LittleEndian.Uint32(ranges[mid*8+4:])) < r:
			lo = mid + 1
		case rune(binary.LittleEndian.Uint32(ranges[mid*8:])) > r:
			hi = mid
		default:
			return true
		}
	}
	return false
}
