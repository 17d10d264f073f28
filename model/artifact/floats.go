package artifact

import (
	"encoding/binary"
	"math"
	"unsafe"
)

const floatSize = 8

// MaxWeight is the maximum absolute value of a factor in an artifact. It keeps all sums of products finite.
const MaxWeight = 1e100

// Floats returns the float64s in the data of a section, without a copy on little-endian processors.
func Floats(b []byte) []float64 {
	n := len(b) / floatSize
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(b))), n)
	}
	floats := make([]float64, n)
	for i := range floats {
		floats[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[i*floatSize:]))
	}
	return floats
}

// AppendFloats appends float64s in the format that [Floats] reads.
func AppendFloats(dst []byte, floats ...float64) []byte {
	for _, f := range floats {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
	}
	return dst
}

// AreWeights reports whether the absolute value of every number is at most [MaxWeight]. It runs at memory speed.
func AreWeights(floats []float64) bool {
	const (
		sign  = 1 << 63
		limit = 0x54B249AD2594C37D // the bits of MaxWeight: for positive numbers bits compare as the numbers do
		spare = sign - 1 - limit   // added to the bits of a larger number, it reaches the sign
	)
	var a, b, c, d uint64
	for ; len(floats) >= 4; floats = floats[4:] {
		a |= math.Float64bits(floats[0])&^sign + spare
		b |= math.Float64bits(floats[1])&^sign + spare
		c |= math.Float64bits(floats[2])&^sign + spare
		d |= math.Float64bits(floats[3])&^sign + spare
	}
	for _, f := range floats {
		a |= math.Float64bits(f)&^sign + spare
	}
	return (a|b|c|d)&sign == 0
}
