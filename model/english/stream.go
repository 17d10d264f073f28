package english

import (
	"math"

	"reddit-classifier/model/english/internal/layout"
)

// stream is a text on its way to pieces. They are put into a slice that the methods take and return; once it holds
// limit of them they are handed over, so that what a text takes up does not grow with it. A stream without a limit
// leaves all of them in the slice.
type stream struct {
	pack  *Pack
	text  string
	limit int
	each  func([]Piece)

	kept int // this many pieces at the start of the slice were handed over; phrases may begin in them
}

// pieceBatch is how many pieces are handed over at a time.
const pieceBatch = 1024

// EachPieces calls each with the tokens of text as pieces, in the order of the text, about a thousand at a time: what
// AppendPieces appends, in memory that does not grow with the text but for marks on its longest chunk, of at most five
// bits per byte. The pieces live until each returns. buffer is for them to be in; it is returned, for the next call.
func (p *Pack) EachPieces(buffer []Piece, text string, each func([]Piece)) []Piece {
	s := stream{pack: p, text: text[:min(len(text), MaxText)], limit: pieceBatch, each: each}
	return s.finish(s.appendDocument(buffer[:0]))
}

// AppendPieces appends the tokens of text as pieces, and returns dst.
func (p *Pack) AppendPieces(dst []Piece, text string) []Piece {
	base := len(dst)
	s := stream{pack: p, text: text[:min(len(text), MaxText)], limit: math.MaxInt}
	dst = s.appendDocument(dst)
	dst, _ = s.applyPhrases(dst, base)
	return dst
}

// AppendChunkPieces appends the tokens of the chunk text[start:end] as pieces; see AppendChunk. (Only spaCy 3 has
// chunks that are not isolated: an exception that was cut up by affixes is put together again by a second pass, unless
// a phrase that reaches across white space takes one of its tokens.)
func (p *Pack) AppendChunkPieces(dst []Piece, text string, start, end int) (pieces []Piece, isolated bool) {
	if start >= end {
		return dst, true
	}
	base := len(dst)
	s := stream{pack: p, text: text, limit: math.MaxInt}
	dst = s.appendChunk(dst, start, end, p.traitsOf(text[start:end]))
	if len(dst) == base {
		return dst, true
	}
	open := p.wordPlaces(dst[base].word)&layout.WordNotFirst != 0 ||
		p.wordPlaces(dst[len(dst)-1].word)&layout.WordNotLast != 0
	dst, matched := s.applyPhrases(dst, base)
	return dst, !matched || !open
}

// appendDocument appends the pieces of the text, before the second pass.
func (s *stream) appendDocument(dst []Piece) []Piece {
	p, text := s.pack, s.text
	for i := 0; i < len(text); {
		if len(dst) >= s.limit {
			dst = s.handOver(dst)
		}
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
			high := i
			i = runEnd(text, i, false)
			traits |= p.traitsOf(text[high:i])
		}
		if start < i {
			dst = s.appendChunk(dst, start, i, traits)
			continue
		}
		i = runEnd(text, start, true)
		// A single space between chunks belongs to the token before it; it is not a token.
		if start > 0 && text[start] == ' ' {
			start++
		}
		if start < i {
			dst = s.appendChunk(dst, start, i, traitAny)
		}
	}
	return dst
}

// handOver hands pieces over: all, or where there is a second pass those that it is done with. It returns the others,
// and before them the last ones that were handed over, as they were before that pass: phrases may reach from them into
// what comes.
func (s *stream) handOver(dst []Piece) []Piece {
	if len(s.pack.phrases.nodes) == 0 {
		s.each(dst)
		return dst[:0]
	}
	// Whether a phrase counts depends on those that it meets. So the pieces that may begin a phrase are those with enough
	// behind them, and the phrases that are sure those which meet no other.
	const reach = layout.MaxPhrase - 1
	dst, done := s.settle(dst, len(dst)-reach, len(dst)-2*reach)
	from := max(0, done-reach)
	s.kept = done - from
	return dst[:copy(dst, dst[from:])]
}

// finish hands over what is left. It returns the slice, which may have grown.
func (s *stream) finish(dst []Piece) []Piece {
	if len(s.pack.phrases.nodes) == 0 {
		s.each(dst)
		return dst
	}
	dst, _ = s.settle(dst, len(dst), len(dst))
	return dst
}

// settle looks for phrases that begin in dst[:begin], and hands dst[s.kept:sure] over with the exceptions in their
// place. It returns dst, which may have grown, as it was, and where the last phrase or piece handed over ends.
func (s *stream) settle(dst []Piece, begin, sure int) (_ []Piece, done int) {
	if sure <= s.kept {
		return dst, s.kept
	}
	all := s.pack.findPhrases(dst, begin)
	if all == 0 {
		s.each(dst[s.kept:sure])
		return dst, sure
	}
	selectPhrases(dst, all)
	out, done := s.replacePhrases(dst, s.kept, sure)
	s.each(out[len(dst):])
	dst = out[:len(dst)]
	for i := range dst {
		dst[i].clear()
	}
	return dst, done
}
