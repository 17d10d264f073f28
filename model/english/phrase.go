package english

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"unsafe"

	"reddit-classifier/model/english/internal/layout"
)

// phraseTrie holds, as sequences of words, how the exceptions look when they are tokenized without exceptions.
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

// child returns the node that word leads to from node; ok is false if there is none. ends says whether a phrase ends there.
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

// lengths returns the lengths of the phrases that start with the first of tokens: bit n-1 stands for n tokens.
func (p *Pack) lengths(tokens []Token) (lengths uint16) {
	node := 0
	for i := range min(len(tokens), layout.MaxPhrase) {
		next, ends, ok := p.phrases.child(node, tokens[i].word)
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

// wordPlaces returns the layout.Word constants that hold for the token.
func (p *Pack) wordPlaces(t *Token) byte {
	if t.word == 0 || int(t.word) >= len(p.words) {
		return 0
	}
	return p.words[t.word]
}

// applyPhrases is spaCy 3's second pass over the tokens of a document, Tokenizer._apply_special_cases: where exceptions stand in the
// middle of chunks, or across them, their tokens are replaced. matched says whether there was any such place.
func (p *Pack) applyPhrases(dst []Token, base int) (out []Token, matched bool) {
	if len(p.phrases.nodes) == 0 {
		return dst, false
	}
	tokens := dst[base:]
	var all uint16
	for i := range tokens {
		if p.wordPlaces(&tokens[i])&layout.WordFirst == 0 {
			continue
		}
		if l := p.lengths(tokens[i:]); l != 0 {
			all |= l
			tokens[i].lengths = l
		}
	}
	if all == 0 {
		return dst, false
	}
	selectPhrases(tokens, all)
	return p.replacePhrases(dst, base), true
}

// selectPhrases decides which phrases count: longer ones first, then earlier ones, none whose first or last token is in one that
// was looked at before, whether that one counted or not (Tokenizer._filter_special_spans). It leaves the length of a phrase that counts in the
// token it starts with.
func selectPhrases(tokens []Token, all uint16) {
	for all != 0 {
		n := bits.Len16(all)
		all &^= 1 << (n - 1)
		for i := range tokens {
			if tokens[i].lengths>>(n-1)&1 == 0 {
				continue
			}
			if !tokens[i].seen && !tokens[i+n-1].seen {
				tokens[i].phrase = uint8(n)
			}
			for j := i; j < i+n; j++ {
				tokens[j].seen = true
			}
		}
	}
}

// replacePhrases puts the tokens of the exceptions in the place of the phrases that count and whose text is an exception: the
// tokens of a phrase may be apart in the text.
func (p *Pack) replacePhrases(dst []Token, base int) []Token {
	end := len(dst)
	for i := base; i < end; {
		t := dst[i]
		n := int(t.phrase)
		t.lengths, t.phrase, t.seen = 0, 0, false
		if n == 0 {
			dst = append(dst, t)
			i++
			continue
		}
		text := join(dst[i : i+n])
		if e := p.lookup(text); e.special() {
			dst = p.appendSpecial(dst, e, text)
		} else {
			for _, t := range dst[i : i+n] {
				t.lengths, t.phrase, t.seen = 0, 0, false
				dst = append(dst, t)
			}
		}
		i += n
	}
	kept := copy(dst[base:], dst[end:])
	return dst[:base+kept]
}

// join returns the text that tokens of one document cover.
func join(tokens []Token) string {
	first, last := tokens[0].Text, tokens[len(tokens)-1].Text
	start := uintptr(unsafe.Pointer(unsafe.StringData(first)))
	end := uintptr(unsafe.Pointer(unsafe.StringData(last))) + uintptr(len(last))
	return unsafe.String(unsafe.StringData(first), int(end-start))
}
