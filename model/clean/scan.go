package clean

import "strings"

// class says which steps a byte may matter to.
type class uint8

const (
	isHigh      class = 1 << iota // not ASCII
	isReference                   // & may begin a character reference
	isRule                        // & < - CR \ may begin what rules replaces
	isOpen                        // [ may begin a link
	isNewline                     // LF ends a line
)

var classes = func() (t [256]class) {
	for _, c := range "<-\r\\" {
		t[c] = isRule
	}
	t['&'] = isReference | isRule
	t['['] = isOpen
	t['\n'] = isNewline
	for c := 0x80; c < len(t); c++ {
		t[c] = isHigh
	}
	return t
}()

// kindsGo is kinds for short texts, and for processors without an assembly version. The searches of package strings are
// vectorized, so six of them take less time than a loop over the bytes.
func kindsGo(text string) (seen class) {
	for _, c := range []byte("&<[\r\\") {
		if strings.IndexByte(text, c) >= 0 {
			seen |= classes[c]
		}
	}
	if strings.Contains(text, "--") {
		seen |= isRule
	}
	if !isASCII(text) {
		seen |= isHigh
	}
	return seen
}

// isASCII reports whether text is ASCII. It takes eight bytes at a time.
func isASCII(text string) bool {
	var all uint64
	for ; len(text) >= 8; text = text[8:] {
		s := text[:8]
		all |= uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	}
	for i := range len(text) {
		all |= uint64(text[i])
	}
	return all&0x8080808080808080 == 0
}

// indexClass returns the index of the first byte at or after i whose class is in mask, or len(text).
func indexClass(text string, i int, mask class) int {
	for i+8 <= len(text) && classUnion(text[i:])&mask == 0 {
		i += 8
	}
	for i < len(text) && classes[text[i]]&mask == 0 {
		i++
	}
	return i
}

// classUnion returns the union of the classes of the first eight bytes of text.
func classUnion(text string) class {
	s := text[:8]
	return classes[s[0]] | classes[s[1]] | classes[s[2]] | classes[s[3]] |
		classes[s[4]] | classes[s[5]] | classes[s[6]] | classes[s[7]]
}
