package english

import (
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"reddit-classifier/model/english/internal/layout"
)

// load reads a pack from its file. It cannot use package packs, which imports this one.
func load(t *testing.T, name string) *Pack {
	t.Helper()
	b, err := os.ReadFile("packs/" + name + ".pack")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Load(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTrace compares the trace of token_match with new runs, while both ends of a text move.
func TestTrace(t *testing.T) {
	p := load(t, "spacy-2.3.2")
	rapid.Check(t, func(r *rapid.T) {
		units := []string{"(", ")", "_", "+", ".", "..", "a", "b.co", "a-b", "1", "8.8.8.8", ":", "://", "@", "/", "?", "’",
			"語", "\xff"}
		text := strings.Repeat(rapid.SampledFrom(units).Draw(r, "unit"), rapid.IntRange(0, 40).Draw(r, "times")) +
			strings.Join(rapid.SliceOfN(rapid.SampledFrom(units), 20, 60).Draw(r, "units"), "") + strings.Repeat(")", shortTrace)
		c := cutter{pack: p, text: text, end: len(text), traits: layout.TraitDot}
		for c.start < c.end {
			if got, want := c.tokenMatch(), p.matchWhole(&p.tokenMatch, c.remaining()); got != want {
				r.Fatalf("%q: got %v, want %v", c.remaining(), got, want)
			}
			if rapid.Bool().Draw(r, "prefix") {
				_, n := p.column(&p.tokenMatch, c.remaining())
				c.start += n
			} else {
				_, n := p.columnBefore(&p.tokenMatch, c.remaining())
				c.end -= n
			}
		}
		c.trace.close()
	})
}

// TestSpace compares isSpace with unicode.IsSpace, to which Python adds four control characters.
func TestSpace(t *testing.T) {
	for r := rune(0); r < 0x11000; r++ {
		want := strings.TrimSpace(string(r)) == "" || 0x1C <= r && r <= 0x1F
		if isSpace(r) != want {
			t.Errorf("isSpace(%#x) = %v, want %v", r, isSpace(r), want)
		}
	}
}
