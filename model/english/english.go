package english

import (
	"sync"

	"reddit-classifier/model/english/internal/layout"
)

// AppendTokens appends the tokens of text, as spaCy's Tokenizer.__call__ gives them, and returns dst.
func (p *Pack) AppendTokens(dst []Token, text string) []Token {
	scratch := pieceBuffers.Get().(*[]Piece)
	*scratch = p.AppendPieces((*scratch)[:0], text)
	dst = p.appendAll(dst, text, *scratch)
	pieceBuffers.Put(scratch)
	return dst
}

// AppendChunk appends the tokens of one chunk, a maximal run of characters that are not white space (see NextChunk). isolated says
// that they are the chunk's tokens wherever it stands; otherwise the chunks beside it may change them and AppendTokens of the
// whole text decides.
func (p *Pack) AppendChunk(dst []Token, chunk string) (tokens []Token, isolated bool) {
	scratch := pieceBuffers.Get().(*[]Piece)
	*scratch, isolated = p.AppendChunkPieces((*scratch)[:0], chunk, 0, len(chunk))
	dst = p.appendAll(dst, chunk, *scratch)
	pieceBuffers.Put(scratch)
	return dst, isolated
}

var pieceBuffers = sync.Pool{New: func() any { return new([]Piece) }}

func (p *Pack) appendAll(dst []Token, text string, pieces []Piece) []Token {
	for _, c := range pieces {
		dst = append(dst, p.Token(text, c))
	}
	return dst
}

// MaxText is the length in bytes of the longest text that is tokenized. What lies beyond is not looked at. (spaCy refuses such texts.)
const MaxText = 1 << 30

// AppendPieces appends the tokens of text as pieces, and returns dst.
func (p *Pack) AppendPieces(dst []Piece, text string) []Piece {
	text = text[:min(len(text), MaxText)]
	base := len(dst)
	for i := 0; i < len(text); {
		start := i
		var traits byte
		for i < len(text) {
			t := p.bytes256[text[i]]
			if t&(traitSpace|traitHigh) != 0 {
				break
			}
			traits |= t
			i++
		}
		if i < len(text) && p.bytes256[text[i]]&traitHigh != 0 && !spaceAt(text[i:]) {
			traits |= traitAny
			i = runEnd(text, i, false)
		}
		if start < i {
			dst = p.appendChunk(dst, text, start, i, traits)
			continue
		}
		i = runEnd(text, start, true)
		// A single space between chunks belongs to the token before it; it is not a token.
		if start > 0 && text[start] == ' ' {
			start++
		}
		if start < i {
			dst = p.appendChunk(dst, text, start, i, traitAny)
		}
	}
	dst, _ = p.applyPhrases(dst, base, text)
	return dst
}

// AppendChunkPieces appends the tokens of the chunk text[start:end] as pieces; see AppendChunk. (Only spaCy 3 has chunks that are
// not isolated: an exception that was cut up by affixes is put together again by a second pass, unless a phrase that reaches across white space
// takes one of its tokens.)
func (p *Pack) AppendChunkPieces(dst []Piece, text string, start, end int) (pieces []Piece, isolated bool) {
	if start >= end {
		return dst, true
	}
	base := len(dst)
	dst = p.appendChunk(dst, text, start, end, p.traitsOf(text[start:end]))
	if len(dst) == base {
		return dst, true
	}
	open := p.wordPlaces(&dst[base])&layout.WordNotFirst != 0 || p.wordPlaces(&dst[len(dst)-1])&layout.WordNotLast != 0
	dst, matched := p.applyPhrases(dst, base, text)
	return dst, !matched || !open
}

// HasAffix reports whether text starts with a prefix, ends with a suffix or holds an infix. spaCy 3 keeps only such exceptions for
// its second pass; the pack compiler asks this.
func (p *Pack) HasAffix(text string) bool {
	if text == "" {
		return false
	}
	infix, _ := p.nextInfix(text, 0)
	return p.prefixEnd(text) > 0 || p.suffixStart(text) < len(text) || infix >= 0
}
