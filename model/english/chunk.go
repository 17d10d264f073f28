package english

import (
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// appendChunk appends the pieces of text[start:end], a chunk or a run of white space: spaCy's Tokenizer._tokenize.
// traits has at least the traits of its characters.
func (s *stream) appendChunk(dst []Piece, start, end int, traits byte) []Piece {
	p, chunk := s.pack, s.text[start:end]
	e := p.lookup(chunk)
	if e.special() {
		return p.appendException(dst, start, end, e)
	}
	prefix := p.prefixEnd(chunk)
	suffix := p.suffixOf(chunk, prefix)
	if prefix == 0 && suffix == len(chunk) {
		return s.appendCore(dst, start, end, e, traits)
	}
	c := cutter{pack: p, text: s.text, start: start, end: end, e: e, traits: traits}
	return c.cut(s, dst, prefix, suffix)
}

// cutter cuts affixes off a chunk: spaCy's Tokenizer._split_affixes and _attach_tokens.
type cutter struct {
	pack       *Pack
	text       string
	start, end int   // the rest of the chunk
	e          entry // lexicon entry of the rest
	traits     byte
	trace      trace
	suffixes   marks
}

// remaining returns the rest of the chunk.
func (c *cutter) remaining() string { return c.text[c.start:c.end] }

// cut appends the pieces of a chunk that is not an exception, whose first prefix and suffix are given. Prefixes are
// found in the order of the text. Suffixes are found from the last one on, so they are marked, and appended at the end.
func (c *cutter) cut(s *stream, dst []Piece, prefix, suffix int) []Piece {
	p, origin, size := c.pack, c.start, c.end-c.start
	for !c.tokenMatch() {
		cutPrefix, cutSuffix, done := c.choose(prefix, suffix)
		start, end := c.start+cutPrefix, c.start+cutSuffix
		if c.start < start {
			dst = s.appendPiece(dst, c.start, start)
		}
		if end < c.end {
			c.suffixes.add(end-origin, size)
		}
		if c.start, c.end = start, end; done || start == end || c.e.special() {
			break
		}
		prefix = p.prefixEnd(c.remaining())
		suffix = p.suffixOf(c.remaining(), prefix)
		if prefix == 0 && suffix == c.end-c.start {
			break
		}
	}
	c.trace.close()
	if c.e.special() {
		dst = p.appendException(dst, c.start, c.end, c.e)
	} else if c.start < c.end {
		dst = s.appendCore(dst, c.start, c.end, c.e, p.traitsOf(c.remaining()))
	}
	for at := c.end - origin; at < size; {
		next := c.suffixes.next(at+1, size)
		dst = s.appendPiece(dst, origin+at, origin+next)
		at = next
	}
	c.suffixes.close()
	return dst
}

// choose decides which of the affixes are cut off the rest in this turn, and sets c.e to the entry of what then
// remains. done says that this is an exception, so that no more affixes are cut off.
func (c *cutter) choose(prefix, suffix int) (cutPrefix, cutSuffix int, done bool) {
	p, s, n := c.pack, c.remaining(), c.end-c.start
	if prefix > 0 {
		if c.e = p.lookup(s[prefix:]); c.e.special() {
			return prefix, n, true
		}
		if suffix == n {
			return prefix, n, false
		}
	}
	without := p.lookup(s[:suffix])
	if prefix == 0 || without.special() {
		c.e = without
		return 0, suffix, without.special()
	}
	if prefix > suffix {
		return prefix, n, false // they overlap; the prefix wins
	}
	c.e = p.lookup(s[prefix:suffix])
	return prefix, suffix, false
}

// prefixEnd returns the length of the prefix of s.
func (p *Pack) prefixEnd(s string) int {
	if p.bytes256[s[0]]&(layout.TraitPrefix|traitHigh) == 0 {
		return 0
	}
	return max(0, p.match(&p.prefix, s, 0, p.prefix.end))
}

// suffixOf returns the start of the suffix of s, or len(s) if there is none.
func (p *Pack) suffixOf(s string, prefix int) int {
	if p.flags&layout.SuffixAfterPrefix == 0 {
		prefix = 0
	}
	if p.bytes256[s[len(s)-1]]&(layout.TraitSuffix|traitHigh) == 0 {
		return len(s)
	}
	return prefix + p.suffixStart(s[prefix:])
}

// appendCore appends text[start:end], the rest of a chunk without affixes and exceptions, whose entry is e. An address
// is one piece; any other text is split at infixes.
func (s *stream) appendCore(dst []Piece, start, end int, e entry, traits byte) []Piece {
	p, core := s.pack, s.text[start:end]
	if traits&(layout.TraitInfix|traitHigh) == 0 || traits&layout.TraitDot != 0 && p.isAddress(core) {
		return p.appendEntry(dst, s.text, start, end, e, traits)
	}
	done := 0
	for at := 0; at < len(core); {
		from, to := p.nextInfix(core, at)
		if from < 0 {
			break
		}
		at = to
		if from == 0 {
			continue // spaCy ignores an infix at the start; it stays with what follows
		}
		if done < from {
			dst = s.appendPiece(dst, start+done, start+from)
		}
		dst = s.appendPiece(dst, start+from, start+to)
		done = to
	}
	if done == 0 {
		return p.appendEntry(dst, s.text, start, end, e, traits)
	}
	if done < len(core) {
		dst = s.appendPiece(dst, start+done, end)
	}
	return dst
}

// isAddress reports whether s is an address, and so one token.
func (p *Pack) isAddress(s string) bool {
	return p.tokenMatch.exists() && p.matchWhole(&p.tokenMatch, s) || p.matchWhole(&p.urlMatch, s)
}

// nextInfix returns the first infix of s that starts at or after at. If there is none, start is -1.
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

// traitsOf returns the traits of the characters of s. A character beyond ASCII adds only traitHigh.
func (p *Pack) traitsOf(s string) byte {
	var traits byte
	for i := range len(s) {
		traits |= p.bytes256[s[i]]
	}
	return traits
}
