package english

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"reddit-classifier/model/english/internal/layout"
)

// ErrFormat is wrapped by the errors that [Load] returns.
var ErrFormat = errors.New("not a usable language pack")

// Pack is a compiled language pack: the rules and tables of a spaCy release. It is immutable and safe for concurrent
// use.
type Pack struct {
	bytes      []byte
	name       string
	flags      uint32
	maxSpecial int // length in bytes of the longest exception
	maxKey     int // length in bytes of the longest key of the lexicon

	blocks, classes []byte
	traits          [256]byte
	bytes256        [256]byte // traits of the ASCII characters, also those below; traitHigh for other bytes
	asciiClass      [128]byte // classes of the ASCII characters
	asciiEntry      [128]entry
	prefix, suffix  automaton
	infix           automaton
	tokenMatch      automaton
	urlMatch        automaton

	slots, entries, parts []byte
	strings               string
	phrases               phraseTrie
	words                 []byte
	lower                 []byte
	cased, ignorable      []byte
	capitals              [(layout.BlockCount + 63) / 64]uint64 // bits of blocks with characters that lower changes
}

// Load returns the pack in b. The pack keeps b and reads it in place, so b must not change. The time of Load depends
// only on the 1,400 capitals of Unicode, not on the size of the pack.
//
// Load checks the header and the sections; other bytes are checked where they are used. So whatever b holds, later
// calls return, and access only b and their arguments. Load does not detect changed bytes: that is the task of the
// checksum of the container. An error wraps [ErrFormat].
func Load(b []byte) (*Pack, error) {
	const tableEnd = layout.HeaderSize + 8*layout.Sections
	if len(b) < tableEnd || string(b[:len(layout.Magic)]) != layout.Magic {
		return nil, fmt.Errorf("%w: it does not start with a pack header of this version", ErrFormat)
	}
	if uint64(len(b)) > 1<<31 {
		return nil, fmt.Errorf("%w: it is larger than 2 GiB", ErrFormat)
	}
	var sections [layout.Sections][]byte
	for i := range sections {
		at := layout.HeaderSize + 8*i
		offset, size := uint64(binary.LittleEndian.Uint32(b[at:])), uint64(binary.LittleEndian.Uint32(b[at+4:]))
		if offset < tableEnd && size > 0 || offset+size > uint64(len(b)) {
			return nil, fmt.Errorf("%w: section %d lies outside it", ErrFormat, i)
		}
		sections[i] = b[offset : offset+size : offset+size]
	}
	p := &Pack{
		bytes:      b,
		name:       view(sections[layout.Name]),
		flags:      binary.LittleEndian.Uint32(b[8:]),
		maxSpecial: int(binary.LittleEndian.Uint16(b[12:])),
		maxKey:     int(binary.LittleEndian.Uint16(b[14:])),
		blocks:     sections[layout.Blocks],
		classes:    sections[layout.Classes],
		slots:      sections[layout.Slots],
		entries:    sections[layout.Entries],
		parts:      sections[layout.Parts],
		strings:    view(sections[layout.Strings]),
		words:      sections[layout.Words],
		lower:      sections[layout.Lower],
		cased:      sections[layout.Cased],
		ignorable:  sections[layout.Ignorable],
	}
	if n := len(p.slots) / 4; n&(n-1) != 0 || len(p.slots)%4 != 0 || n == 0 {
		return nil, fmt.Errorf("%w: the lexicon has %d slots", ErrFormat, n)
	}
	if copy(p.traits[:], sections[layout.Traits]) != len(p.traits) {
		return nil, fmt.Errorf("%w: the traits are cut short", ErrFormat)
	}
	p.loadASCII()
	p.loadCapitals()
	if err := p.loadRules(&sections); err != nil {
		return nil, err
	}
	return p, nil
}

// Traits of bytes, in addition to those of classes in package layout.
const (
	traitUpper = 1 << (iota + 5)
	traitSpace
	traitHigh // the byte is not ASCII
	traitAny  = 0xFF
)

// loadASCII fills the tables for ASCII characters, which replace the look-ups of their class and their entry.
func (p *Pack) loadASCII() {
	for c := range p.bytes256 {
		if c >= len(p.asciiClass) {
			p.bytes256[c] = traitHigh
			continue
		}
		class := p.class(rune(c))
		p.asciiClass[c] = class
		p.asciiEntry[c] = p.search(string(rune(c)))
		p.bytes256[c] = p.traits[class] &^ (traitUpper | traitSpace | traitHigh)
		if 'A' <= c && c <= 'Z' {
			p.bytes256[c] |= traitUpper
		}
		if isSpace(rune(c)) {
			p.bytes256[c] |= traitSpace
		}
	}
}

func (p *Pack) loadRules(sections *[layout.Sections][]byte) error {
	for section, a := range map[int]*automaton{
		layout.Prefix: &p.prefix, layout.Suffix: &p.suffix, layout.Infix: &p.infix,
		layout.TokenMatch: &p.tokenMatch, layout.URLMatch: &p.urlMatch,
	} {
		if err := a.load(sections[section]); err != nil {
			return fmt.Errorf("%w: automaton %d: %w", ErrFormat, section, err)
		}
	}
	if err := p.phrases.load(sections[layout.Phrases]); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

// Name returns the name of the pack, such as "spacy-2.3.2".
func (p *Pack) Name() string { return p.name }

// Source returns a description of the releases that the data of the pack comes from.
func (p *Pack) Source() string {
	at := layout.HeaderSize + 8*layout.Source
	offset, size := binary.LittleEndian.Uint32(p.bytes[at:]), binary.LittleEndian.Uint32(p.bytes[at+4:])
	return string(p.bytes[offset : offset+size])
}

// Bytes returns the bytes of the pack, as passed to [Load]. They must not be changed.
func (p *Pack) Bytes() []byte { return p.bytes }

// view returns b as a string without copying it. The bytes of a pack never change.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// text returns n bytes of the string section, or "" if they lie outside it.
func (p *Pack) text(offset uint32, n byte) string {
	end := uint64(offset) + uint64(n)
	if end > uint64(len(p.strings)) {
		return ""
	}
	return p.strings[offset:end]
}

// class returns the class of a code point.
func (p *Pack) class(r rune) byte {
	block := int(uint32(r) / layout.BlockSize)
	if block >= len(p.blocks) {
		return 0
	}
	i := int(p.blocks[block])*layout.BlockSize + int(r)%layout.BlockSize
	if i >= len(p.classes) {
		return 0
	}
	return p.classes[i]
}
