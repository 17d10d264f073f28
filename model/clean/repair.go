package clean

import (
	"strings"
	"unicode/utf8"
)

// Mode [Unicode] repairs mojibake, that is, UTF-8 which a program has read as ISO-8859-1 or code page 1252: "donâ€™t",
// "naÃ¯ve".
//
// Two to four adjacent characters are one character that was decoded wrongly if two conditions hold: their bytes are
// the valid UTF-8 encoding of one character, and nobody would write them in sequence on purpose. The first of them is
// an accented letter (bytes C2 to F4), and the others are control characters, signs or punctuation (bytes 80 to BF).
// These rules tell mojibake from the last letter of a word with punctuation after it („Spaß“, “CAFÉ”):
//
//   - with a control character U+0080 to U+009F it is mojibake, because nobody writes these;
//   - after Â, Ã, â, Î, Ï, Ð and Ñ it always is: words do not end in these in practice, and they are the first bytes of
//     all Western European letters, all punctuation, Greek and Cyrillic;
//   - after any other letter, at least one of the characters must be one that does not follow words;
//   - × is not a letter: it needs a control character.
//
// Text that was decoded wrongly several times is repaired as often, because each repaired character is tried together
// with those before it. So a second repair finds nothing, and the time is linear. Remaining control characters are then
// decoded as code page 1252 (the encoding called controls).

// wordFollowers has the characters that often follow the last letter of a word.
const wordFollowers = "…‹›‘’“”–—™«»®°±²³¹·\u00a0"

// nonFinalBytes has the bytes of the letters that no word ends with: ÂÃâÎÏÐÑ.
const nonFinalBytes = "\xC2\xC3\xE2\xCE\xCF\xD0\xD1"

// windowByte returns the byte for r in ISO-8859-1 or code page 1252. It returns false if there is none.
func windowByte(r rune) (byte, bool) {
	if r >= 0x80 && r <= 0xFF {
		return byte(r), true
	}
	if r < 'Œ' || r > '™' {
		return 0, false
	}
	for i, c := range cp1252 {
		if c == r {
			return byte(0x80 + i), true
		}
	}
	return 0, false
}

// repairable reports whether text has two adjacent characters that may be the start of mojibake.
func repairable(text string) bool {
	led := false
	for i := indexClass(text, 0, isHigh); i < len(text); {
		if text[i] < utf8.RuneSelf {
			led = false
			i = indexClass(text, i, isHigh)
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if led {
			if b, ok := windowByte(r); ok && b < 0xC0 {
				return true
			}
		}
		led = r >= 0xC2 && r <= 0xF4
		i += n
	}
	return false
}

// repair appends text to dst with mojibake repaired.
func repair(dst []byte, text string) []byte {
	base := len(dst)
	for i := 0; i < len(text); {
		run := indexClass(text, i, isHigh)
		dst = append(dst, text[i:run]...)
		if i = run; i == len(text) {
			break
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		dst = utf8.AppendRune(dst, r)
		i += n
		for changed := true; changed; {
			n, changed = repairTail(dst[base:])
			dst = dst[:base+n]
		}
	}
	return dst
}

// repairTail replaces the last two to four characters of b by one if they are mojibake. It returns the new length of b
// and whether anything changed.
func repairTail(b []byte) (int, bool) {
	var window [utf8.UTFMax]byte // filled from the end
	control, odd := false, false
	end := len(b)
	for k := len(window) - 1; k >= 0; k-- {
		r, n := utf8.DecodeLastRune(b[:end])
		c, ok := windowByte(r)
		if !ok {
			return len(b), false
		}
		window[k] = c
		end -= n
		if c >= 0xC0 {
			return replaceTail(b, end, window[k:], control, odd)
		}
		control = control || r <= 0x9F
		odd = odd || !strings.ContainsRune(wordFollowers, r)
	}
	return len(b), false
}

// replaceTail replaces b[end:] by the character that window encodes, if there is one and b[end:] is mojibake.
func replaceTail(b []byte, end int, window []byte, control, odd bool) (int, bool) {
	r, n := utf8.DecodeRune(window)
	if n == 1 || n != len(window) {
		return len(b), false
	}
	switch lead := window[0]; {
	case control:
	case lead == 0xD7:
		return len(b), false
	case strings.IndexByte(nonFinalBytes, lead) >= 0:
	case !odd:
		return len(b), false
	}
	return len(utf8.AppendRune(b[:end], r)), true
}

// parseCodePointForm returns the character for a form such as <U+0123> at the start of text, and the length of the
// form. R prints a character that a terminal cannot show in this form: with four to eight digits, or as two surrogates
// one after another. The length is 0 for anything else, and for ASCII and control characters, which R does not print in
// this form.
func parseCodePointForm(text string) (rune, int) {
	r, n := hexForm(text)
	if r >= 0xD800 && r <= 0xDBFF {
		if low, m := hexForm(text[n:]); low >= 0xDC00 && low <= 0xDFFF {
			r, n = (r-0xD800)<<10|(low-0xDC00)+0x10000, n+m
		}
	}
	if r < 0xA0 || !utf8.ValidRune(r) {
		return 0, 0
	}
	return r, n
}

// hexForm returns the number in the form <U+0123> at the start of text, and the length of the form, or 0, 0.
func hexForm(text string) (rune, int) {
	digits := ""
	if text != "" && text[0] == '<' {
		digits = codePoint(text)
	}
	if len(digits) < 4 || len(digits) > 8 {
		return 0, 0
	}
	num := rune(0)
	for i := range len(digits) {
		d := hexDigit(digits[i])
		if d == 16 {
			return 0, 0
		}
		num = min(num*16+d, utf8.MaxRune+1)
	}
	return num, len(digits) + len("<U+>")
}
