package english

import (
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// maxBeside is how long, in bytes, what stands beside a chunk may be for StandsAlone to look at it.
const maxBeside = 64

// StandsAlone reports whether the chunk text[start:end] has the pieces that AppendChunkPieces gives it, in this text, although it is not
// isolated: whether the tokens beside it begin or end no phrase that reaches into it. It is false too where that is not known.
func (p *Pack) StandsAlone(text string, start, end int) bool {
	first, last := p.outerWords(text, start, end)
	if p.wordPlaces(first)&layout.WordNotFirst != 0 && start > 0 {
		from, to, known := before(text, start)
		if !known {
			return false
		}
		if _, word := p.outerWords(text, from, to); p.wordPlaces(word)&layout.WordNotLast != 0 {
			return false
		}
	}
	if p.wordPlaces(last)&layout.WordNotLast != 0 && end < len(text) {
		from, to, known := behind(text, end)
		if !known {
			return false
		}
		if word, _ := p.outerWords(text, from, to); p.wordPlaces(word)&layout.WordNotFirst != 0 {
			return false
		}
	}
	return true
}

// outerWords returns the phrase words of the first and the last piece of a chunk or run of white space, before the second pass.
func (p *Pack) outerWords(text string, start, end int) (first, last uint16) {
	if start >= end {
		return 0, 0
	}
	buffer := pieceBuffers.Get().(*[]Piece)
	s := stream{pack: p, text: text, limit: len(text) + 1}
	*buffer = s.appendChunk((*buffer)[:0], start, end, p.traitsOf(text[start:end]))
	if n := len(*buffer); n > 0 {
		first, last = (*buffer)[0].word, (*buffer)[n-1].word
	}
	pieceBuffers.Put(buffer)
	return first, last
}

// behind returns where the chunk or white space stands that is tokenized next after a chunk that ends at i: a single space between
// chunks is no token.
func behind(text string, i int) (start, end int, known bool) {
	end = runEnd(text, i, true)
	if start = i; text[i] == ' ' {
		start++
	}
	if start == end {
		end = runEnd(text, start, false)
	}
	return start, end, end-start <= maxBeside
}

// before returns where the chunk or white space stands that is tokenized last before a chunk that starts at i.
func before(text string, i int) (start, end int, known bool) {
	start, end = runStart(text, i, true), i
	if start > 0 && text[start] == ' ' {
		start++
	}
	if start == end {
		end--
		start = runStart(text, end, false)
	}
	return start, end, end-start <= maxBeside
}

// runStart returns where the run of white space, or of other characters, that ends at i starts, or some place more than maxBeside
// before i.
func runStart(text string, i int, space bool) int {
	for least := i - maxBeside; i > 0 && i >= least; {
		r, n := utf8.DecodeLastRuneInString(text[:i])
		if isSpace(r) != space {
			break
		}
		i -= n
	}
	return i
}
