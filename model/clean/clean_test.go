package clean_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/clean"
	"reddit-classifier/test/shared"
	"reddit-classifier/test/vectors"
)

// golden is a real comment, read as ISO-8859-1, and the result of the original program.
type golden struct{ ID, Raw, Clean string }

func readGolden(tb testing.TB) (cases []golden) {
	file, err := os.Open(shared.File(tb, "golden", "clean_train.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	for dec := json.NewDecoder(plain); dec.More(); {
		var c golden
		if err := dec.Decode(&c); err != nil {
			tb.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

func TestOriginalGolden(t *testing.T) {
	cases, wrong := readGolden(t), 0
	for _, c := range cases {
		if got := clean.Original.Clean(c.Raw); got != c.Clean {
			if wrong++; wrong <= 5 {
				t.Errorf("%s: cleaned to\n%q, the original to\n%q", c.ID, got, c.Clean)
			}
		}
	}
	if wrong > 0 || len(cases) != 5686 {
		t.Errorf("%d of %d cases are wrong; there should be 5,686", wrong, len(cases))
	}
}

// TestOriginalVectors compares with the original program on comments written for this project.
func TestOriginalVectors(t *testing.T) {
	var got []vectors.Cleaned
	for _, c := range vectors.Comments(t) {
		got = append(got, vectors.Cleaned{ID: c.ID, Raw: c.Text, Clean: clean.Original.Clean(c.Text)})
	}
	if diff := cmp.Diff(vectors.Clean(t), got); diff != "" {
		t.Errorf("(-original +ours):\n%s", diff)
	}
}

func TestParseMode(t *testing.T) {
	for _, m := range []clean.Mode{clean.Original, clean.Unicode} {
		if got, err := clean.ParseMode(m.String()); err != nil || got != m {
			t.Errorf("ParseMode(%q) = %v, %v", m.String(), got, err)
		}
	}
	for _, s := range []string{"", "Original", "latin-1"} {
		if _, err := clean.ParseMode(s); err == nil || !strings.Contains(err.Error(), `"unicode"`) {
			t.Errorf("ParseMode(%q) gives the error %v, which does not list what there is", s, err)
		}
	}
	if got := clean.Mode(7).String(); got != "Mode(7)" {
		t.Errorf("an unknown mode is called %q", got)
	}
}

func TestLatin1(t *testing.T) {
	if got := clean.Latin1([]byte("a\x00\x7f\x80\xe9\xff")); got != "a\x00\x7f\u0080éÿ" {
		t.Errorf("Latin1 = %q", got)
	}
}

// rules has inputs for each rule, alone and combined, and the result of each mode.
var rules = []struct{ name, text, original, unicode string }{
	{"nothing", "", "", ""},
	{"plain", "Nothing to do here, is there?", "Nothing to do here, is there?", "Nothing to do here, is there?"},
	{"lone specials", "a & b < c - d [e] (f) ;-)\n", "a & b < c - d [e] (f) ;-)\n", "a & b < c - d [e] (f) ;-)\n"},
	{"NUL", "a\x00b\x00", "a\x00b\x00", "a\x00b\x00"},
	{"invalid UTF-8", "a\xffb\xe2\x82c", "a\ufffdb\ufffd\ufffdc", "a\ufffdb\ufffd\ufffdc"},

	{"CR LF", "a\r\nb\rc\nd\r\r\ne\n\rf", "a b c\nd  e\n f", "a b c\nd  e\n f"},
	{"CR by number", "a&#13;\nb&#xd;c", "a b c", "a b c"},
	{"dashes", "a--b---c----d", "a - b - -c -  - d", "a - b - -c -  - d"},
	{"dash by number", "a&#45;-b", "a - b", "a - b"},
	{"dash CR dash", "-\r-", "- -", "- -"},
	{"angle", "&gt;quoted &lt;b&gt;", ">quoted <b>", ">quoted <b>"},
	{"angle twice", "a&amp;gt;b&amp;lt;c", "a > b < c", "a > b < c"},
	{"angle thrice", "&amp;amp;gt;", "&amp;gt;", "&amp;gt;"},
	{"angle and dash", "-&amp;gt;-", "- > -", "- > -"},
	{"backslash", `\\ a\_b \*c* \`, " a_b *c* ", " a_b *c* "},

	{"names", "caf&eacute; &AMP;&nbsp;&#8217;", "café &\u00a0’", "café &\u00a0’"},
	{"no semicolon", "&ampx &notit; &notin; &eacutex &ltU", "&x ¬it; ∉ éx <U", "&x ¬it; ∉ éx <U"},
	{"no name", "AT&T R&D &; & &x; &#; &#x; &#xg;", "AT&T R&D &; & &x; &#; &#x; &#xg;",
		"AT&T R&D &; & &x; &#; &#x; &#xg;"},
	{"two characters", "&NotEqualTilde;&fjlig;", "≂̸fj", "≂̸fj"},
	{"numbers", "&#65;&#x41&#X41;&#0065;", "AAAA", "AAAA"},
	{"replaced numbers", "&#0;&#128;&#x92;&#129;&#xD800;&#1114112;&#99999999999999999999;",
		"\ufffd€’\u0081\ufffd\ufffd\ufffd", "\ufffd€’\u0081\ufffd\ufffd\ufffd"},
	{"nothing left", "&#1;", "", ""},
	{"dropped numbers", "a&#1;&#11;&#31;&#127;&#xFDD0;&#xFFFE;&#x10FFFF;b&#9;&#10;&#12;", "ab\t\n\f", "ab\t\n\f"},
	{"once only", "&amp;eacute;", "&eacute;", "&eacute;"},

	{"code point", "don<U+2019>t <u+1F44F>", "don U2019 t  U1F44F ", "don’t 👏"},
	{"code point of R on Windows", "<U+0001F600><U+D83D><U+DE02>", " U0001F600  UD83D  UDE02 ", "😀😂"},
	{"no code point", "<U+> <U+12 <U 12> <V+12>", "<U+> <U+12 <U 12> <V+12>", "<U+> <U+12 <U 12> <V+12>"},
	{"any letters", "<U+science> <U+110000> <U+0041> <U+D800>", " Uscience   U110000   U0041   UD800 ",
		" Uscience   U110000   U0041   UD800 "},
	{"escaped code point", "&lt;U+2019&gt;", " U2019 ", "’"},

	{"link", "see [the study](http://a.b/c), ok", "see  \x01 \x02 , ok", "see  the study http://a.b/c , ok"},
	{"shortest link", "[]()x\n[]()", " \x01 \x02 x\n \x01 \x02 ", "   x\n   "},
	{"greedy link", "a [b](c) d [e](f) g) h", "a  \x01 \x02  h", "a  b c  d  e f  g) h"},
	{"links of two paragraphs", "[a](b)\r\nx\r\n[c](d)", " \x01 \x02 ", " a b  x  c d "},
	{"links of two lines", "[a](b)\nx\n[c](d)", " \x01 \x02 \nx\n \x01 \x02 ", " a b \nx\n c d "},
	{"no link", "[a] (b) ]( [c](d", "[a] (b) ]( [c](d", "[a] (b) ]( [c](d"},
	{"bracket behind", "](a) [b", "](a) [b", "](a) [b"},
	{"link over lines", "[a](b\nc)", "[a](b\nc)", "[a](b\nc)"},
	{"escaped link", `[a]\(b) \[c](d)`, " \x01 \x02 ", "[a](b) [c](d)"},
	{"parentheses in the address", "[a](http://b/c_(d)) e", " \x01 \x02  e", " a http://b/c_(d)  e"},
	{"brackets in the text", "[[1]](http://b)", " \x01 \x02 ", " [1] http://b "},
	{"smileys", "[a :) b](c) :(", " \x01 \x02  :(", " a :) b c  :("},
	{"bracket in the address", "[a](b[c]d[e)", " \x01 \x02 ", " a b[c]d[e "},
	{"link in parentheses", "([a](b))", "( \x01 \x02 ", "( a b )"},
	{"dashes in a link", `[a--b](c\_d)`, " \x01 \x02 ", " a - b c_d "},

	{"UTF-8 as ISO-8859-1", "na\u00c3\u00afve \u00e2\u0080\u0099", "naïve ’", "naïve ’"},
	{"cp1252 as ISO-8859-1", "it\u0092s caf\u00e9", "it’s café", "it’s café"},
	{"no cp1252 either", "it\u0092s \u0081", "it\u0092s \u0081", "it’s \u0081"},
	{"one wrong byte", "na\u00c3\u00afve caf\u00e9", "naÃ¯ve café", "naïve café"},
	{"above U+00FF", "na\u00c3\u00afve ’", "naÃ¯ve ’", "naïve ’"},
	{"UTF-8 as cp1252", "donâ€™t â€œquoteâ€\u009d ðŸ˜€", "donâ€™t â€œquoteâ€\u009d ðŸ˜€", "don’t “quote” 😀"},
	{"twice as cp1252", "donÃ¢â‚¬â„¢t", "donÃ¢â‚¬â„¢t", "don’t"},
	{"twice, mixed", "donÃ¢Â€Â™t", "donÃ¢Â€Â™t", "don’t"},
	{"overlong", "\u00c0\u0080", "À€", "À€"},
	{"correct text", "„Spaß“ “CAFÉ” «é…” 5 Å² 2×½ Ü™ ελληνικά 日本語 👏🏽", "„Spaß“ “CAFÉ” «é…” 5 Å² 2×½ Ü™ ελληνικά 日本語 👏🏽",
		"„Spaß“ “CAFÉ” «é…” 5 Å² 2×½ Ü™ ελληνικά 日本語 👏🏽"},
	{"Cyrillic as cp1252", "ÐµÑ‰Ðµ", "ÐµÑ‰Ðµ", "еще"},
}

func TestRules(t *testing.T) {
	for _, c := range rules {
		t.Run(c.name, func(t *testing.T) {
			if got := clean.Original.Clean(c.text); got != c.original {
				t.Errorf("original(%q)\n is  %q\n not %q", c.text, got, c.original)
			}
			if got := clean.Unicode.Clean(c.text); got != c.unicode {
				t.Errorf("unicode(%q)\n is  %q\n not %q", c.text, got, c.unicode)
			}
			for _, m := range []clean.Mode{clean.Original, clean.Unicode} {
				if got, want := string(m.Append([]byte("before "), c.text)), "before "+m.Clean(c.text); got != want {
					t.Errorf("%v appends %q, not %q", m, got, want)
				}
			}
		})
	}
}

func TestNoAllocation(t *testing.T) {
	same := []string{"", "Plain text, with a hyphen - or so.", "R&D at AT&T [sic] “curly” naïve 👏 :-) <3"}
	for _, m := range []clean.Mode{clean.Original, clean.Unicode} {
		m.Clean("&amp;") // makes the table of names
		for _, text := range same {
			if n := testing.AllocsPerRun(100, func() { m.Clean(text) }); n != 0 {
				t.Errorf("%v: Clean(%q) allocates %v times", m, text, n)
			}
		}
		dst := make([]byte, 0, 4096)
		for _, c := range rules {
			if n := testing.AllocsPerRun(10, func() { m.Append(dst, c.text) }); n != 0 {
				t.Errorf("%v: Append(%q) allocates %v times", m, c.text, n)
			}
		}
	}
}
