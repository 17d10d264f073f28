package pattern

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape reads the rest of an escape outside a class; the backslash is at start.
func (p *parser) escape(start int) (*node, error) {
	ascii := p.flags&ascii != 0
	switch c := p.peek(); c {
	case -1:
		return nil, p.errorf(start, "bad escape (end of pattern)")
	case 'A', 'Z', 'b', 'B':
		p.next()
		assert := map[rune]assertion{'A': beginText, 'Z': endText, 'b': boundary, 'B': noBoundary}[c]
		switch {
		case ascii && c == 'b':
			assert = asciiBoundary
		case ascii && c == 'B':
			assert = asciiNoBoundary
		}
		return &node{op: opAssert, assert: assert}, nil
	case 'w', 'W', 'd', 'D', 's', 'S':
		p.next()
		written := "\\" + string(c)
		if ascii {
			written += "a"
		}
		return p.literalSet(written, categoryOf(c, ascii)), nil
	}
	if c := p.peek(); '1' <= c && c <= '9' && !p.octal() {
		return nil, p.unsupported(start, "a back-reference is", "it needs backtracking")
	}
	r, err := p.character(start)
	if err != nil {
		return nil, err
	}
	return p.literal(r, start)
}

// octal reports whether the next three characters are octal digits.
func (p *parser) octal() bool {
	if len(p.text)-p.pos < 3 {
		return false
	}
	for _, c := range p.text[p.pos : p.pos+3] {
		if c < '0' || c > '7' {
			return false
		}
	}
	return true
}

// categoryOf returns the set of the category \w, \d or \s, or of its complement \W, \D or \S.
func categoryOf(name rune, ascii bool) set {
	s := category(byte(name|0x20), ascii)
	s.negated = name < 'a'
	return s
}

// character reads the rest of an escape that means one character.
func (p *parser) character(start int) (rune, error) {
	c := p.next()
	switch c {
	case -1:
		return 0, p.errorf(start, "bad escape (end of pattern)")
	case 'a':
		return '\a', nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'v':
		return '\v', nil
	case 'x':
		return p.hexadecimal(start, 2)
	case 'u':
		return p.hexadecimal(start, 4)
	case 'U':
		return p.hexadecimal(start, 8)
	case 'N':
		return 0, p.unsupported(start, `\N{…} is`, `write the character itself, or \u and its number`)
	}
	switch {
	case '0' <= c && c <= '7':
		from := p.pos - 1
		for p.pos < from+3 && p.pos < len(p.text) && '0' <= p.text[p.pos] && p.text[p.pos] <= '7' {
			p.pos++
		}
		n, err := strconv.ParseUint(p.text[from:p.pos], 8, 16)
		if err != nil || n > 0o377 {
			return 0, p.errorf(start, "octal escape value outside of range 0-0o377")
		}
		return rune(n), nil
	case c < utf8.RuneSelf && ('8' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'):
		return 0, p.errorf(start, `bad escape \%c`, c)
	}
	return c, nil
}

func (p *parser) hexadecimal(start, digits int) (rune, error) {
	if len(p.text)-p.pos < digits || strings.Trim(p.text[p.pos:p.pos+digits], "0123456789abcdefABCDEF") != "" {
		return 0, p.errorf(start, "incomplete escape %s", p.text[start:p.pos])
	}
	n, err := strconv.ParseUint(p.text[p.pos:p.pos+digits], 16, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, p.errorf(start, "bad escape %s", p.text[start:p.pos+digits])
	}
	p.pos += digits
	return rune(n), nil
}

// class reads the rest of a class; its bracket is at start.
func (p *parser) class(start int) (*node, error) {
	var spans []span
	var s set
	negated := p.accept("^")
	for empty := true; ; empty = false {
		at := p.pos
		c := p.next()
		if c == ']' && !empty {
			break
		}
		lo, category, err := p.member(start, at, c)
		if err != nil {
			return nil, err
		}
		hi := lo
		if !strings.HasPrefix(p.text[p.pos:], "-]") && p.accept("-") {
			to := p.pos
			last, other, err := p.member(start, to, p.next())
			switch {
			case err != nil:
				return nil, err
			case category != nil || other != nil || last < lo:
				return nil, p.errorf(at, "bad character range %s", p.text[at:p.pos])
			}
			hi = last
		}
		if category != nil {
			s.union(*category)
		} else {
			spans = append(spans, span{lo, hi})
		}
	}
	if p.flags&ignoreCase != 0 {
		folded, err := p.folded(start, spans)
		if err != nil {
			return nil, err
		}
		spans = folded
	}
	s.spans = normalize(append(s.spans, spans...))
	s.negated = negated
	return p.literalSet(p.text[start:p.pos]+strconv.Itoa(int(p.flags&(ascii|ignoreCase))), s), nil
}

// member reads one member of a class, a character or a category, that begins with c at position at.
func (p *parser) member(start, at int, c rune) (rune, *set, error) {
	switch c {
	case -1:
		return 0, nil, p.errorf(start, "unterminated character set")
	case '\\':
		switch name := p.peek(); name {
		case 'w', 'W', 'd', 'D', 's', 'S':
			p.next()
			s := categoryOf(name, p.flags&ascii != 0)
			return 0, &s, nil
		}
		r, err := p.character(at)
		return r, nil, err
	}
	return c, nil, nil
}

// folded returns the characters that match spans when case is ignored.
func (p *parser) folded(start int, spans []span) ([]span, error) {
	var all []span
	for _, s := range spans {
		switch {
		case s.lo == s.hi && p.refusesCapital(s.lo):
			return nil, p.capitalError(start)
		case p.flags&ascii != 0 && 0x80 < s.lo && s.lo <= lastFolded && lastFolded < s.hi:
			return nil, p.unsupported(start, "with (?ai), a range across U+FFFF is", "write two ranges")
		}
		all = append(all, p.flags.fold(s)...)
	}
	return p.flags.unfold(all), nil
}

// refusesCapital reports whether r is a capital beyond U+FFFF and case is ignored. Whether Python matches such a
// capital depends on whether it has turned the surrounding alternatives into a class.
func (p *parser) refusesCapital(r rune) bool {
	return p.flags&ignoreCase != 0 && r > lastFolded && flags(0).toLower(r) != r
}

func (p *parser) capitalError(start int) error {
	return p.unsupported(start, "with (?i), a capital beyond U+FFFF is", "write the small letter")
}
