package model

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// spaceMap marks the bytes of text that are white space to Python, one bit each, eight bytes at a time. The result has a last
// bit more than the text, which is set, so that the last chunk ends.
func spaceMap(dst []uint64, text []byte) []uint64 {
	n := len(text)/64 + 1
	if cap(dst) < n {
		dst = make([]uint64, n, n+n/2)
	}
	dst = dst[:n]
	var high uint64
	rest := text
	for i := 0; i < n-1; i++ {
		block := rest[:64]
		rest = rest[64:]
		var set uint64
		for j := 0; j < 64; j += 8 {
			word := binary.LittleEndian.Uint64(block[j:])
			high |= word
			set |= spaces(word) << j
		}
		dst[i] = set
	}
	var last uint64
	for j := 0; j < len(rest); j += 8 {
		var padded [8]byte
		copy(padded[:], rest[j:])
		word := binary.LittleEndian.Uint64(padded[:])
		high |= word
		last |= spaces(word) << j
	}
	dst[n-1] = last | 1<<len(rest)
	if high&highBits != 0 {
		markWideSpaces(dst, text)
	}
	return dst
}

const (
	highBits = 0x8080808080808080
	lowBits  = 0x0101010101010101
)

// spaces returns eight bits that say which bytes of word are ASCII white space: 9 to 13 and 28 to 32. With the high bits
// cleared, adding 128-a carries into the high bit of just those bytes that are a or more.
func spaces(word uint64) uint64 {
	low := word &^ highBits
	is := (low+lowBits*(128-9))&^(low+lowBits*(128-14)) | (low+lowBits*(128-28))&^(low+lowBits*(128-33))
	return (is &^ word & highBits >> 7) * 0x0102040810204080 >> 56
}

// markWideSpaces adds the white space beyond ASCII. All of it begins with one of five bytes.
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
