package features

import (
	"math/rand/v2"
	"strings"
	"testing"

	"reddit-classifier/model/text/python"
)

// TestSpaceMap compares the map with a look at each character, for texts of all lengths around the size of a block, and
// the processor's own way with the general one.
func TestSpaceMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "bc", "word", " ", "  ", "\t", "\n", "\r", "\x08", "\x0e", "\x1b", "\x1c", "\x1f", "!", "\x7f",
		"é", "\u0085", "\u00a0",
		"\u2003", "\u2028", "\u202f", "\u3000", "語", "\x80", "\xe2\x80", "\xff", "\x00"}
	for range 50_000 {
		var b strings.Builder
		common := 1 + r.IntN(len(pieces))
		for n := r.IntN(100); b.Len() < n; {
			b.WriteString(pieces[r.IntN(common)])
		}
		text := b.String()
		spaces, zero := spaceMap(nil, []byte(text))
		if zero != strings.Contains(text, "\x00") {
			t.Fatalf("%q: zero byte: %v", text, zero)
		}
		bit := func(i int) bool { return spaces[i/64]>>(i%64)&1 == 1 }
		for i, char := range text {
			if bit(i) != python.IsSpace(char) {
				t.Fatalf("%q: byte %d is a space: %v", text, i, bit(i))
			}
		}
		if !bit(len(text)) {
			t.Fatalf("%q: no space behind the text", text)
		}
		const blocks = 3
		offset := r.IntN(64)
		padded := []byte(strings.Repeat("-", offset) + strings.Repeat(text+"-", 64*blocks/(len(text)+1)+1))[offset:]
		var own, general [blocks]uint64
		high, zeros := spaceBlocks(&own[0], &padded[0], blocks)
		generalHigh, generalZeros := spaceBlocksGo(&general[0], &padded[0], blocks)
		if own != general || (high == 0) != (generalHigh == 0) || (zeros == 0) != (generalZeros == 0) {
			t.Fatalf("%q: %x, %x, %x by the processor's way; %x, %x, %x", padded, own, high, zeros, general, generalHigh,
				generalZeros)
		}
	}
}
