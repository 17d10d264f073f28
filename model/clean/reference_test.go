package clean_test

import (
	"bufio"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"reddit-classifier/model/clean"
)

// The steps of the original, one after another and as plainly as possible. The fast code must give equal results.

var (
	charref   = regexp.MustCompile(`&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)`)
	codePoint = regexp.MustCompile(`<[uU]\+([a-zA-Z0-9]+)>`)
	link      = regexp.MustCompile(`\[(.*)\]\((.*)\)`)
)

const cp1252 = "€\x00‚ƒ„…†‡ˆ‰Š‹Œ\x00Ž\x00\x00‘’“”•–—˜™š›œ\x00žŸ"

func reference(text string) string {
	text = decode(string([]rune(text))) // each byte that is not UTF-8 is U+FFFD
	text = charref.ReplaceAllStringFunc(text, unescape)
	text = strings.ReplaceAll(text, "\r\n", " ")
	text = strings.ReplaceAll(text, "\r", " ")
	text = strings.ReplaceAll(text, "&gt;", " > ")
	text = strings.ReplaceAll(text, "&lt;", " < ")
	text = strings.ReplaceAll(text, "--", " - ")
	text = codePoint.ReplaceAllString(text, " U$1 ")
	text = link.ReplaceAllString(text, " \x01 \x02 ")
	return strings.ReplaceAll(text, `\`, "")
}

func decode(text string) string {
	var latin1 []byte
	for _, r := range text {
		if r > 0xFF {
			return text
		}
		latin1 = append(latin1, byte(r))
	}
	if utf8.Valid(latin1) {
		return string(latin1)
	}
	table := []rune(cp1252)
	var decoded []rune
	for _, b := range latin1 {
		r := rune(b)
		if b >= 0x80 && b <= 0x9F {
			if r = table[b-0x80]; r == 0 {
				return text
			}
		}
		decoded = append(decoded, r)
	}
	return string(decoded)
}

var names = func() map[string]string {
	file, err := os.Open("entities.txt")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	names := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, codes, found := strings.Cut(lines.Text(), "\t")
		if !found {
			continue
		}
		for _, code := range strings.Fields(codes) {
			r, err := strconv.ParseUint(code, 16, 32)
			if err != nil {
				panic(err)
			}
			names[name] += string(rune(r))
		}
	}
	return names
}()

func unescape(match string) string {
	s := match[1:]
	if s[0] != '#' {
		for x := len(s); x > 1; x-- {
			if chars, ok := names[s[:x]]; ok {
				return chars + s[x:]
			}
		}
		return match
	}
	digits, base := strings.TrimSuffix(s[1:], ";"), 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	num, err := strconv.ParseUint(digits, base, 32)
	table := []rune(cp1252)
	switch {
	case err != nil || num == 0 || num > 0x10FFFF || num >= 0xD800 && num < 0xE000:
		return "\ufffd"
	case num == '\r':
		return "\r"
	case num >= 0x80 && num <= 0x9F && table[num-0x80] != 0:
		return string(table[num-0x80])
	case num >= 0x80 && num <= 0x9F:
		return string(rune(num))
	case num < 9 || num == 11 || num > 13 && num < 32 || num == 127 || num >= 0xFDD0 && num <= 0xFDEF ||
		num%0x10000 >= 0xFFFE:
		return ""
	}
	return string(rune(num))
}

// pieces are the fragments of random texts: everything that a rule searches for, whole and in parts.
var pieces = []string{
	"&", "#", "x", ";", "amp", "gt", "lt", "&gt;", "&amp;", "&lt;", "&#13;", "&#45;", "&#91", "&notin", "&NotEqualTilde;",
	"&#x1F44F;", "&#0;", "&#150;",
	"\r", "\n", "\r\n", "-", "--", "<", ">", "<U+", "<u+2019>", "<U+D83D>", "<U+DE02>", "<U+00C3>", "U", "+", "[", "]",
	"(", ")", "](", "[a](b)", `\`, " ", "a", "e9", "1",
	"\x00", "\xff", "\xc3", "\u0080", "\u0092", "\u0099", "\u0081", "Ã", "©", "â", "€", "™", "â€™", "Ã¢", "Â", "ð", "Ÿ",
	"˜", "é", "”", "’", "\ufffd", "日", "😀",
	"&CounterClockwiseContourIntegral;", "&CounterClockwiseContourIntegrax;",
}

func drawText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
}

func TestOriginalIsReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkText(t, drawText(t))
	})
}

// checkText checks the properties that hold for any text.
func checkText(t interface{ Fatalf(string, ...any) }, text string) {
	if got, want := clean.Original.Clean(text), reference(text); got != want {
		t.Fatalf("original(%q)\n is  %q\n not %q", text, got, want)
	}
	for _, m := range []clean.Mode{clean.Original, clean.Unicode} {
		got := m.Clean(text)
		if !utf8.ValidString(got) {
			t.Fatalf("%v(%q) = %q is not UTF-8", m, text, got)
		}
		if appended := string(m.Append([]byte("Ã"), text)); appended != "Ã"+got {
			t.Fatalf("%v(%q) is %q, but appended it is %q", m, text, got, appended)
		}
	}
}

// TestUnicodeRepeats checks that cleaning twice is the same as cleaning once, for texts without anything that is meant
// to be decoded only once.
func TestUnicodeRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.NewReplacer("&", "", "-", "", "<", "", "[", "", `\`, "").Replace(drawText(t))
		once := clean.Unicode.Clean(text)
		if twice := clean.Unicode.Clean(once); twice != once {
			t.Fatalf("unicode(%q)\n is     %q\n and of that %q", text, once, twice)
		}
	})
}

// TestUnicodeRepairs checks that a text with a letter beyond ASCII is restored if all of it was decoded wrongly.
func TestUnicodeRepairs(t *testing.T) {
	for _, want := range []string{"It’s “fine” – so…", "naïve café", "10 µm², ±5 °C", "привет", "日本語です", "👏🏽 😂",
		"1 € = £0.85"} {
		latin1, windows := clean.Latin1([]byte(want)), ""
		for _, r := range latin1 {
			if c := []rune(cp1252); r >= 0x80 && r <= 0x9F && c[r-0x80] != 0 {
				r = c[r-0x80]
			}
			windows += string(r)
		}
		if got := clean.Unicode.Clean(latin1); got != want {
			t.Errorf("%q, read as ISO-8859-1, is repaired to %q", want, got)
		}
		if got := clean.Unicode.Clean(windows); got != want {
			t.Errorf("%q, read as code page 1252, is repaired to %q", want, got)
		}
	}
}

func TestEntities(t *testing.T) {
	if len(names) != 2231 {
		t.Errorf("the table has %d names, not 2,231", len(names))
	}
	for name, want := range names {
		if got := clean.Unicode.Clean("&" + name + "."); got != want+"." && !strings.ContainsAny(want, `\-`) {
			t.Errorf("&%s is %q, not %q", name, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, c := range rules {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkText(t, text) })
}
