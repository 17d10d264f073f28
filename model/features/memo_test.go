package features_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"reddit-classifier/model/artifact"
	pack "reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/features"
	"reddit-classifier/test/hostile"
)

// within opens a built-in model, and its language pack.
func within(tb testing.TB, name string) (*features.Extractor, *pack.Pack) {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("..", name+".model"))
	if err != nil {
		tb.Fatal(err)
	}
	a, err := artifact.Parse(b)
	if err != nil {
		tb.Fatal(err)
	}
	e, err := features.Open(a.Section)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := pack.Load(a.Section("language", 0))
	if err != nil {
		tb.Fatal(err)
	}
	return e, p
}

// tokensOf returns the features of a text's tokens.
func tokensOf(p *pack.Pack, text string, punctuation bool) (list []string) {
	tokens := p.AppendTokens(nil, text)
	for i := range tokens {
		if f := features.Feature(&tokens[i], punctuation); f != "" {
			list = append(list, f)
		}
	}
	return list
}

func clone(x features.Vector) features.Vector {
	return features.Vector{Index: slices.Clone(x.Index), Value: slices.Clone(x.Value)}
}

func equal(x, y features.Vector) bool {
	return slices.Equal(x.Index, y.Index) && slices.Equal(x.Value, y.Value)
}

// TestMemo has the memo forget, collide and be shared, and never be wrong: texts of random chunks, against the
// tokenizer alone.
func TestMemo(t *testing.T) {
	pack, err := packs.Open("spacy-3.8")
	if err != nil {
		t.Fatal(err)
	}
	v := features.Vectorizer{
		Analyzer: features.Analyzer{Kind: features.AnalyzerEnglish, Language: pack.Bytes()}, Weight: 1, NGramMin: 1,
		NGramMax:   3,
		Vocabulary: []string{"URL", "be", "be there", "science", "science be", "science be fun", "the", "the science", "why"},
	}
	e := open(t, []features.Vectorizer{v}, nil, features.Options{})
	s := e.NewScratch()
	rapid.Check(t, func(t *rapid.T) {
		chunk := rapid.OneOf(
			rapid.SampledFrom([]string{"science", "The", "the", "is", "isn't", "there,", "why?!", "URL", "http://a.org/b",
				"don't--stop", "\x00", "a\x00", "a",
				"é", "(science)", "thescienceofsomethingverylong", "sixteen-letters!", "there.", "science is", "\u00a0",
				"\u3000the", "\u0085"}),
			rapid.StringN(1, 12, 24), rapid.StringMatching(`[a-z]{1,17}[.,?]?`))
		text := strings.Join(rapid.SliceOfN(chunk, 0, 300).Draw(t, "chunks"),
			rapid.SampledFrom([]string{" ", "\n", "  ", "\t \x1c", "\u2003"}).Draw(t, "space"))
		text = strings.ToValidUTF8(text, "?")
		if got, want := clone(e.CleanedVector(text, s)), e.TokensVector(tokensOf(pack, text, false), s); !equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// TestLongTexts has texts of many blocks, batches and long chunks give what their features give, counted at once.
func TestLongTexts(t *testing.T) {
	for _, name := range []string{"default", "original"} {
		e, pack := within(t, name)
		s := e.NewScratch()
		agree := func(t rapid.TB, text string) {
			tokens := tokensOf(pack, text, name == "default")
			if got, want := clone(e.CleanedVector(text, s)), e.TokensVector(tokens, s); !equal(got, want) {
				t.Errorf("%s: %v for %d bytes that begin with %.60q, want %v", name, got, len(text), text, want)
			}
		}
		for _, h := range hostile.Units {
			agree(t, hostile.Text(h, 2*features.MaxBlock+1))
		}
		unit := rapid.OneOf(rapid.SampledFrom(hostile.Repeated()),
			rapid.SampledFrom([]string{" ", "\u2003", "\n", "the ", "I am not ", "New York N.Y. ", "gonna "}))
		rapid.Check(t, func(t *rapid.T) {
			var text strings.Builder
			for range rapid.IntRange(1, 12).Draw(t, "runs") {
				u := unit.Draw(t, "unit")
				text.WriteString(strings.Repeat(u, 1+rapid.IntRange(0, features.MaxBlock).Draw(t, "bytes")/len(u)))
			}
			agree(t, text.String())
		})
	}
}
