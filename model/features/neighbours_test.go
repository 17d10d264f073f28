package features_test

import (
	"strings"
	"testing"

	"reddit-classifier/model/features"
)

// TestChunkWithNeighbours has a chunk whose tokens depend on the chunk behind it, before and after the same chunk with
// others: the features are those of the whole text's tokens each time.
func TestChunkWithNeighbours(t *testing.T) {
	e, p := within(t, "default")
	chunk, text := "people:)", "the people:) ) think so"
	if _, isolated := p.AppendChunkPieces(nil, text, 4, 4+len(chunk)); isolated || p.StandsAlone(text, 4, 4+len(chunk)) {
		t.Fatalf("%q stands alone in %q: another example is needed", chunk, text)
	}
	shared := e.NewScratch()
	for _, text := range []string{text, "the people:) think so", text, strings.Repeat("so the science says ", 20) + text,
		text + strings.Repeat(" so the science says", 20)} {
		want := clone(e.TokensVector(tokensOf(p, text, true), e.NewScratch()))
		if len(want.Index) < 3 {
			t.Fatalf("%.60q has only %d features", text, len(want.Index))
		}
		for name, s := range map[string]*features.Scratch{"new": e.NewScratch(), "used": shared} {
			if got := e.CleanedVector(text, s); !equal(got, want) {
				t.Errorf("%.60q, a %s scratch: %v, want %v", text, name, got, want)
			}
		}
	}
}
