package prepare

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"reddit-classifier/model/text/stem"
	"reddit-classifier/model/text/stopwords"
)

func program(tb testing.TB, steps ...Step) *Program {
	tb.Helper()
	p, err := New(steps)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		step       Step
		text, want string
		line       string // from Describe
	}{
		{Step{Kind: Lower}, "ΟΔΟΣ İ É", "οδος i\u0307 é", "lower"},
		{Step{Kind: Unescape}, "a &amp;amp; &notit; &#x41", "a &amp; ¬it; A", "unescape"},
		{Step{Kind: Replace, Pattern: `(\w)(\d)`, With: `\2-\1\n`}, "a1 b", "1-a\n b", `replace '(\w)(\d)' with '\2-\1\n'`},
		{Step{Kind: Replace, Pattern: ``, With: `-`}, "ab", "-a-b-", `replace '' with '-'`},
		{Step{Kind: Replace, Pattern: "n't", With: "\n"}, "don't", "do\n", `replace "n't" with "\n"`},
		{Step{Kind: Keep, Keep: Letters | Digits}, "Zoë, 42!", "Zo42", "keep letters, digits"},
		{Step{Kind: Keep, Keep: Letters, With: `\1`}, "a!b", `a\1b`, `keep letters, replaced with '\1'`},
		{Step{Kind: Keep, Keep: Words | Blanks}, "Zoë,\t² b", "Zoë² b", "keep blanks, words"},
		{Step{Kind: Keep, Keep: Decimals | Spaces}, "٣ ²\u00a01", "٣ \u00a01", "keep spaces, decimals"},
		{Step{Kind: Remove, Remove: Punctuation}, "a.b—c (d)_", "ab—c d", "remove punctuation"},
		{Step{Kind: Remove, Remove: Punctuation, With: " "}, "a.b?!", "a b  ", `remove punctuation, replaced with ' '`},
		{Step{Kind: Remove, Remove: DigitRuns, With: "#"}, "a12b٣², 4", "a#b#², #", `remove digits, replaced with '#'`},
		{Step{Kind: Remove, Remove: URLs}, "see https://a.example/b?c. or www.b.example", "see  or ", "remove urls"},
		{Step{Kind: Collapse}, " a\t\tb\u00a0\x1cc \n", "a b c", "collapse"},
		{Step{Kind: Strip}, "\u2028 a  b\u0085", "a  b", "strip"},
		{Step{Kind: Strip}, " \n ", "", "strip"},
		{Step{Kind: StopWords, Words: []string{"the", "a"}}, "the The  a b the", "The b", "stop words: 2 (a, the)"},
		{Step{Kind: StopWords, Words: []string{"a", "b", "c", "d", "d"}, Pattern: `\w`}, "a,e!b", "e",
			`stop words: 4 (a, b, c, …), tokens '\w'`},
		{Step{Kind: StopWords}, " a  b", "a b", "stop words: 0"},
		{Step{Kind: Stem, Stemmer: stem.Porter}, "Generalizations  of, dying", "gener of, die", "stem: porter"},
		{Step{Kind: Stem, Stemmer: stem.PorterOriginal}, "as s is", "a  i", "stem: porter-original"},
		{Step{Kind: Stem, Stemmer: stem.SnowballEnglish, Pattern: `(\w+)ly|\w`}, "fairly x", "fair ",
			`stem: snowball-english, tokens '(\w+)ly|\w'`},
	} {
		p := program(t, c.step)
		if got := string(p.AppendPrepared([]byte("before "), c.text)); got != "before "+c.want {
			t.Errorf("%v: %q becomes %q, want %q", p.Describe(), c.text, got, c.want)
		}
		if got := p.Describe(); !slices.Equal(got, []string{c.line}) {
			t.Errorf("described as %q, want %q", got, c.line)
		}
	}
}

func TestProgram(t *testing.T) {
	p := everything(t)
	text := "The CATS &amp; 12 dogs were running\u2014quickly!\n\nSee https://a.example/x?y=&lt;z  \xff"
	want := "cat dog run quickli"
	for range 3 {
		if got := string(p.AppendPrepared(nil, text)); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				if got := string(p.AppendPrepared(nil, text)); got != want {
					t.Errorf("%q becomes %q, want %q", text, got, want)
				}
			}
		})
	}
	wait.Wait()
	if got := string(program(t).AppendPrepared(nil, "a\xffb")); got != "a\ufffdb" {
		t.Errorf("a program without steps gives %q", got)
	}
}

func everything(tb testing.TB) *Program {
	return program(tb, Step{Kind: Lower}, Step{Kind: Unescape}, Step{Kind: Remove, Remove: URLs, With: " "},
		Step{Kind: Replace, Pattern: `\d+`, With: ""}, Step{Kind: Keep, Keep: Letters | Spaces, With: " "}, Step{Kind: Strip},
		Step{Kind: Collapse},
		Step{Kind: StopWords, Words: stopwords.English()}, Step{Kind: Stem, Stemmer: stem.Porter})
}

// TestKeepIsItsExpression compares keep, for all characters, with the regular expression in the package comment.
func TestKeepIsItsExpression(t *testing.T) {
	exprs := []string{"a-zA-Z", "0-9", `\s`, " ", `\w`, `\d`}
	var all strings.Builder
	for r := range rune(0x3100) {
		all.WriteRune(r)
	}
	for keep := Characters(1); keep <= allCharacters; keep++ {
		class := ""
		for i, expr := range exprs {
			if keep>>i&1 != 0 {
				class += expr
			}
		}
		got := program(t, Step{Kind: Keep, Keep: keep, With: "-"}).AppendPrepared(nil, all.String())
		want := program(t, Step{Kind: Replace, Pattern: "[^" + class + "]", With: "-"}).AppendPrepared(nil, all.String())
		if !bytes.Equal(got, want) {
			t.Errorf("keeping %v differs from [^%s]", keep, class)
		}
	}
}

func TestEncode(t *testing.T) {
	b := program(t, Step{Kind: StopWords, Words: []string{"b", "a", "b"}},
		Step{Kind: Replace, Pattern: "x+", With: "é"}).Encode()
	if want := "\x02\x07\x00\x02\x01a\x01b\x02\x02x+\x02é"; string(b) != want {
		t.Errorf("encoded as %q, want %q", b, want)
	}
	p := everything(t)
	again, err := Parse(p.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Describe(), p.Describe()) {
		t.Errorf("parsed again as %q, want %q", again.Describe(), p.Describe())
	}
	text := "The 3 CATS"
	if got, want := again.AppendPrepared(nil, text), p.AppendPrepared(nil, text); !bytes.Equal(got, want) {
		t.Errorf("parsed again it makes %q, want %q", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ bytes, says string }{
		{"", "too early"},
		{"\x01", "too early"},
		{"\x01\x00\x00", "one form"},
		{"\x81\x00\x00", "one form"},
		{"\x01\x09", "unknown kind"},
		{"\x01\x02\x01(\x00", "unterminated"},
		{"\x01\x02\x01a\x02\\1", "invalid group reference"},
		{"\x01\x02\x05(?=a)\x00", "look-ahead"},
		{"\x01\x03\x00\x00", "which characters"},
		{"\x01\x03\x40\x00", "which characters"},
		{"\x01\x04\x03\x00", "what to remove"},
		{"\x01\x07\x00\x02\x01b\x01a", "one form"},
		{"\x01\x07\x06(a)(b)\x00", "2 groups"},
		{"\x01\x07\x00\xff\xff\xff\xff\x0f", "too early"},
		{"\x01\x08\x04\x00", "unknown stemmer"},
		{"\x01\x08\x00\x01\xff", "UTF-8"},
		{"\x65" + strings.Repeat("\x00", 0x65), "at most 100"},
	} {
		if p, err := Parse([]byte(c.bytes)); err == nil || p != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want an error with %q", c.bytes, err, c.says)
		}
	}
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector drops pooled buffers")
	}
	p := everything(t)
	text := strings.Repeat("The observatories &amp; 12 visits, https://a.example <b>", 30)
	dst := p.AppendPrepared(nil, text)
	if n := testing.AllocsPerRun(100, func() { dst = p.AppendPrepared(dst[:0], text) }); n >= 1 {
		t.Errorf("%v allocations for each text", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(everything(f).Encode(), "The CATS &amp; 12 dogs")
	f.Add([]byte("\x02\x07\x00\x02\x01a\x01b\x02\x02x+\x02é"), "a\xff xx b")
	f.Add([]byte("\x01\x08\x03\x03\\w+"), "running")
	f.Fuzz(func(t *testing.T, b []byte, text string) {
		p, err := Parse(b)
		if (p == nil) != (err != nil) {
			t.Fatalf("%v and %v", p, err)
		}
		if err != nil || len(p.steps) > 4 || len(text) > 200 {
			return // a few steps can make a text very long
		}
		if again := p.Encode(); !bytes.Equal(again, b) {
			t.Errorf("%q is encoded again as %q", b, again)
		}
		once := string(p.AppendPrepared(nil, text))
		if again := string(p.AppendPrepared([]byte("x"), text)); again != "x"+once {
			t.Errorf("%q becomes %q and then %q", text, once, again)
		}
	})
}

func BenchmarkPrepare(b *testing.B) {
	text := "I've been to the observatory twice (in 2019 and 2021), and honestly? The second time was better: they had replaced the " +
		"mirror, the guide knew her stuff, and nobody had to queue for 45 minutes &amp; more. See https://observatory.example/visit"
	for _, c := range []struct {
		name string
		p    *Program
	}{
		{"lower and letters", program(b, Step{Kind: Lower}, Step{Kind: Keep, Keep: Letters, With: " "})},
		{"stop words and stem", program(b, Step{Kind: StopWords, Words: stopwords.English()},
			Step{Kind: Stem, Stemmer: stem.Porter})},
		{"everything", everything(b)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var dst []byte
			for b.Loop() {
				dst = c.p.AppendPrepared(dst[:0], text)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	encoded := everything(b).Encode()
	for b.Loop() {
		if _, err := Parse(encoded); err != nil {
			b.Fatal(err)
		}
	}
}
