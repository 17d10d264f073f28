package english

import "sync"

// AppendTokens appends the tokens of text, as spaCy's Tokenizer.__call__ gives them, and returns dst.
func (p *Pack) AppendTokens(dst []Token, text string) []Token {
	scratch := pieceBuffers.Get().(*[]Piece)
	*scratch = p.AppendPieces((*scratch)[:0], text)
	dst = p.appendAll(dst, text, *scratch)
	pieceBuffers.Put(scratch)
	return dst
}

// AppendChunk appends the tokens of one chunk, a maximal run of characters that are not white space (see NextChunk).
// isolated says that they are the chunk's tokens wherever it stands; otherwise the chunks beside it may change them and
// AppendTokens of the whole text decides.
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

// MaxText is the length in bytes of the longest text that is tokenized. What lies beyond is not looked at. (spaCy
// refuses such texts.)
const MaxText = 1 << 30

// HasAffix reports whether text starts with a prefix, ends with a suffix or holds an infix. spaCy 3 keeps only such
// exceptions for its second pass; the pack compiler asks this.
func (p *Pack) HasAffix(text string) bool {
	if text == "" {
		return false
	}
	infix, _ := p.nextInfix(text, 0)
	return p.prefixEnd(text) > 0 || p.suffixStart(text) < len(text) || infix >= 0
}
