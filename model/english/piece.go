package english

import (
	"encoding/binary"

	"reddit-classifier/model/english/internal/layout"
)

// Piece is a token without pointers, so that a text of a million tokens does not burden the garbage collector. It is
// meaningful only with the pack and the text that it was made from.
type Piece struct {
	Start, End uint32 // the token is text[Start:End]
	ref        uint32 // number of the entry or part in the pack; see FeatureID
	word       uint16 // phrase word, 0 if the token is not in any phrase
	lengths    uint16 // during the second pass: lengths of the phrases that start here
	phrase     uint8  // during the second pass: length of the selected phrase that starts here
	flags      uint8
}

const (
	pieceURL   = 1 << iota // like_url
	piecePlain             // the feature is the text
	pieceSeen              // during the second pass: part of a phrase that was considered
)

// FeatureID returns a number from 1 to [Pack.FeatureIDs] that determines the piece's feature, so that a model can store
// data about features in an array. It returns 0 if the lemma is not in the pack.
func (c Piece) FeatureID() uint32 {
	if c.flags&pieceURL != 0 {
		return 1
	}
	return c.ref
}

// FeatureIDs returns the largest value of [Piece.FeatureID].
func (p *Pack) FeatureIDs() int {
	return 1 + len(p.entries)/layout.EntrySize + len(p.parts)/layout.PartSize
}

// FeatureByID returns the feature for a [Piece.FeatureID], or "" if the token is dropped.
func (p *Pack) FeatureByID(id uint32) string {
	if id == 1 {
		return featureURL
	}
	_, lower := p.lemmaByRef(id)
	return featureOrEmpty(lower)
}

// MarkByID returns the punctuation mark for a [Piece.FeatureID] whose token is dropped because it is one. It returns ""
// for white space and for tokens with a feature.
func (p *Pack) MarkByID(id uint32) string {
	_, lower := p.lemmaByRef(id)
	if featureOrEmpty(lower) != "" {
		return ""
	}
	return lower
}

// lemmaByRef returns the lemma and the lower-cased lemma of an entry or a part. ref 2 is the first entry; the parts
// follow the entries.
func (p *Pack) lemmaByRef(ref uint32) (lemma, lower string) {
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

// Token returns the token for piece c of text.
func (p *Pack) Token(text string, c Piece) Token {
	t := Token{Text: text[c.Start:c.End], LikeURL: c.flags&pieceURL != 0, pack: p}
	t.Lemma = t.Text
	if c.ref != 0 {
		t.Lemma, t.feature = p.lemmaByRef(c.ref)
	} else if c.flags&piecePlain != 0 {
		t.feature = t.Text
	}
	return t
}

// KnownFeature returns the feature of piece c of text, or "" if the token is dropped. If known is false, the feature
// must be computed with [Pack.AppendFeature].
func (p *Pack) KnownFeature(text string, c Piece) (feature string, known bool) {
	switch {
	case c.flags&pieceURL != 0:
		return featureURL, true
	case c.ref != 0:
		return p.FeatureByID(c.ref), true
	case c.flags&piecePlain != 0:
		return featureOrEmpty(text[c.Start:c.End]), true
	}
	return "", false
}

// AppendFeature appends the feature of piece c of text to dst. It appends nothing if the token is dropped, and
// allocates only to grow dst.
func (p *Pack) AppendFeature(dst []byte, text string, c Piece) []byte {
	if f, known := p.KnownFeature(text, c); known {
		return append(dst, f...)
	}
	start := len(dst)
	dst = p.appendLower(dst, text[c.Start:c.End])
	f := featureOrEmpty(strip(view(dst[start:])))
	return append(dst[:start], f...)
}

// Mark returns the punctuation mark that piece c of text is, if it is dropped for that reason. It returns "" for white
// space and for tokens with a feature. It does not allocate.
func (p *Pack) Mark(text string, c Piece) string {
	switch {
	case c.flags&pieceURL != 0:
		return ""
	case c.ref != 0:
		return p.MarkByID(c.ref)
	}
	mark := strip(text[c.Start:c.End])
	if featureOrEmpty(mark) != "" {
		return ""
	}
	return mark
}

// appendPiece appends text[start:end], one of several pieces of a chunk.
func (s *stream) appendPiece(dst []Piece, start, end int) []Piece {
	if len(dst) >= s.limit {
		dst = s.deliver(dst)
	}
	text := s.text[start:end]
	return s.pack.appendEntry(dst, s.text, start, end, s.pack.lookup(text), s.pack.traitsOf(text))
}

// appendEntry appends text[start:end], whose entry is e, as one piece. traits has at least the traits of its
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
			break // pieces are not empty: the pack is damaged
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
