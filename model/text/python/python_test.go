package python

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLower(t *testing.T) {
	for text, want := range map[string]string{
		"ÀÉ, ABC":    "àé, abc",
		"ΟΔΟΣ":       "οδος",
		"ΟΔΟΣ' Σ":    "οδος' σ",
		"Σ":          "σ",
		"AΣ.\u0301B": "aσ.\u0301b",
		"İ":          "i\u0307",
		"ẞ ǅ Ⅷ Ⓐ":    "ß ǆ ⅷ ⓐ",
		"\xff\xc3A":  "\xff\xc3a",
	} {
		if got := string(AppendLower(nil, text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAccents(t *testing.T) {
	for text, want := range map[string][2]string{
		"Élan naïve":    {"Elan naive", "Elan naive"},
		"e\u0301\u0327": {"e", "e"},
		"ﬁ ½ ① ㎏":       {"fi 1⁄2 1 kg", "fi 12 1 kg"},
		"한국":            {"\u1112\u1161\u11ab\u1100\u116e\u11a8", ""},
		"Ø ł ß":         {"Ø ł ß", "  "},
		"\u00a0¨":       {"  ", "  "},
		"\xffé":         {"\xffe", "e"},
	} {
		if got := string(AppendStripped(nil, text)); got != want[0] {
			t.Errorf("%q: %q, want %q", text, got, want[0])
		}
		if got := string(AppendASCII(nil, text)); got != want[1] {
			t.Errorf("%q: %q, want %q", text, got, want[1])
		}
	}
}

func TestIsDecomposed(t *testing.T) {
	for text, want := range map[string]bool{
		"plain": true, "é": false, "e\u0301": true, "e\u0327\u0301": true, "e\u0301\u0327": false, "ﬁ": false, "한": false,
		"日":              true,
		"e\u0301 \u0327": true, "e\u0301日\u0327": true,
	} {
		if got := IsDecomposed(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestTraits compares with Go's tables if both are of the same Unicode release.
func TestTraits(t *testing.T) {
	if unicode.Version != "15.0.0" {
		t.Skip("Go has Unicode " + unicode.Version)
	}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if got, want := IsSpace(r), unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f; got != want {
			t.Errorf("%U is white space: %v", r, got)
		}
		if got, want := IsAlnum(r), unicode.IsLetter(r) || unicode.IsNumber(r); got != want {
			t.Errorf("%U is a letter or a number: %v", r, got)
		}
		if got, want := IsDecimal(r), unicode.IsDigit(r); got != want {
			t.Errorf("%U is a decimal digit: %v", r, got)
		}
		if got, want := ToLower(r), unicode.ToLower(r); got != want {
			t.Errorf("%U in lower case: %U, want %U", r, got, want)
		}
		if want := unicode.ToLower(r); r != 'İ' && utf8.ValidRune(r) {
			if got := string(AppendLower(nil, string(r))); got != string(want) {
				t.Errorf("%U in lower case: %q, want %q", r, got, want)
			}
		}
	}
}

func TestLowered(t *testing.T) {
	last, count := rune(-1), 0
	for r, lower := range Lowered {
		if r <= last || ToLower(r) != lower || lower == r {
			t.Errorf("%U after %U becomes %U", r, last, lower)
		}
		last = r
		count++
	}
	for r := range rune(utf8.MaxRune + 1) {
		if ToLower(r) != r {
			count--
		}
	}
	if count != 0 {
		t.Errorf("%d too many", count)
	}
}
