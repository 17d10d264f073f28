package english

import (
	"encoding/binary"
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// entry identifies an entry of the lexicon, with its most used fields. The zero entry means that there is none.
type entry struct {
	number uint32 // number of the entry, counted from 1
	parts  uint8  // number of the exception's tokens, 0 if the key is not an exception
	domain bool   // the key is a top-level domain
}

// found reports whether the entry exists.
func (e entry) found() bool { return e.number != 0 }

// special reports whether the key is an exception.
func (e entry) special() bool { return e.parts != 0 }

// ref returns the reference to the entry that a [Piece] has; see lemmaByRef.
func (e entry) ref() uint32 { return e.number + 1 }

// lookup returns the lexicon's entry for s.
func (p *Pack) lookup(s string) entry {
	if len(s) == 1 && s[0] < utf8.RuneSelf {
		return p.asciiEntry[s[0]]
	}
	if len(s) > p.maxKey || s == "" {
		return entry{}
	}
	return p.search(s)
}

// search looks s up in the hash table.
func (p *Pack) search(s string) entry {
	h := layout.Hash(s)
	mask := uint32(len(p.slots)/4 - 1)
	for i, n := uint32(h)&mask, 0; n < layout.MaxProbes; i, n = (i+1)&mask, n+1 {
		slot := binary.LittleEndian.Uint32(p.slots[i*4:])
		if slot == 0 {
			break
		}
		if slot>>16 != uint32(h>>48) {
			continue
		}
		number := slot & 0xFFFF
		at := int(number)*layout.EntrySize - layout.EntrySize
		if at < 0 || at+layout.EntrySize > len(p.entries) {
			break
		}
		e := p.entries[at : at+layout.EntrySize : at+layout.EntrySize]
		if p.text(binary.LittleEndian.Uint32(e), e[12]) == s {
			return entry{number: number, parts: e[15] >> 4, domain: e[15]&1 != 0}
		}
	}
	return entry{}
}

// word returns the phrase word of an entry, which must exist.
func (p *Pack) word(e entry) uint16 {
	return binary.LittleEndian.Uint16(p.entries[int(e.number)*layout.EntrySize-2:])
}

// exception returns the number of the first part of an exception, and the number of its parts.
func (p *Pack) exception(e entry) (first, parts int) {
	return int(binary.LittleEndian.Uint16(p.entries[int(e.number)*layout.EntrySize-4:])), int(e.parts)
}
