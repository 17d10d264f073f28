package clean

import (
	"math/rand/v2"
	"testing"
)

// TestKinds tests texts of all lengths around the size of a block.
func TestKinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const bytes = "aaaaaaaa     &<[\r\\--\x80\xff\n;^,."
	for range 200_000 {
		text := make([]byte, r.IntN(70))
		common := 1 + r.IntN(len(bytes))
		for i := range text {
			text[i] = bytes[r.IntN(common)]
		}
		if got, want := kinds(string(text)), kindsGo(string(text)); got != want {
			t.Fatalf("%q: %b, want %b", text, got, want)
		}
	}
}
