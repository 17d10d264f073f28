package english_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
)

func open(tb testing.TB, name string) *english.Pack {
	tb.Helper()
	p, err := packs.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestRules has an example for each rule of the algorithm. old and new are the results of spaCy 2.3.2 and 3.8.
func TestRules(t *testing.T) {
	for _, test := range []struct{ rule, text, old, new string }{
		{"white space", "a b", "a|b", ""},
		{"white space beyond one space is a token", " a  b \n", " |a| |b|\n", ""},
		{"other white space is a token, a space after it too", "a\tb\n c", "a|\t|b|\n |c", ""},
		{"Python's white space", "a\u2003b\x1cc\u200bd", "a|\u2003|b|\x1c|c\u200bd", ""},
		{"exception", "don't", "do|n't", ""},
		{"exception behind a prefix", "(don't", "(|do|n't", ""},
		{"exception before a suffix", "don't,", "do|n't|,", ""},
		{"exception between affixes", "\"(can't)\".", "\"|(|ca|n't|)|\"|.", ""},
		{"emoticon between affixes", "(:D)", "(|:D|)", ""},
		{"emoticon at a word: put together by 3.8", "word:)", "word|:|)", "word|:)"},
		{"emoticons cut up are put together by 3.8", ":):):)", ":|)|:)|:|)", ":)|:)|:)"},
		{"prefixes and suffixes", "((a))", "(|(|a|)|)", ""},
		{"dots are one affix", "...a....", "...|a|....", ""},
		{"first alternative wins: one ellipsis at a time", "……a", "…|…|a", ""},
		{"currency", "US$5", "US$|5", ""},
		{"prefix with look-ahead", "+a +1", "+|a|+1", ""},
		{"unit", "5km 5KM km", "5|km|5KM|km", ""},
		{"longest unit", "5km²", "5|km²", ""},
		{"suffix with look-behind", "1+ a+", "1|+|a+", ""},
		{"look-behind of two characters", "AB. A.", "AB|.|A.", ""},
		{"exception of three parts", "°C.", "°|C|.", ""},
		{"possessive", "dog's", "dog|'s", ""},
		{"infix between letters", "well-known a/b x=y", "well|-|known|a|/|b|x|=|y", ""},
		{"infix between digits", "1-2 3*4 1-a", "1|-|2|3|*|4|1-a", "1|-|2|3|*|4|1|-|a"},
		{"infix between lower and upper case", "cat.Dog", "cat|.|Dog", ""},
		{"infix at the start stays", "-infix :D=x", "-infix|:|D|=|x", "-infix|:D|=|x"},
		{"comma between letters only", "a,b 1,000", "a|,|b|1,000", ""},
		{"ellipsis inside", "wait...what", "wait|...|what", ""},
		{"address", "see http://example.org/a_(b)?c=d.", "see|http://example.org/a_(b)?c=d.",
			"see|http://example.org/a_(b)?c=d|."},
		{"address with user", "me@example.org", "me@example.org", ""},
		{"public network address", "8.8.8.8:53/x", "8.8.8.8:53/x", ""},
		{"private network address", "10.0.0.1/x", "10.0.0.1|/|x", ""},
		{"nothing", "", "", ""},
	} {
		t.Run(test.rule, func(t *testing.T) {
			if test.new == "" {
				test.new = test.old
			}
			for name, want := range map[string]string{"spacy-2.3.2": test.old, "spacy-3.8": test.new} {
				var texts []string
				for _, token := range open(t, name).AppendTokens(nil, test.text) {
					texts = append(texts, token.Text)
				}
				if got := strings.Join(texts, "|"); got != want {
					t.Errorf("%s: %q: got %q, want %q", name, test.text, got, want)
				}
			}
		})
	}
}

func TestFeatures(t *testing.T) {
	for _, test := range []struct{ text, old, new string }{
		{"The mice were RUNNING", "the mouse be running", ""},
		{"It's", "-pron- have", "it have"},
		{"example.com www.a http://", "URL URL URL", ""},
		{"notes.xyz 10.0.0.1/x", "notes.xyz 10.0.0.1 x", "URL 10.0.0.1 x"},
		{"! . a - #", "a #", ""},
		{"\n \u2003", "", ""},
		{"ΣΟΦΟΣ İ ÉTÉ", "σοφος i\u0307 été", ""},
	} {
		if test.new == "" {
			test.new = test.old
		}
		for name, want := range map[string]string{"spacy-2.3.2": test.old, "spacy-3.8": test.new} {
			p := open(t, name)
			if got := strings.Join(features(p.AppendTokens(nil, test.text)), " "); got != want {
				t.Errorf("%s: %q: got %q, want %q", name, test.text, got, want)
			}
		}
	}
}

// TestDocumentation checks the examples of the package comment.
func TestDocumentation(t *testing.T) {
	eachPack(t, func(t *testing.T, p *english.Pack) {
		tokens := p.AppendTokens(nil, "\"(isn't 5km),\"")
		var texts []string
		for _, token := range tokens {
			texts = append(texts, token.Text)
		}
		if got, want := strings.Join(texts, " "), "\" ( is n't 5 km ) , \""; got != want {
			t.Errorf("tokens %q, want %q", got, want)
		}
		if diff := cmp.Diff([]string{"be", "not", "5", "km"}, features(tokens)); diff != "" {
			t.Error("features (-want +got)\n" + diff)
		}
	})
}

func features(tokens []english.Token) []string {
	out := []string{}
	for _, t := range tokens {
		if f := t.Feature(); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// pieceFeatures returns the features as the model computes them.
func pieceFeatures(t testing.TB, p *english.Pack, text string, pieces []english.Piece) []string {
	out := []string{}
	for _, c := range pieces {
		f := string(p.AppendFeature(nil, text, c))
		if known, ok := p.KnownFeature(text, c); ok && known != f {
			t.Fatalf("%q: KnownFeature %q, AppendFeature %q", text, known, f)
		}
		if id := c.FeatureID(); id > uint32(p.FeatureIDs()) || id != 0 && p.FeatureByID(id) != f {
			t.Fatalf("%q: feature %d of %d is %q, want %q", text, id, p.FeatureIDs(), p.FeatureByID(id), f)
		}
		if f != "" {
			out = append(out, f)
		}
		token, mark := p.Token(text, c), ""
		if f == "" {
			mark = strings.TrimFunc(token.Lemma, func(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f })
		}
		if got := p.Mark(text, c); got != mark {
			t.Fatalf("%q: the mark of %q is %q, want %q", text, token.Text, got, mark)
		}
	}
	return out
}

// check checks that the tokens cover the text except for single spaces, and that all ways to compute the features
// agree.
func check(t testing.TB, p *english.Pack, text string) {
	tokens := p.AppendTokens(nil, text)
	at := 0
	for _, token := range tokens {
		if token.Text == "" {
			t.Fatalf("%q: an empty token", text)
		}
		if !strings.HasPrefix(text[at:], token.Text) {
			if at++; text[at-1] != ' ' || !strings.HasPrefix(text[at:], token.Text) {
				t.Fatalf("%q: token %q is not what comes next in it", text, token.Text)
			}
		}
		at += len(token.Text)
	}
	if rest := text[at:]; rest != "" && rest != " " {
		t.Fatalf("%q: %q is not covered", text, rest)
	}
	want := features(tokens)
	if got := pieceFeatures(t, p, text, p.AppendPieces(nil, text)); !slices.Equal(got, want) {
		t.Fatalf("%q: (-tokens +pieces)\n%s", text, cmp.Diff(want, got))
	}
	byChunk := []string{}
	for start, end := english.NextChunk(text, 0); start < end; start, end = english.NextChunk(text, end) {
		pieces, isolated := p.AppendChunkPieces(nil, text, start, end)
		if !isolated && !p.StandsAlone(text, start, end) {
			return
		}
		byChunk = append(byChunk, pieceFeatures(t, p, text, pieces)...)
	}
	if !slices.Equal(byChunk, want) {
		t.Fatalf("%q: (-document +chunks)\n%s", text, cmp.Diff(want, byChunk))
	}
}

var fragments = []string{
	"a", "B", "1", " ", "  ", "\n", ".", "..", ",", "'", "’", "\"", "(", ")", ":", ":)", ":(", ";)", "-", "--", "/", "@",
	"#", "$", "US$", "km", "…", "don't", "can't", "'s", "n't",
	"http://", "www.", ".com", "example.org", "10.", "8.8.8.8", "°C", "É", "Σ", "İ", "語", "😀", "\u2003", "\xff", "O_o",
	"a.m.", "o'clock", "<3", "=", "+", "_", "~",
}

func TestProperties(t *testing.T) {
	eachPack(t, func(t *testing.T, p *english.Pack) {
		rapid.Check(t, func(r *rapid.T) {
			check(t, p, strings.Join(rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 24).Draw(r, "fragments"), ""))
		})
	})
}

func TestComments(t *testing.T) {
	texts, _ := comments(t)
	eachPack(t, func(t *testing.T, p *english.Pack) {
		open, joined, chunks := 0, 0, 0
		for _, text := range texts {
			check(t, p, text)
			for start, end := english.NextChunk(text, 0); start < end; start, end = english.NextChunk(text, end) {
				chunks++
				if _, isolated := p.AppendChunk(nil, text[start:end]); !isolated {
					open++
					if !p.StandsAlone(text, start, end) {
						joined++
					}
				}
			}
		}
		t.Logf("%d of %d chunks are not isolated, and %d do not stand alone in their text", open, chunks, joined)
	})
}

// TestIsolated checks a chunk whose tokens depend on its neighbour. The second pass of spaCy 3 restores the emoticon
// only if no longer phrase reaches into it.
func TestIsolated(t *testing.T) {
	for _, chunk := range []string{"word", "don't", "(a)", "1.5km", ""} {
		if _, isolated := open(t, "spacy-3.8").AppendChunk(nil, chunk); !isolated {
			t.Errorf("%q is not isolated", chunk)
		}
	}
	if _, isolated := open(t, "spacy-2.3.2").AppendChunk(nil, ":):)"); !isolated {
		t.Error("spaCy 2.3 has no second pass, but a chunk is not isolated")
	}
}

// TestStandsAlone checks chunks whose tokens change because of their neighbours, such as an emoticon after a bracket,
// and chunks whose tokens do not.
func TestStandsAlone(t *testing.T) {
	p := open(t, "spacy-3.8")
	long := strings.Repeat("x", 80)
	for _, test := range []struct {
		before, chunk, after string
		alone                bool
	}{
		{"xo) ", ":(a", "", false},   // the left neighbour splits the emoticon,
		{"", "o:(", " =(op", false},  // or the right one,
		{"b xo) ", ":(a", "", false}, // whatever else is on the left
		{"xo. ", ":(a", "", true},    // no phrase begins with a full stop and continues with a colon,
		{"xo ", ":(a", " b", true},   // or begins with a word,
		{"xo) b ", ":(a", "", true},  // even between the bracket and the emoticon,
		{"xo)\n", ":(a", "", true},   // because a line end
		{"xo)  ", ":(a", "", true},   // and a second space are tokens too
		{"", ":(a", "", true},
		{"", "a:(", " .op", true},
		{":- ", ")", "", false}, // phrases of three and four words
		{": - ", ")", "", false},
		{":'- ", ")", "", false},
		{"a ; ' - ", ")", "", true},
		{"", ":", " word", true},
		{"", ":", " " + long, false}, // too long to be examined
		{long + ") ", ":(a", "", false},
	} {
		text := test.before + test.chunk + test.after
		start := len(test.before)
		end := start + len(test.chunk)
		if got := p.StandsAlone(text, start, end); got != test.alone {
			t.Errorf("%q: %q stands alone: %t, want %t", text, test.chunk, got, test.alone)
		}
		check(t, p, text)
	}
}

// TestEmoticons checks chunks that consist mostly of parts of emoticons, between which phrases reach.
func TestEmoticons(t *testing.T) {
	parts := rapid.SampledFrom([]string{":", ")", "(", "-", "8", "o", "O", "_", "=", "'", "^", ":)", ":(", "xo", " ", " ",
		"  ", "\n", strings.Repeat("x", 60)})
	eachPack(t, func(t *testing.T, p *english.Pack) {
		rapid.Check(t, func(r *rapid.T) {
			check(t, p, strings.Join(rapid.SliceOfN(parts, 0, 16).Draw(r, "parts"), ""))
		})
	})
}

// TestHostile limits the time for texts that would take minutes if anything were quadratic.
func TestHostile(t *testing.T) {
	eachPack(t, func(t *testing.T, p *english.Pack) {
		for name, text := range hostileTexts(1 << 17) {
			begun := time.Now()
			p.AppendPieces(nil, text)
			if d := time.Since(begun); d > 5*time.Second {
				t.Errorf("%s: %v for %d bytes", name, d, len(text))
			}
		}
	})
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget")
	}
	eachPack(t, func(t *testing.T, p *english.Pack) {
		text := "The (quick) mice didn't visit http://example.org/x, e.g. \"today\" … :) 5km don't. " + strings.Repeat("(",
			300) + "a@b.c" + strings.Repeat(")", 300)
		var pieces []english.Piece
		var buffer []byte
		allocations := testing.AllocsPerRun(100, func() {
			pieces = p.AppendPieces(pieces[:0], text)
			for _, c := range pieces {
				buffer = p.AppendFeature(buffer[:0], text, c)
			}
		})
		if allocations > 0.5 {
			t.Errorf("%v allocations per text, want none", allocations)
		}
	})
}

func TestLoad(t *testing.T) {
	eachPack(t, func(t *testing.T, p *english.Pack) {
		b := p.Bytes()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := english.Load(b); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 32<<10 {
			t.Errorf("Load allocates %d bytes, want less than 32 KiB", n)
		}
		for _, cut := range []int{0, 7, 8, 100, 1000, len(b) / 2, len(b) - 1} {
			if p, err := english.Load(b[:cut]); !errors.Is(err, english.ErrFormat) || p != nil {
				t.Errorf("cut to %d bytes: got %v, %v; want a format error", cut, p, err)
			}
		}
		if p.Name() == "" || !strings.Contains(p.Source(), "spaCy") {
			t.Errorf("name %q, source %q", p.Name(), p.Source())
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	eachPack(b, func(b *testing.B, p *english.Pack) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := english.Load(p.Bytes()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func ExamplePack_AppendTokens() {
	pack, err := packs.Open("spacy-2.3.2")
	if err != nil {
		fmt.Println(err)
		return
	}
	tokens := pack.AppendTokens(nil, "(They weren't at example.org)")
	for i := range tokens {
		fmt.Printf("%s %q\n", tokens[i].Text, tokens[i].Feature())
	}
	// Output:
	// ( ""
	// They "they"
	// were "be"
	// n't "not"
	// at "at"
	// example.org "URL"
	// ) ""
}
