package english_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"reddit-classifier/model/english"
)

// checkBatches checks that batches of any size give the same pieces as no batches.
func checkBatches(t rapid.TB, p *english.Pack, limit int, text string) {
	var got []english.Piece
	collect := func(pieces []english.Piece) { got = append(got, pieces...) }
	p.EachPiecesOf(limit, text, collect)
	if want := p.AppendPieces(nil, text); !slices.Equal(got, want) {
		t.Fatalf("batches of %d of %q: %d pieces, want %d", limit, text, len(got), len(want))
	}
}

// TestBatches tests random texts of repeated fragments. Most are emoticons, because the second pass of spaCy 3 restores
// them depending on their neighbours.
func TestBatches(t *testing.T) {
	eachPack(t, func(t *testing.T, p *english.Pack) {
		emoticons := exceptionsOf(p)
		rapid.Check(t, func(r *rapid.T) {
			var text strings.Builder
			for range rapid.IntRange(0, 24).Draw(r, "runs") {
				unit := rapid.OneOf(rapid.SampledFrom(fragments), rapid.SampledFrom(emoticons),
					rapid.StringOfN(rapid.SampledFrom([]rune(":)(-_/\\|=8xX.;'*>o O")), 1, 6, -1)).Draw(r, "unit")
				text.WriteString(strings.Repeat(unit, rapid.IntRange(1, 20).Draw(r, "times")))
			}
			checkBatches(r, p, rapid.IntRange(1, 200).Draw(r, "limit"), text.String())
		})
	})
}

// exceptionsOf returns emoticons and the like: exceptions of the pack that begin or end with neither a letter nor a
// digit.
func exceptionsOf(p *english.Pack) (out []string) {
	for id := range uint32(p.FeatureIDs()) {
		f := p.FeatureByID(id)
		if len(f) > 1 && len(f) < 10 && strings.Trim(f, "abcdefghijklmnopqrstuvwxyz0123456789") == f {
			out = append(out, f)
		}
	}
	return out
}

// TestBatchesOfHostile tests texts that take many batches of the usual size.
func TestBatchesOfHostile(t *testing.T) {
	eachPack(t, func(t *testing.T, p *english.Pack) {
		for name, text := range hostileTexts(1 << 16) {
			var got []english.Piece
			longest := 0
			p.EachPieces(nil, text, func(pieces []english.Piece) {
				got = append(got, pieces...)
				longest = max(longest, len(pieces))
			})
			if !slices.Equal(got, p.AppendPieces(nil, text)) {
				t.Errorf("%s: batches are not what AppendPieces gives", name)
			}
			if longest > 2048 {
				t.Errorf("%s: a batch of %d pieces", name, longest)
			}
			checkBatches(t, p, 100, text[:1000])
		}
	})
}
