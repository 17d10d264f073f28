package english

import (
	"math"
	"slices"
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// maxNeighbour is the maximum length in bytes of a neighbour that [Pack.StandsAlone] examines.
const maxNeighbour = 64

// StandsAlone reports whether the chunk text[start:end] has, in this text, the pieces that [Pack.AppendChunkPieces]
// returns although it is not isolated. This is so if no phrase reaches into the chunk from its neighbours. It returns
// false if that would take too long to find out.
func (p *Pack) StandsAlone(text string, start, end int) bool {
	buffer := pieceBuffers.Get().(*[]Piece)
	defer pieceBuffers.Put(buffer)
	*buffer = p.firstPass((*buffer)[:0], text, start, end)
	chunk := *buffer
	n := len(chunk)
	if n == 0 {
		return true
	}
	if p.wordPlaces(chunk[n-1].word)&layout.WordNotLast != 0 && end < len(text) {
		from, to, known := nextNeighbour(text, end)
		if !known {
			return false
		}
		*buffer = p.firstPass(chunk, text, from, to)
		if len(*buffer) > n && p.canContinue(chunk, (*buffer)[n].word) {
			return false
		}
	}
	first := chunk[0].word
	if p.wordPlaces(first)&layout.WordNotFirst == 0 {
		return true
	}
	left, known := p.piecesBefore((*buffer)[:0], text, start)
	*buffer = left
	return known && !p.canContinue(left, first)
}

// firstPass appends the pieces of a chunk or run of white space without the second pass.
func (p *Pack) firstPass(dst []Piece, text string, start, end int) []Piece {
	if start >= end {
		return dst
	}
	s := stream{pack: p, text: text, limit: math.MaxInt}
	return s.appendChunk(dst, start, end, p.traitsOf(text[start:end]))
}

// piecesBefore appends the pieces before the chunk that starts at i, without the second pass. They are at least all
// that a phrase that reaches into the chunk can have.
func (p *Pack) piecesBefore(dst []Piece, text string, i int) (pieces []Piece, known bool) {
	var runs [layout.MaxPhrase - 1][2]int
	n, base := 0, len(dst)
	for n < len(runs) && i > 0 {
		start, end, known := previousNeighbour(text, i)
		if !known {
			return dst, false
		}
		runs[n] = [2]int{start, end}
		n++
		if i = start; spaceAt(text[start:]) {
			i = runStart(text, start, true) // the white space before this token of white space
		}
		dst = p.firstPass(dst[:base], text, start, end)
		if slices.ContainsFunc(dst[base:], func(c Piece) bool { return c.word == 0 }) {
			break // no phrase reaches across a piece that is not in any
		}
	}
	dst = dst[:base]
	for n--; n >= 0; n-- {
		dst = p.firstPass(dst, text, runs[n][0], runs[n][1])
	}
	return dst, true
}

// canContinue reports whether a phrase that begins in pieces can continue with the word next.
func (p *Pack) canContinue(pieces []Piece, next uint16) bool {
	for i := max(0, len(pieces)-layout.MaxPhrase+1); i < len(pieces); i++ {
		node, ok := 0, true
		for j := i; j < len(pieces) && ok; j++ {
			node, _, ok = p.phrases.child(node, pieces[j].word)
		}
		if ok {
			if _, _, ok = p.phrases.child(node, next); ok {
				return true
			}
		}
	}
	return false
}

// nextNeighbour returns the chunk or run of white space that is tokenized after a chunk that ends at i. A single space
// between chunks is not a token.
func nextNeighbour(text string, i int) (start, end int, known bool) {
	end = runEnd(text, i, true)
	if start = i; text[i] == ' ' {
		start++
	}
	if start == end {
		end = runEnd(text, start, false)
	}
	return start, end, end-start <= maxNeighbour
}

// previousNeighbour returns the chunk or run of white space that is tokenized before the chunk that starts at i > 0, or
// before the white space that precedes it.
func previousNeighbour(text string, i int) (start, end int, known bool) {
	space := runStart(text, i, true)
	start, end = space, i
	if 0 < start && start < end && text[start] == ' ' {
		start++
	}
	if start == end {
		end = space
		start = runStart(text, end, false)
	}
	return start, end, end-start <= maxNeighbour
}

// runStart returns the start of the run that ends at i, of white space if space is set or else of other characters. It
// gives up at a position more than maxNeighbour before i.
func runStart(text string, i int, space bool) int {
	for least := i - maxNeighbour; i > 0 && i >= least; {
		r, n := utf8.DecodeLastRuneInString(text[:i])
		if isSpace(r) != space {
			break
		}
		i -= n
	}
	return i
}
