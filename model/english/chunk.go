package english

import (
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// appendChunk appends the tokens of one chunk, or run of white space: spaCy's Tokenizer._tokenize.
func (p *Pack) appendChunk(dst []Token, chunk string) []Token {
	if e := p.special(chunk); e != nil {
		return p.appendSpecial(dst, e, chunk)
	}
	dotted := p.hasTrait(chunk, layout.TraitURL)
	base := len(dst)
	suffixes := 0
	s := chunk
	var e entry // set when the loop stopped at an exception
	for s != "" && e == nil {
		prefix := p.prefixEnd(s)
		suffix := p.suffixOf(s, prefix)
		if prefix == 0 && suffix == len(s) || dotted && p.tokenMatch.exists() && p.matchWhole(&p.tokenMatch, s) {
			break
		}
		if prefix > 0 {
			if e = p.special(s[prefix:]); e != nil {
				dst = p.appendToken(dst, s[:prefix], dotted)
				s = s[prefix:]
				break
			}
		}
		if suffix < len(s) {
			if e = p.special(s[:suffix]); e != nil {
				dst = p.appendSuffix(dst, s[suffix:], dotted)
				suffixes++
				s = s[:suffix]
				break
			}
		}
		if prefix > 0 && suffix < len(s) && prefix > suffix {
			suffix = len(s) // they overlap: the prefix wins
		}
		if prefix > 0 {
			dst = p.appendToken(dst, s[:prefix], dotted)
		}
		if suffix < len(s) {
			dst = p.appendSuffix(dst, s[suffix:], dotted)
			suffixes++
		}
		s = s[prefix:suffix]
		e = p.special(s)
	}
	middle := len(dst)
	if e != nil {
		dst = p.appendSpecial(dst, e, s)
	} else if s != "" {
		dst = p.appendCore(dst, s, dotted)
	}
	if suffixes > 0 {
		dst = unfoldSuffixes(dst, base, middle)
	}
	return dst
}

// prefixEnd returns the length of the prefix of s.
func (p *Pack) prefixEnd(s string) int {
	if p.trait(s)&layout.TraitPrefix == 0 {
		return 0
	}
	return max(0, p.match(&p.prefix, s, 0, p.prefix.end))
}

// suffixOf returns where the suffix of s starts, or len(s).
func (p *Pack) suffixOf(s string, prefix int) int {
	if p.flags&layout.SuffixAfterPrefix == 0 {
		prefix = 0
	}
	if last := s[len(s)-1]; prefix == len(s) || last < utf8.RuneSelf && p.ascii[last]&layout.TraitSuffix == 0 {
		return len(s)
	}
	return prefix + p.suffixStart(s[prefix:])
}

// appendCore appends what is left of a chunk without affixes and exceptions: one token if it is an address, else it is split at infixes.
func (p *Pack) appendCore(dst []Token, s string, dotted bool) []Token {
	if dotted && (p.tokenMatch.exists() && p.matchWhole(&p.tokenMatch, s) || p.matchWhole(&p.urlMatch, s)) {
		return p.appendToken(dst, s, dotted)
	}
	done := 0
	for at := 0; at < len(s); {
		start, end := p.nextInfix(s, at)
		if start < 0 {
			break
		}
		at = end
		if start == 0 {
			continue // spaCy ignores an infix at the start, which stays with what follows
		}
		if done < start {
			dst = p.appendToken(dst, s[done:start], dotted)
		}
		dst = p.appendToken(dst, s[start:end], dotted)
		done = end
	}
	if done < len(s) {
		dst = p.appendToken(dst, s[done:], dotted)
	}
	return dst
}

// nextInfix returns the first infix of s that starts at or after at; start is -1 if there is none.
func (p *Pack) nextInfix(s string, at int) (start, end int) {
	for at < len(s) {
		c, n := s[at], 1
		if c < utf8.RuneSelf {
			if p.ascii[c]&layout.TraitInfix == 0 {
				at++
				continue
			}
		} else {
			var r rune
			if r, n = utf8.DecodeRuneInString(s[at:]); p.traits[p.class(r)]&layout.TraitInfix == 0 {
				at += n
				continue
			}
		}
		previous := p.infix.end
		if at > 0 {
			r, _ := utf8.DecodeLastRuneInString(s[:at])
			previous = uint32(p.infix.columnOf[p.class(r)])
		}
		if end := p.match(&p.infix, s, at, previous); end > at {
			return at, end
		}
		at += n
	}
	return -1, -1
}

// trait returns the traits of the first character of s.
func (p *Pack) trait(s string) byte {
	if c := s[0]; c < utf8.RuneSelf {
		return p.ascii[c]
	}
	r, _ := utf8.DecodeRuneInString(s)
	return p.traits[p.class(r)]
}

// hasTrait reports whether a character of s has a trait.
func (p *Pack) hasTrait(s string, trait byte) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if p.ascii[c]&trait != 0 {
				return true
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if p.traits[p.class(r)]&trait != 0 {
			return true
		}
		i += n
	}
	return false
}

// appendSuffix appends a token that was found from the end; unfoldSuffixes puts it in its place.
func (p *Pack) appendSuffix(dst []Token, text string, dotted bool) []Token {
	dst = p.appendToken(dst, text, dotted)
	dst[len(dst)-1].suffix = true
	return dst
}

// unfoldSuffixes brings the tokens of one chunk into the order of the text. dst[base:middle] holds prefixes and suffixes as they
// were found, the suffixes from the last one on; dst[middle:] holds what is between them.
func unfoldSuffixes(dst []Token, base, middle int) []Token {
	for i := middle - 1; i >= base; i-- {
		if dst[i].suffix {
			dst[i].suffix = false
			dst = append(dst, dst[i])
			dst[i].pack = nil // moved
		}
	}
	kept := base
	for i := base; i < len(dst); i++ {
		if dst[i].pack != nil {
			if kept != i {
				dst[kept] = dst[i]
			}
			kept++
		}
	}
	return dst[:kept]
}
