package features

import (
	"bytes"
	"math/bits"
	"unicode/utf8"
)

// spaceMap marks the bytes of text that are white space to Python, one bit each. The result has a last bit more than
// the text, which is set, so that the last chunk ends. zero reports whether there is a zero byte.
func spaceMap(dst []uint64, text []byte) (spaces []uint64, zero bool) {
	n := len(text) / 64
	if cap(dst) < n+1 {
		dst = make([]uint64, n+1, n+n/2+1)
	}
	dst = dst[:n+1]
	last := filler
	rest := copy(last[:], text[n*64:])
	high, zeros := spaceBlocks(&dst[n], &last[0], 1)
	dst[n] |= 1 << rest
	if n > 0 {
		moreHigh, moreZeros := spaceBlocks(&dst[0], &text[0], n)
		high, zeros = high|moreHigh, zeros|moreZeros
	}
	if high != 0 {
		markWideSpaces(dst, text)
	}
	return dst, zeros != 0
}

// filler is what the last block is filled up with: neither white space nor zeros.
var filler = [64]byte(bytes.Repeat([]byte{'-'}, 64))

// markWideSpaces adds the white space beyond ASCII. All of it begins with one of four bytes.
func markWideSpaces(dst []uint64, text []byte) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case 0xC2, 0xE1, 0xE2, 0xE3:
			r, n := utf8.DecodeRune(text[i:])
			if isWideSpace(r) {
				for j := i; j < i+n; j++ {
					dst[j/64] |= 1 << (j % 64)
				}
			}
		}
	}
}

// isWideSpace reports whether r, not ASCII, is white space to Python's str.isspace.
func isWideSpace(r rune) bool {
	return r == 0x85 || r == 0xA0 || r == 0x1680 || 0x2000 <= r && r <= 0x200A ||
		r == 0x2028 || r == 0x2029 || r == 0x202F || r == 0x205F || r == 0x3000
}

// usualEdges is how many edges few blocks of 64 bytes exceed.
const usualEdges = 20

// edges appends the places where chunks begin and end, in turns. The map's last bit is a space, so each chunk ends.
func edges(dst []uint32, spaces []uint64) []uint32 {
	before := uint64(1) // as if a space came before the text
	for i, set := range spaces {
		n := len(dst)
		if cap(dst) < n+64 {
			dst = append(make([]uint32, 0, 2*n+64*len(spaces[i:])/2+64), dst...)
		}
		changes := set ^ (set<<1 | before)
		before = set >> 63
		at := (*[64]uint32)(dst[n : n+64])
		count := bits.OnesCount64(changes)
		for j := range usualEdges { // whether there are as many or not: a loop of fixed length is guessed right
			at[j] = uint32(i<<6 + lowest(changes))
			changes &= changes - 1
		}
		for j := usualEdges; j < count; j++ {
			at[j&63] = uint32(i<<6 + lowest(changes))
			changes &= changes - 1
		}
		dst = dst[:n+count]
	}
	return dst
}
