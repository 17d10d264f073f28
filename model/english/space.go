package english

import "unicode/utf8"

// isSpace reports whether r is white space for Python's str.isspace. The set is the same in all releases of Python 3.
func isSpace(r rune) bool {
	switch {
	case r <= ' ':
		return r == ' ' || '\t' <= r && r <= '\r' || 0x1C <= r && r <= 0x1F
	case r < 0x1680:
		return r == 0x85 || r == 0xA0
	}
	return r == 0x1680 || 0x2000 <= r && r <= 0x200A || r == 0x2028 || r == 0x2029 || r == 0x202F || r == 0x205F ||
		r == 0x3000
}

// runEnd returns the end of the run that starts at i, of white space if space is set or else of other characters.
func runEnd(text string, i int, space bool) int {
	for i < len(text) {
		if c := text[i]; c < utf8.RuneSelf {
			if (c <= ' ' && isSpace(rune(c))) != space {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if isSpace(r) != space {
			break
		}
		i += n
	}
	return i
}

// NextChunk returns the first chunk of text at or after i: a maximal run of characters that are not white space in
// Python. It returns an empty chunk at the end of the text. All features come from chunks.
func NextChunk(text string, i int) (start, end int) {
	start = runEnd(text, i, true)
	return start, runEnd(text, start, false)
}

// strip returns s without leading and trailing white space.
func strip(s string) string {
	start := runEnd(s, 0, true)
	for start < len(s) {
		r, n := utf8.DecodeLastRuneInString(s)
		if !isSpace(r) {
			break
		}
		s = s[:len(s)-n]
	}
	return s[start:]
}

// spaceAt reports whether s, which must not be empty, begins with white space.
func spaceAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isSpace(r)
}
