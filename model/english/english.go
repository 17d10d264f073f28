package english

import "sync"

// AppendTokens appends the tokens of text to dst, as spaCy's Tokenizer.__call__ returns them. It reads at most
// [MaxText] bytes.
func (p *Pack) AppendTokens(dst []Token, text string) []Token {
	scratch := pieceBuffers.Get().(*[]Piece)
	*scratch = p.AppendPieces((*scratch)[:0], text)
	dst = p.appendAll(dst, text, *scratch)
	pieceBuffers.Put(scratch)
	return dst
}

// AppendChunk appends the tokens of a chunk to dst. A chunk is a maximal run of characters that are not white space, as
// [NextChunk] returns it. If isolated is true, the chunk has these tokens in any text. Otherwise the neighbouring
// chunks may change them, and only [Pack.AppendTokens] of the whole text gives the tokens.
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

// MaxText is the maximum length in bytes of a text. Bytes beyond it are ignored; spaCy refuses longer texts.
const MaxText = 1 << 30

// HasAffix reports whether text has a prefix, a suffix or an infix. The pack compiler uses it because only exceptions
// with an affix take part in the second pass of spaCy 3.
func (p *Pack) HasAffix(text string) bool {
	if text == "" {
		return false
	}
	infix, _ := p.nextInfix(text, 0)
	return p.prefixEnd(text) > 0 || p.suffixStart(text) < len(text) || infix >= 0
}
