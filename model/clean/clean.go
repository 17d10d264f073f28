// Package clean cleans a raw comment before it is tokenized.
//
// Both modes take the following steps in order. Each step works on the whole result of the one before.
//
//  1. The encoding is corrected (see below).
//  2. HTML character references become characters, as in Python's html.unescape: all 2,231 names, the longest name if
//     the semicolon is missing, and numbers with the replacements and omissions of HTML 5.
//  3. CR LF becomes one space, then each other CR one space.
//  4. "&gt;" becomes " > " and "&lt;" becomes " < " (these were escaped twice).
//  5. "--" becomes " - ", from left to right.
//  6. "<U+2019>", a way to print characters that a terminal cannot show, is replaced (see below). The U may be
//     lower-case.
//  7. Markdown links are replaced (see below).
//  8. Backslashes are removed.
//
// [Original] reproduces the program with which the models were first trained, including its mistakes. Step 1 assumes
// that the text was read as ISO-8859-1. It decodes the bytes as UTF-8 or, if they are not valid, as Windows code page
// 1252. If a character is above U+00FF or a byte is undefined in the code page, the original raises an error; here the
// text remains as it is. Step 6 writes " U2019 ", with any letters and digits. Step 7 replaces everything from the
// first "[" of a line to its last ")", if "](" is between them, by " \x01 \x02 ": group references that were escaped
// wrongly. Only LF ends a line, and step 3 removes most of them.
//
// [Unicode] does what was intended, for text from any source. Step 1 repairs single characters that were decoded
// wrongly (see repair.go) and changes nothing else. Step 6 writes the character. Step 7 writes the text and the address
// of the link.
//
// A Go string can have bytes that are not UTF-8. Each counts as U+FFFD, as in encoding/json. The result is always valid
// UTF-8. NUL is an ordinary character. Python 3.11 refuses a number of more than 4,300 digits in "&#…;"; here it is
// treated as too large.
package clean

import (
	"fmt"
	"unsafe"
)

// Mode is a way of cleaning.
type Mode int

// The modes. The package comment describes them.
const (
	Original Mode = iota
	Unicode
)

// ParseMode returns the mode with the name "original" or "unicode".
func ParseMode(s string) (Mode, error) {
	for _, m := range []Mode{Original, Unicode} {
		if s == m.String() {
			return m, nil
		}
	}
	return 0, fmt.Errorf("unknown cleaning mode %q: use %q or %q", s, Original, Unicode)
}

// String returns the name of the mode, which [ParseMode] accepts.
func (m Mode) String() string {
	switch m {
	case Original:
		return "original"
	case Unicode:
		return "unicode"
	}
	return fmt.Sprintf("Mode(%d)", int(m))
}

// Clean returns the cleaned text. If nothing changes, as for most comments, it returns text itself.
func (m Mode) Clean(text string) string {
	out, changed := m.apply(nil, text)
	if !changed || string(out) == text {
		return text
	}
	return string(out)
}

// Append appends the cleaned text to dst. The time is linear in the length of text. It allocates only to grow dst; a
// capacity of four times the text is enough for all but hostile texts.
func (m Mode) Append(dst []byte, text string) []byte {
	out, changed := m.apply(dst, text)
	if !changed {
		return append(dst, text...)
	}
	return out
}

// CleanWith is like [Mode.Clean] with a buffer for many texts. cleaned is text itself if nothing changes, or else a
// view of grown, which is valid until the buffer is used again. grown is buf, reallocated if it was too small, for the
// next call.
func (m Mode) CleanWith(buf []byte, text string) (cleaned string, grown []byte) {
	out, changed := m.apply(buf[:0], text)
	if !changed {
		return text, buf
	}
	return view(out), out
}

// apply appends the cleaned text to dst. If nothing changes it returns false and leaves dst alone.
//
// Stages that change the text append their results to dst one after another. The last result is then moved to the
// front, so that no second buffer is needed.
func (m Mode) apply(dst []byte, text string) (out []byte, changed bool) {
	seen := kinds(text)
	if seen&(isHigh|isReference|isRule|isOpen) == 0 {
		return dst, false
	}
	base := len(dst)
	decoded := false
	if seen&(isHigh|isReference) != 0 {
		dst, text, decoded = m.decode(dst, text, seen)
	}
	start := len(dst)
	dst, changed = m.rules(dst, text)
	if !decoded {
		return dst, changed
	}
	if !changed { // the result is what decode left at the end of dst
		start -= len(text)
	}
	n := copy(dst[base:], dst[start:])
	return dst[:base+n], true
}

// decode does steps 1 and 2. It appends a changed text to dst, and the returned text is a view of it.
func (m Mode) decode(dst []byte, text string, seen class) (out []byte, decoded string, changed bool) {
	enc := asIs
	switch {
	case seen&isHigh == 0:
	case m == Original:
		enc = detect(text)
	default:
		enc = controls
		if repairable(text) {
			start := len(dst)
			dst = repair(dst, text)
			text, changed = view(dst[start:]), true
		}
	}
	if changesText(text, enc) {
		start := len(dst)
		dst = unescape(dst, text, enc)
		text, changed = view(dst[start:]), true
	}
	return dst, text, changed
}

// view returns b as a string without copying it. While the string is in use, the stages only append after b.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Latin1 decodes b as ISO-8859-1: each byte is one character.
func Latin1(b []byte) string {
	n := len(b)
	for _, c := range b {
		n += int(c >> 7)
	}
	s := make([]byte, 0, n)
	for _, c := range b {
		if c < 0x80 {
			s = append(s, c)
		} else {
			s = append(s, 0xC0|c>>6, 0x80|c&0x3F)
		}
	}
	return string(s)
}
