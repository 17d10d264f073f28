package clean

import "unicode/utf8"

// encoding says how the characters of a text are decoded.
type encoding int

const (
	asIs         encoding = iota
	latin1UTF8            // each character is one byte of UTF-8
	latin1CP1252          // each character is one byte of code page 1252
	controls              // characters, except that U+0080 to U+009F are bytes of code page 1252
)

// cp1252 has the characters for the bytes 0x80 to 0x9F in Windows code page 1252; 0 if undefined.
var cp1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// fromCP1252 returns the character for byte r in code page 1252, or r itself if there is none.
func fromCP1252(r rune) rune {
	if r >= 0x80 && r <= 0x9F && cp1252[r-0x80] != 0 {
		return cp1252[r-0x80]
	}
	return r
}

// detect returns the encoding of text for mode [Original].
func detect(text string) encoding {
	var utf utf8Check
	undefined := false
	for _, r := range text {
		switch {
		case r > 0xFF: // or a byte that is not UTF-8, as U+FFFD
			return asIs
		case r >= 0x80 && r <= 0x9F && cp1252[r-0x80] == 0:
			undefined = true
		}
		utf.add(byte(r))
	}
	switch {
	case utf.valid():
		return latin1UTF8
	case undefined:
		return asIs
	}
	return latin1CP1252
}

// utf8Check checks whether a sequence of bytes is valid UTF-8: table 3-7 of the Unicode standard.
type utf8Check struct {
	bad     bool
	pending int  // continuation bytes that must follow
	lo, hi  byte // range of the next one
}

func (u *utf8Check) valid() bool { return !u.bad && u.pending == 0 }

func (u *utf8Check) add(c byte) {
	if u.pending > 0 {
		u.bad = u.bad || c < u.lo || c > u.hi
		u.pending--
		u.lo, u.hi = 0x80, 0xBF
		return
	}
	u.lo, u.hi = 0x80, 0xBF
	switch {
	case c < 0x80:
	case c < 0xC2 || c > 0xF4:
		u.bad = true
	case c < 0xE0:
		u.pending = 1
	case c < 0xF0:
		u.pending = 2
	default:
		u.pending = 3
	}
	switch c {
	case 0xE0:
		u.lo = 0xA0
	case 0xED:
		u.hi = 0x9F
	case 0xF0:
		u.lo = 0x90
	case 0xF4:
		u.hi = 0x8F
	}
}

// changesText reports whether unescape changes text.
func changesText(text string, enc encoding) bool {
	for i := indexClass(text, 0, isHigh|isReference); i < len(text); i = indexClass(text, i, isHigh|isReference) {
		size := 1
		if text[i] == '&' {
			if _, n := reference(text[i:]); n > 0 {
				return true
			}
		} else {
			r, n := utf8.DecodeRuneInString(text[i:])
			if _, changed := enc.read(r, n); changed {
				return true
			}
			size = n
		}
		i += size
	}
	return false
}

// unescape appends text with its characters decoded by enc and its character references replaced.
func unescape(dst []byte, text string, enc encoding) []byte {
	start := 0
	for i := indexClass(text, 0, isHigh|isReference); i < len(text); i = indexClass(text, i, isHigh|isReference) {
		if text[i] == '&' {
			ref, n := reference(text[i:])
			if n == 0 {
				i++
				continue
			}
			dst = append(dst, text[start:i]...)
			dst = ref.append(dst)
			i += n
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r, changed := enc.read(r, n); changed {
			dst = append(dst, text[start:i]...)
			if enc == latin1UTF8 {
				dst = append(dst, byte(r))
			} else {
				dst = utf8.AppendRune(dst, r)
			}
			start = i + n
		}
		i += n
	}
	return append(dst, text[start:]...)
}

// read returns the character for r, decoded from size bytes, in the encoding. It reports whether the result differs
// from these bytes. In latin1UTF8 the result is a byte.
func (enc encoding) read(r rune, size int) (rune, bool) {
	switch {
	case r == utf8.RuneError && size == 1:
		return r, true
	case enc == latin1UTF8:
		return r, true
	case enc == latin1CP1252 || enc == controls:
		c := fromCP1252(r)
		return c, c != r
	}
	return r, false
}

// AppendUnescaped appends text to dst with its HTML character references replaced, as Python's html.unescape does.
func AppendUnescaped(dst []byte, text string) []byte { return unescape(dst, text, asIs) }
