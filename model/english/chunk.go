package english

import (
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// appendChunk appends the tokens of one chunk, or run of white space: spaCy's Tokenizer._tokenize. traits holds at least the
// traits of its characters.
func (p *Pack) appendChunk(dst []Token, chunk string, traits byte) []Token {
	e := p.lookup(chunk)
	if e.special() {
		return p.appendSpecial(dst, e, chunk)
	}
	prefix := p.prefixEnd(chunk)
	suffix := p.suffixOf(chunk, prefix)
	if prefix == 0 && suffix == len(chunk) {
		return p.appendCore(dst, chunk, e, traits)
	}
	c := cutter{pack: p, s: chunk, e: e, traits: traits}
	return c.cut(dst, prefix, suffix)
}

// cutter cuts affixes off a chunk: spaCy's Tokenizer._split_affixes and _attach_tokens.
type cutter struct {
	pack   *Pack
	s      string // what is left
	start  int    // its offset in the chunk
	e      entry  // its entry in the lexicon
	traits byte
	trace  trace
}

// cut appends the tokens of a chunk that is no exception and has the given affixes.
func (c *cutter) cut(dst []Token, prefix, suffix int) []Token {
	p, base, suffixes := c.pack, len(dst), 0
	for {
		if c.tokenMatch() {
			break
		}
		cutPrefix, cutSuffix, done := c.choose(prefix, suffix)
		if cutPrefix > 0 {
			dst = p.appendToken(dst, c.s[:cutPrefix], c.traits)
		}
		if cutSuffix < len(c.s) {
			dst = p.appendToken(dst, c.s[cutSuffix:], c.traits)
			dst[len(dst)-1].suffix = true
			suffixes++
		}
		c.start += cutPrefix
		if c.s = c.s[cutPrefix:cutSuffix]; done || c.s == "" || c.e.special() {
			break
		}
		if prefix = p.prefixEnd(c.s); prefix == 0 {
			if suffix = p.suffixOf(c.s, 0); suffix == len(c.s) {
				break
			}
			continue
		}
		suffix = p.suffixOf(c.s, prefix)
	}
	c.trace.close()
	middle := len(dst)
	if c.e.special() {
		dst = p.appendSpecial(dst, c.e, c.s)
	} else if c.s != "" {
		dst = p.appendCore(dst, c.s, c.e, c.traits)
	}
	if suffixes > 0 {
		dst = unfoldSuffixes(dst, base, middle)
	}
	return dst
}

// choose decides which of the affixes of c.s are cut off in this turn, and sets c.e for what they leave. done says that an
// exception came to light, so that the other affix stays.
func (c *cutter) choose(prefix, suffix int) (cutPrefix, cutSuffix int, done bool) {
	p, n := c.pack, len(c.s)
	if prefix > 0 {
		if c.e = p.lookup(c.s[prefix:]); c.e.special() {
			return prefix, n, true
		}
		if suffix == n {
			return prefix, n, false
		}
	}
	without := p.lookup(c.s[:suffix])
	if prefix == 0 || without.special() {
		c.e = without
		return 0, suffix, without.special()
	}
	if prefix > suffix {
		return prefix, n, false // they overlap: the prefix wins
	}
	c.e = p.lookup(c.s[prefix:suffix])
	return prefix, suffix, false
}

// prefixEnd returns the length of the prefix of s.
func (p *Pack) prefixEnd(s string) int {
	if p.bytes256[s[0]]&(layout.TraitPrefix|traitHigh) == 0 {
		return 0
	}
	return max(0, p.match(&p.prefix, s, 0, p.prefix.end))
}

// suffixOf returns where the suffix of s starts, or len(s).
func (p *Pack) suffixOf(s string, prefix int) int {
	if p.flags&layout.SuffixAfterPrefix == 0 {
		prefix = 0
	}
	if p.bytes256[s[len(s)-1]]&(layout.TraitSuffix|traitHigh) == 0 {
		return len(s)
	}
	return prefix + p.suffixStart(s[prefix:])
}

// appendCore appends what is left of a chunk without affixes and exceptions, whose entry is e: one token if it is an address, else
// it is split at infixes.
func (p *Pack) appendCore(dst []Token, s string, e entry, traits byte) []Token {
	if traits&(layout.TraitInfix|traitHigh) == 0 || traits&layout.TraitDot != 0 && p.isAddress(s) {
		return p.appendEntry(dst, s, e, traits)
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
			dst = p.appendToken(dst, s[done:start], traits)
		}
		dst = p.appendToken(dst, s[start:end], traits)
		done = end
	}
	if done == 0 {
		return p.appendEntry(dst, s, e, traits)
	}
	if done < len(s) {
		dst = p.appendToken(dst, s[done:], traits)
	}
	return dst
}

// isAddress reports whether s is one token for being an address.
func (p *Pack) isAddress(s string) bool {
	return p.tokenMatch.exists() && p.matchWhole(&p.tokenMatch, s) || p.matchWhole(&p.urlMatch, s)
}

// nextInfix returns the first infix of s that starts at or after at; start is -1 if there is none.
func (p *Pack) nextInfix(s string, at int) (start, end int) {
	for at < len(s) {
		n := 1
		if t := p.bytes256[s[at]]; t&traitHigh != 0 {
			var r rune
			r, n = utf8.DecodeRuneInString(s[at:])
			t = p.traits[p.class(r)]
			if t&layout.TraitInfix == 0 {
				at += n
				continue
			}
		} else if t&layout.TraitInfix == 0 {
			at++
			continue
		}
		previous := p.infix.end
		if at > 0 {
			previous, _ = p.columnBefore(&p.infix, s[:at])
		}
		if end := p.match(&p.infix, s, at, previous); end > at {
			return at, end
		}
		at += n
	}
	return -1, -1
}

// traitsOf returns the traits of the characters of s; those beyond ASCII count as traitHigh alone.
func (p *Pack) traitsOf(s string) byte {
	var traits byte
	for i := range len(s) {
		traits |= p.bytes256[s[i]]
	}
	return traits
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
