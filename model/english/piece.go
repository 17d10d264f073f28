package english

import (
	"encoding/binary"

	"reddit-classifier/model/english/internal/layout"
)

// Piece is a token in the form that the engine works with: without pointers, so that a text of a million tokens is no
// load on the garbage collector. It means something only together with the pack that made it and the text it is from.
type Piece struct {
	Start, End uint32 // the bytes of the text that it covers
	ref        uint32 // see FeatureID
	word       uint16 // phrase word, 0 if no phrase has it
	lengths    uint16 // for the time of the second pass: lengths of the phrases that start here
	phrase     uint8  // the length of the one that counts
	flags      uint8
}

const (
	pieceURL   = 1 << iota // like_url
	piecePlain             // the feature is the text
	pieceSeen              // for the time of the second pass: in a phrase that was looked at
)

// FeatureID returns a number in 1 … p.FeatureIDs() that stands for the piece's lemma, like_url and feature, whatever
// the text; 0 if the pack does not know it. A model can keep what it knows about features in an array by this number.
func (c Piece) FeatureID() uint32 {
	if c.flags&pieceURL != 0 {
		return 1
	}
	return c.ref
}

// FeatureIDs returns the largest FeatureID.
func (p *Pack) FeatureIDs() int {
	return 1 + len(p.entries)/layout.EntrySize + len(p.parts)/layout.PartSize
}

// FeatureByID returns the feature that a FeatureID stands for, "" for one that is dropped.
func (p *Pack) FeatureByID(id uint32) string {
	if id == 1 {
		return featureURL
	}
	_, lower := p.byRef(id)
	return kept(lower)
}

// MarkByID returns the punctuation mark for being which a FeatureID has no feature, "" for white space or one with a
// feature.
func (p *Pack) MarkByID(id uint32) string {
	_, lower := p.byRef(id)
	if kept(lower) != "" {
		return ""
	}
	return lower
}

// byRef returns the lemma and lower-cased lemma of the entry or part that ref stands for: 2 is the first entry, and the
// parts come after the entries.
func (p *Pack) byRef(ref uint32) (lemma, lower string) {
	i := int(ref) - 2
	entries := len(p.entries) / layout.EntrySize
	switch {
	case i < 0:
		return "", ""
	case i < entries:
		e := p.entries[i*layout.EntrySize:]
		return p.text(binary.LittleEndian.Uint32(e[4:]), e[13]), p.text(binary.LittleEndian.Uint32(e[8:]), e[14])
	case i-entries < len(p.parts)/layout.PartSize:
		part := p.parts[(i-entries)*layout.PartSize:]
		return p.text(binary.LittleEndian.Uint32(part), part[9]), p.text(binary.LittleEndian.Uint32(part[4:]), part[10])
	}
	return "", ""
}

// Token returns the token that piece c of text is.
func (p *Pack) Token(text string, c Piece) Token {
	t := Token{Text: text[c.Start:c.End], LikeURL: c.flags&pieceURL != 0, pack: p}
	t.Lemma = t.Text
	if c.ref != 0 {
		t.Lemma, t.feature = p.byRef(c.ref)
	} else if c.flags&piecePlain != 0 {
		t.feature = t.Text
	}
	return t
}

// KnownFeature returns the feature of piece c of text, "" for one that is dropped; known is false if it has to be made,
// by AppendFeature.
func (p *Pack) KnownFeature(text string, c Piece) (feature string, known bool) {
	switch {
	case c.flags&pieceURL != 0:
		return featureURL, true
	case c.ref != 0:
		return p.FeatureByID(c.ref), true
	case c.flags&piecePlain != 0:
		return kept(text[c.Start:c.End]), true
	}
	return "", false
}

// AppendFeature appends the feature of piece c of text, nothing for one that is dropped. It allocates nothing but the
// growth of dst.
func (p *Pack) AppendFeature(dst []byte, text string, c Piece) []byte {
	if f, known := p.KnownFeature(text, c); known {
		return append(dst, f...)
	}
	start := len(dst)
	dst = p.appendLower(dst, text[c.Start:c.End])
	f := kept(strip(view(dst[start:])))
	return append(dst[:start], f...)
}

// Mark returns the punctuation mark for being which piece c of text has no feature, "" if it is white space or has one.
// It allocates nothing.
func (p *Pack) Mark(text string, c Piece) string {
	switch {
	case c.flags&pieceURL != 0:
		return ""
	case c.ref != 0:
		return p.MarkByID(c.ref)
	}
	mark := strip(text[c.Start:c.End])
	if kept(mark) != "" {
		return ""
	}
	return mark
}

// appendPiece appends text[start:end], one of several pieces of a chunk, as one piece.
func (s *stream) appendPiece(dst []Piece, start, end int) []Piece {
	if len(dst) >= s.limit {
		dst = s.handOver(dst)
	}
	text := s.text[start:end]
	return s.pack.appendEntry(dst, s.text, start, end, s.pack.lookup(text), s.pack.traitsOf(text))
}

// appendEntry appends text[start:end], whose entry is e, as one piece. traits holds at least the traits of its
// characters.
func (p *Pack) appendEntry(dst []Piece, text string, start, end int, e entry, traits byte) []Piece {
	c := Piece{Start: uint32(start), End: uint32(end)}
	if e.found() {
		c.ref = e.ref()
		c.word = p.word(e)
	} else if traits&(traitUpper|traitSpace) == 0 && (traits&traitHigh == 0 || p.isPlain(text[start:end])) {
		c.flags = piecePlain
	}
	if traits&(layout.TraitDot|layout.TraitColon) != 0 && p.LikeURL(text[start:end]) {
		c.flags |= pieceURL
	}
	return append(dst, c)
}

// appendException appends the pieces of the exception e, which covers text[start:end].
func (p *Pack) appendException(dst []Piece, start, end int, e entry) []Piece {
	first, n := p.exception(e)
	for i := first; i < first+n && i < len(p.parts)/layout.PartSize; i++ {
		part := p.parts[i*layout.PartSize : (i+1)*layout.PartSize : (i+1)*layout.PartSize]
		stop := min(start+int(part[8]), end)
		if stop == start {
			break // no piece is ever empty; only a damaged pack gets here
		}
		dst = append(dst, Piece{
			Start: uint32(start), End: uint32(stop),
			ref:   uint32(2 + len(p.entries)/layout.EntrySize + i),
			word:  binary.LittleEndian.Uint16(part[12:]),
			flags: part[11] & pieceURL,
		})
		start = stop
	}
	return dst
}
