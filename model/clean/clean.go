// Package clean turns a raw comment into the text that is tokenized.
//
// Both modes take these steps, in this order, each on the whole result of the one before:
//
//  1. The encoding is put right (see below).
//  2. HTML character references become characters, as Python's html.unescape does it: all 2,231 names, the longest name
//     where the semicolon is missing, numbers with the replacements and omissions that HTML 5 prescribes.
//  3. CR LF becomes one space, then every other CR one space.
//  4. "&gt;" becomes " > " and "&lt;" becomes " < " (these were escaped twice).
//  5. "--" becomes " - ", from left to right.
//  6. "<U+2019>", a way to print what a terminal cannot, is resolved (see below). The U may be lower-case.
//  7. Markdown links are resolved (see below).
//  8. Backslashes are removed.
//
// Original is the reproduction of the program that the models were first trained with, slips included. Its step 1 takes
// the text for bytes that were read as ISO-8859-1, and decodes these as UTF-8 or, where they are not valid, as Windows
// code page 1252; where a character is above U+00FF or a byte has no meaning in the code page the original raises an
// error, and we go on with the text as it is. Step 6 writes " U2019 ", whatever letters and digits there are. Step 7
// replaces all from the first "[" of a line to its last ")", if there is "](" between, by " \x01 \x02 ": group
// references that escaped wrongly. Lines end at LF alone, and most LFs were lost in step 3.
//
// Unicode does what was meant, for text from anywhere. Step 1 repairs single characters that were decoded wrongly (see
// repair.go) and leaves all else alone. Step 6 gives the character. Step 7 gives the link's text and its address.
//
// A Go string can hold bytes that are not UTF-8: each stands for U+FFFD, as in encoding/json. The result is always
// valid UTF-8. NUL is a character like any other. Where Python 3.11 refuses a number of more than 4,300 digits in
// "&#…;", we take it for what it is, too large.
package clean

import (
	"fmt"
	"unsafe"
)

// Mode is a way of cleaning.
type Mode int

// The modes; the package comment says what they do.
const (
	Original Mode = iota
	Unicode
)

// ParseMode returns the mode that is called s: "original" or "unicode".
func ParseMode(s string) (Mode, error) {
	for _, m := range []Mode{Original, Unicode} {
		if s == m.String() {
			return m, nil
		}
	}
	return 0, fmt.Errorf("unknown cleaning mode %q: use %q or %q", s, Original, Unicode)
}

// String returns the mode's name, as ParseMode takes it.
func (m Mode) String() string {
	switch m {
	case Original:
		return "original"
	case Unicode:
		return "unicode"
	}
	return fmt.Sprintf("Mode(%d)", int(m))
}

// Clean returns the cleaned text. Where nothing changes, as in most comments, that is text itself.
func (m Mode) Clean(text string) string {
	out, changed := m.apply(nil, text)
	if !changed || string(out) == text {
		return text
	}
	return string(out)
}

// Append appends the cleaned text to dst. It takes time in proportion to the length of text, and allocates only where
// dst has too little capacity: four times the text is enough for all but hostile ones.
func (m Mode) Append(dst []byte, text string) []byte {
	out, changed := m.apply(dst, text)
	if !changed {
		return append(dst, text...)
	}
	return out
}

// CleanWith is Clean for callers that clean much: the result is text itself where nothing changes, or else a view of
// buf, which it may have grown, until buf is used again.
func (m Mode) CleanWith(buf []byte, text string) (cleaned string, grown []byte) {
	out, changed := m.apply(buf[:0], text)
	if !changed {
		return text, buf
	}
	return view(out), out
}

// apply appends the cleaned text to dst, or reports that it is text unchanged and leaves dst alone.
//
// Stages that make the text different lay their results one behind the other in dst; the last is then moved down. So no
// second buffer is needed.
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

// decode takes the steps 1 and 2. What it changes is appended to dst, and the returned text is a view of that.
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
	if decodes(text, enc) {
		start := len(dst)
		dst = unescape(dst, text, enc)
		text, changed = view(dst[start:]), true
	}
	return dst, text, changed
}

// view returns b as a string without a copy. The stages only ever append behind b while the string is in use.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Latin1 returns b as a reader for ISO-8859-1 gives it: each byte is one character.
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
