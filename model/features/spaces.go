package features

import (
	"encoding/binary"
	"unsafe"
)

const (
	highBits = 0x8080808080808080
	lowBits  = 0x0101010101010101
)

// spaceBlocksGo is spaceBlocks for processors without a version of their own, eight bytes at a time.
func spaceBlocksGo(dst *uint64, text *byte, blocks int) (high, zero uint32) {
	maps, bytes := unsafe.Slice(dst, blocks), unsafe.Slice(text, 64*blocks)
	var all, zeros uint64
	for i := range maps {
		block := bytes[:64]
		bytes = bytes[64:]
		var set uint64
		for j := 0; j < 64; j += 8 {
			word := binary.LittleEndian.Uint64(block[j:])
			all |= word
			zeros |= (word - lowBits) &^ word & highBits
			set |= spaces(word) << j
		}
		maps[i] = set
	}
	return uint32(all&highBits>>32 | all&highBits&0xffffffff), uint32(zeros>>32 | zeros&0xffffffff)
}

// spaces returns eight bits that say which bytes of word are ASCII white space: 9 to 13 and 28 to 32. With the high
// bits cleared, adding 128-a carries into the high bit of just those bytes that are a or more.
func spaces(word uint64) uint64 {
	low := word &^ highBits
	is := (low+lowBits*(128-9))&^(low+lowBits*(128-14)) | (low+lowBits*(128-28))&^(low+lowBits*(128-33))
	return (is &^ word & highBits >> 7) * 0x0102040810204080 >> 56
}
