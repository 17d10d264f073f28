package english

import (
	"math"

	"reddit-classifier/model/english/internal/layout"
)

// stream tokenizes a text. Its methods take and return a slice of pieces. When the slice has limit pieces, they are
// delivered to each, so that the memory does not grow with the text. Without a limit all pieces remain in the slice.
type stream struct {
	pack  *Pack
	text  string
	limit int
	each  func([]Piece)

	kept int // number of pieces at the start of the slice that were already delivered; phrases may begin in them
}

// pieceBatch is the number of pieces that are delivered at a time.
const pieceBatch = 1024

// EachPieces calls each with the pieces that [Pack.AppendPieces] would append, in order and about a thousand at a time.
// The pieces are valid until each returns. The memory does not grow with the text, except for at most five bits per
// byte of its longest chunk. EachPieces puts the pieces into buffer and returns it for the next call.
func (p *Pack) EachPieces(buffer []Piece, text string, each func([]Piece)) []Piece {
	s := stream{pack: p, text: text[:min(len(text), MaxText)], limit: pieceBatch, each: each}
	return s.finish(s.appendDocument(buffer[:0]))
}

// AppendPieces appends the tokens of text as pieces to dst. It reads at most [MaxText] bytes.
func (p *Pack) AppendPieces(dst []Piece, text string) []Piece {
	base := len(dst)
	s := stream{pack: p, text: text[:min(len(text), MaxText)], limit: math.MaxInt}
	dst = s.appendDocument(dst)
	dst, _ = s.applyPhrases(dst, base)
	return dst
}

// AppendChunkPieces appends the tokens of the chunk text[start:end] as pieces to dst. isolated is that of
// [Pack.AppendChunk]. It is false only in spaCy 3, where the second pass restores an exception that affixes have split,
// unless a phrase that reaches across white space includes one of its tokens.
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

// appendDocument appends the pieces of the text without the second pass.
func (s *stream) appendDocument(dst []Piece) []Piece {
	p, text := s.pack, s.text
	for i := 0; i < len(text); {
		if len(dst) >= s.limit {
			dst = s.deliver(dst)
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

// deliver delivers all pieces or, if there is a second pass, those that it has completed. It returns the others. They
// are preceded by the last delivered ones as they were before the second pass, because phrases may reach from them into
// the pieces that follow.
func (s *stream) deliver(dst []Piece) []Piece {
	if len(s.pack.phrases.nodes) == 0 {
		s.each(dst)
		return dst[:0]
	}
	// Whether a phrase is replaced depends on the phrases that it overlaps. So a phrase may be searched only where enough
	// pieces follow, and is settled only if all overlapping ones have been found.
	const reach = layout.MaxPhrase - 1
	dst, done := s.deliverPhrases(dst, len(dst)-reach, len(dst)-2*reach)
	from := max(0, done-reach)
	s.kept = done - from
	return dst[:copy(dst, dst[from:])]
}

// finish delivers the remaining pieces. It returns the slice, which may have grown.
func (s *stream) finish(dst []Piece) []Piece {
	if len(s.pack.phrases.nodes) == 0 {
		s.each(dst)
		return dst
	}
	dst, _ = s.deliverPhrases(dst, len(dst), len(dst))
	return dst
}

// deliverPhrases searches for phrases that begin in dst[:begin], and delivers dst[s.kept:sure] with phrases replaced.
// It returns dst unchanged, except that it may have grown, and the end of the last phrase or piece that was delivered.
func (s *stream) deliverPhrases(dst []Piece, begin, sure int) (_ []Piece, done int) {
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
