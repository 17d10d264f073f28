package english_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"reddit-classifier/model/english"
)

// FuzzTokens checks that the tokens cover any text, that all ways to compute its features agree, and that batches give
// the same result.
func FuzzTokens(f *testing.F) {
	for _, s := range fragments {
		f.Add(s + s)
		f.Add("(" + s + "a.b@" + s + ")")
	}
	old, new := open(f, "spacy-2.3.2"), open(f, "spacy-3.8")
	f.Fuzz(func(t *testing.T, text string) {
		check(t, old, text)
		check(t, new, text)
		checkBatches(t, old, 1+len(text)%100, text)
		checkBatches(t, new, 1+len(text)%100, text)
	})
}

// FuzzLoad checks that a damaged pack is either refused or safe to use: all calls return, and pieces are within the
// text. The damage is a list of 4-byte offsets, each followed by the byte that is written there.
func FuzzLoad(f *testing.F) {
	intact := open(f, "spacy-3.8").Bytes()
	f.Add([]byte{16, 0, 0, 0, 1})
	for section := range uint32(19) {
		at := binary.LittleEndian.Uint32(intact[16+8*section:])
		f.Add(append(binary.LittleEndian.AppendUint32(nil, at), 0xFF))
		f.Add(append(binary.LittleEndian.AppendUint32(nil, 16+8*section), 0x80))
		f.Add(append(binary.LittleEndian.AppendUint32(nil, 16+8*section+4), 0))
	}
	f.Fuzz(func(t *testing.T, damage []byte) {
		b := bytes.Clone(intact)
		for ; len(damage) >= 5; damage = damage[5:] {
			b[binary.LittleEndian.Uint32(damage)%uint32(len(b))] = damage[4]
		}
		exercise(t, b)
		exercise(t, damage)
	})
}

var exercised = []string{
	"The (quick) mice didn't visit http://example.org/x, e.g. \"today\" … :):) ;-) 5km don't. ÉΣ' 語 😀 \xff 10.0.0.1 me@x.yz",
	"((((a@b.co))))....,,,, __a--b__ \u2003 \n\n a/b=c <3:D ¯\\(ツ)/¯ o'clock’s",
}

func exercise(t *testing.T, b []byte) {
	p, err := english.Load(b)
	if err != nil {
		if p != nil {
			t.Fatal("Load returned a pack and an error")
		}
		return
	}
	for _, text := range exercised {
		at := uint32(0)
		for _, c := range p.AppendPieces(nil, text) {
			if c.Start < at || c.End <= c.Start || c.End > uint32(len(text)) {
				t.Fatalf("piece %d to %d after %d", c.Start, c.End, at)
			}
			at = c.End
			p.AppendFeature(nil, text, c)
			_ = p.FeatureByID(c.FeatureID())
		}
		p.EachPiecesOf(1+len(b)%50, text, func(pieces []english.Piece) {
			for _, c := range pieces {
				p.AppendFeature(nil, text, c)
			}
		})
		for _, token := range p.AppendTokens(nil, text) {
			token.Feature()
		}
		p.AppendChunk(nil, text)
		p.HasAffix(text)
	}
	_ = p.Name() + p.Source()
}
