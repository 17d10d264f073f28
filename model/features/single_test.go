package features

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"testing"
)

// TestLogSingle compares the first million logarithms with those of NumPy 2.2.6, by a checksum of
// np.log(np.arange(1, 1000001, dtype=np.float32)).
func TestLogSingle(t *testing.T) {
	var b []byte
	for x := 1; x <= 1e6; x++ {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(logSingle(float32(x))))
	}
	if sum := crc32.ChecksumIEEE(b); sum != 467449553 {
		t.Errorf("the checksum is %d", sum)
	}
	if got, want := logSingle(7), float32(0x1.f2272cp+00); got != want { // to the nearest it is 1.f2272ap+00
		t.Errorf("the logarithm of 7 is %x, want %x", got, want)
	}
}
