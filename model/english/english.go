// Package english is spaCy's English tokenizer with its lemma look-up, driven by a compiled language pack of one spaCy release.
package english

import "reddit-classifier/model/english/internal/layout"

// AppendTokens appends the tokens of text, as spaCy's Tokenizer.__call__ gives them, and returns dst.
func (p *Pack) AppendTokens(dst []Token, text string) []Token {
	base := len(dst)
	for i := 0; i < len(text); {
		space, _ := spaceAt(text[i:])
		end := runEnd(text, i, space)
		// A single space between chunks belongs to the token before it; it is not a token.
		if space && i > 0 && text[i] == ' ' {
			i++
		}
		if i < end {
			dst = p.appendChunk(dst, text[i:end], p.traitsOf(text[i:end]))
		}
		i = end
	}
	dst, _ = p.applyPhrases(dst, base)
	return dst
}

// AppendChunk appends the tokens of one chunk, a maximal run of characters that are not white space (see NextChunk). isolated says
// that they are the chunk's tokens wherever it stands; otherwise the chunks beside it may change them and AppendTokens of the
// whole text decides. (Only spaCy 3 has such chunks: an exception that was cut up by affixes is put together again by a second
// pass, unless a longer phrase across white space takes one of its tokens.)
func (p *Pack) AppendChunk(dst []Token, chunk string) (tokens []Token, isolated bool) {
	if chunk == "" {
		return dst, true
	}
	base := len(dst)
	dst = p.appendChunk(dst, chunk, p.traitsOf(chunk))
	if len(dst) == base {
		return dst, true
	}
	open := p.wordPlaces(&dst[base])&layout.WordNotFirst != 0 || p.wordPlaces(&dst[len(dst)-1])&layout.WordNotLast != 0
	dst, matched := p.applyPhrases(dst, base)
	return dst, !matched || !open
}

// HasAffix reports whether text starts with a prefix, ends with a suffix or holds an infix. spaCy 3 keeps only such exceptions for its
// second pass; the pack compiler asks this.
func (p *Pack) HasAffix(text string) bool {
	if text == "" {
		return false
	}
	infix, _ := p.nextInfix(text, 0)
	return p.prefixEnd(text) > 0 || p.suffixStart(text) < len(text) || infix >= 0
}
