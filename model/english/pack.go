package english

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"reddit-classifier/model/english/internal/layout"
)

// ErrFormat is wrapped by the errors of Load.
var ErrFormat = errors.New("not a usable language pack")

// Pack is a compiled language pack: the rules and tables of one spaCy release. It is immutable and safe for any number
// of goroutines.
type Pack struct {
	bytes      []byte
	name       string
	flags      uint32
	maxSpecial int // bytes in the longest exception
	maxKey     int // bytes in the longest key of the lexicon

	blocks, classes []byte
	traits          [256]byte
	bytes256        [256]byte // traits of the ASCII characters, with the extra ones below; traitHigh for the other bytes
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
	capitals              [(layout.BlockCount + 63) / 64]uint64 // which blocks of code points have some that lower changes
}

// Load returns the pack in b, which it keeps and reads in place: b must not change afterwards. The work does not grow
// with the pack, but for the 1,400 capitals that Unicode has. Load checks the frame; what lies behind it is checked
// where it is used, so that whatever b holds, every later call returns, and touches nothing outside b and its own
// arguments. (That the bytes are the ones that were written is for the container's checksum to say.)
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

// Traits that only single bytes have; those of classes are in package layout.
const (
	traitUpper = 1 << (iota + 5)
	traitSpace
	traitHigh // not ASCII
	traitAny  = 0xFF
)

// loadASCII spares the ASCII characters the way through the table of classes and the lexicon.
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

// Name returns the pack's name, such as "spacy-2.3.2".
func (p *Pack) Name() string { return p.name }

// Source returns the releases that the pack's data comes from.
func (p *Pack) Source() string {
	at := layout.HeaderSize + 8*layout.Source
	offset, size := binary.LittleEndian.Uint32(p.bytes[at:]), binary.LittleEndian.Uint32(p.bytes[at+4:])
	return string(p.bytes[offset : offset+size])
}

// Bytes returns the bytes that the pack was loaded from. They must not be changed.
func (p *Pack) Bytes() []byte { return p.bytes }

// view returns b as a string without a copy; the pack's bytes never change.
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
