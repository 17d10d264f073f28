package plural_test

import (
	"testing"

	"reddit-classifier/internal/plural"
)

func TestOf(t *testing.T) {
	for n, want := range map[int]string{
		0: "0 entries", 1: "1 entry", 2: "2 entries", -1: "-1 entries", 5686: "5686 entries",
	} {
		if got := plural.Of(n, "entry", "entries"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
