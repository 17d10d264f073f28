package english

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"reddit-classifier/model/english/internal/layout"
)

// phraseTrie has the exceptions as they are tokenized without exceptions, as sequences of phrase words.
type phraseTrie struct {
	nodes []byte // 8 bytes each
	edges []byte // 4 bytes each
}

var errPhrases = errors.New("the phrases are cut short")

func (t *phraseTrie) load(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b))*8 > uint64(len(b)-4) {
		return errPhrases
	}
	n := int(binary.LittleEndian.Uint32(b)) * 8
	t.nodes, t.edges = b[4:4+n:4+n], b[4+n:]
	return nil
}

// child returns the node that word leads to from node. ok is false if there is none. ends reports whether a phrase ends
// there.
func (t *phraseTrie) child(node int, word uint16) (next int, ends, ok bool) {
	if node*8+8 > len(t.nodes) {
		return 0, false, false
	}
	n := t.nodes[node*8:]
	lo := int(binary.LittleEndian.Uint32(n))
	hi := lo + int(binary.LittleEndian.Uint16(n[4:]))
	if hi > len(t.edges)/4 {
		return 0, false, false
	}
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch w := binary.LittleEndian.Uint16(t.edges[mid*4:]); {
		case w < word:
			lo = mid + 1
		case w > word:
			hi = mid
		default:
			next = int(binary.LittleEndian.Uint16(t.edges[mid*4+2:]))
			if next*8+8 > len(t.nodes) {
				return 0, false, false
			}
			return next, t.nodes[next*8+6] != 0, true
		}
	}
	return 0, false, false
}

// phraseLengths returns the lengths of the phrases that start at the first of pieces: bit n-1 is a phrase of n pieces.
func (p *Pack) phraseLengths(pieces []Piece) (lengths uint16) {
	node := 0
	for i := range min(len(pieces), layout.MaxPhrase) {
		next, ends, ok := p.phrases.child(node, pieces[i].word)
		if !ok {
			break
		}
		if ends {
			lengths |= 1 << i
		}
		node = next
	}
	return lengths
}

// wordPlaces returns the layout.Word constants of a phrase word.
func (p *Pack) wordPlaces(word uint16) byte {
	if word == 0 || int(word) >= len(p.words) {
		return 0
	}
	return p.words[word]
}

// applyPhrases is the second pass of spaCy 3 over the tokens of a document, Tokenizer._apply_special_cases. It restores
// exceptions that were split within or across chunks. matched reports whether there was a phrase, even if it was not
// replaced.
func (s *stream) applyPhrases(dst []Piece, base int) (out []Piece, matched bool) {
	if len(s.pack.phrases.nodes) == 0 {
		return dst, false
	}
	all := s.pack.findPhrases(dst[base:], len(dst)-base)
	if all == 0 {
		return dst, false
	}
	selectPhrases(dst[base:], all)
	end := len(dst)
	dst, _ = s.replacePhrases(dst, base, end)
	kept := copy(dst[base:], dst[end:])
	return dst[:base+kept], true
}

// findPhrases sets the lengths of the phrases that start in the first n pieces, and returns all these lengths.
func (p *Pack) findPhrases(pieces []Piece, n int) (all uint16) {
	for i := range pieces[:n] {
		c := &pieces[i]
		if c.word == 0 || p.wordPlaces(c.word)&layout.WordFirst == 0 {
			continue
		}
		c.lengths = p.phraseLengths(pieces[i:])
		all |= c.lengths
	}
	return all
}

// selectPhrases decides which phrases are replaced: longer ones first, then earlier ones, as
// Tokenizer._filter_special_spans does. A phrase is left out if its first or last token is in one that was considered
// before, even in one that was left out. The length of a selected phrase is set in its first piece.
func selectPhrases(pieces []Piece, all uint16) {
	for all != 0 {
		n := bits.Len16(all)
		all &^= 1 << (n - 1)
		for i := range pieces {
			if pieces[i].lengths>>(n-1)&1 == 0 {
				continue
			}
			if (pieces[i].flags|pieces[i+n-1].flags)&pieceSeen == 0 {
				pieces[i].phrase = uint8(n)
			}
			for j := i; j < i+n; j++ {
				pieces[j].flags |= pieceSeen
			}
		}
	}
}

// replacePhrases appends dst[from:to] with each selected phrase replaced by its exception. A phrase whose text is not
// an exception, because its tokens are not adjacent, is not replaced. done is the end of the last phrase or piece; it
// is after to if a phrase reaches beyond it.
func (s *stream) replacePhrases(dst []Piece, from, to int) (out []Piece, done int) {
	p, i := s.pack, from
	for i < to {
		if n := int(dst[i].phrase); n > 0 {
			start, stop := int(dst[i].Start), int(dst[i+n-1].End)
			if e := p.lookup(s.text[start:stop]); e.special() {
				dst = p.appendException(dst, start, stop, e)
				i += n
				continue
			}
		}
		c := dst[i]
		c.clear()
		dst = append(dst, c)
		i++
	}
	return dst, i
}

// clear resets the fields of the second pass.
func (c *Piece) clear() { c.lengths, c.phrase, c.flags = 0, 0, c.flags&^pieceSeen }
