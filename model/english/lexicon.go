package english

import (
	"encoding/binary"

	"reddit-classifier/model/english/internal/layout"
)

// entry is one entry of the lexicon; nil where there is none.
type entry []byte

// lookup returns the lexicon's entry for s, or nil.
func (p *Pack) lookup(s string) entry {
	if len(s) > p.maxKey {
		return nil
	}
	h := layout.Hash(s)
	mask := uint32(len(p.slots)/4 - 1)
	for i, n := uint32(h)&mask, uint32(0); n <= mask; i, n = (i+1)&mask, n+1 {
		slot := binary.LittleEndian.Uint32(p.slots[i*4:])
		if slot == 0 {
			return nil
		}
		if slot>>16 != uint32(h>>48) {
			continue
		}
		at := int(slot&0xFFFF-1) * layout.EntrySize
		if at < 0 || at+layout.EntrySize > len(p.entries) {
			return nil
		}
		e := entry(p.entries[at : at+layout.EntrySize : at+layout.EntrySize])
		if p.text(binary.LittleEndian.Uint32(e), e[12]) == s {
			return e
		}
	}
	return nil
}

// parts returns the number of tokens that the exception has, 0 if the entry is none.
func (e entry) parts() int { return int(e[15] >> 4) }

// special reports whether the key is an exception.
func (e entry) special() bool { return e != nil && e[15]>>4 != 0 }

// topLevelDomain reports whether the key is a top-level domain.
func (e entry) topLevelDomain() bool { return e[15]&1 != 0 }

// word returns the key's phrase word.
func (e entry) word() uint16 { return binary.LittleEndian.Uint16(e[18:]) }

// lemma returns the key's lemma and its lower-cased form.
func (p *Pack) lemma(e entry) (lemma, lower string) {
	return p.text(binary.LittleEndian.Uint32(e[4:]), e[13]), p.text(binary.LittleEndian.Uint32(e[8:]), e[14])
}

// appendSpecial appends the tokens of the exception e, which covers text.
func (p *Pack) appendSpecial(dst []Token, e entry, text string) []Token {
	first := int(binary.LittleEndian.Uint16(e[16:]))
	for i := range e.parts() {
		at := (first + i) * layout.PartSize
		if at+layout.PartSize > len(p.parts) {
			break
		}
		part := p.parts[at : at+layout.PartSize : at+layout.PartSize]
		n := min(int(part[8]), len(text))
		if n == 0 {
			continue // no token is ever empty; only a damaged pack gets here
		}
		dst = append(dst, Token{
			Text:    text[:n],
			Lemma:   p.text(binary.LittleEndian.Uint32(part), part[9]),
			LikeURL: part[11]&1 != 0,
			feature: p.text(binary.LittleEndian.Uint32(part[4:]), part[10]),
			pack:    p,
			word:    binary.LittleEndian.Uint16(part[12:]),
		})
		text = text[n:]
	}
	return dst
}

// appendToken appends text as one token. traits holds at least the traits of its characters.
func (p *Pack) appendToken(dst []Token, text string, traits byte) []Token {
	return p.appendEntry(dst, text, p.lookup(text), traits)
}

// appendEntry appends text, whose entry is e, as one token.
func (p *Pack) appendEntry(dst []Token, text string, e entry, traits byte) []Token {
	dst = append(dst, Token{Text: text, Lemma: text, pack: p})
	t := &dst[len(dst)-1]
	if e != nil {
		t.Lemma, t.feature = p.lemma(e)
		t.word = e.word()
	} else if traits&(traitUpper|traitHigh|traitSpace) == 0 {
		t.feature = text
	}
	if traits&(layout.TraitDot|layout.TraitColon) != 0 {
		t.LikeURL = p.LikeURL(text)
	}
	return dst
}
