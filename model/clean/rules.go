package clean

import (
	"strings"
	"unicode/utf8"
)

// rules does steps 3 to 8. It appends the result to dst, or returns false if nothing changes.
//
// All replacements are made in one pass from left to right. The steps can be combined because no step joins parts to
// something that a later step replaces: what a step writes begins and ends with a space, or is a character beyond
// ASCII. Links are the exception. They are searched line by line in the output, which still has the backslashes.
func (m Mode) rules(dst []byte, text string) (out []byte, changed bool) {
	w := writer{mode: m, dst: dst, text: text, open: -1, lastLink: -1, mask: isRule | isOpen}
	for i := indexClass(text, 0, w.mask); i < len(text); i = indexClass(text, i, w.mask) {
		i = w.step(i)
	}
	if w.done == 0 && w.open < 0 {
		return dst, false
	}
	w.flush(len(text))
	w.endLine()
	return w.dst, true
}

// writer is the state of rules.
type writer struct {
	mode Mode
	dst  []byte
	text string
	done int   // text before this index is written
	open int   // position in dst of the first bracket of the line; -1 if there is none yet
	mask class // classes of bytes to stop at

	lastLink int // position in text of the last "](" once there was a bracket; -1 before
}

// step processes the byte at i and returns the index at which to continue.
func (w *writer) step(i int) int {
	rest := w.text[i:]
	switch rest[0] {
	case '\r':
		if strings.HasPrefix(rest, "\r\n") {
			return w.replace(i, 2, " ")
		}
		return w.replace(i, 1, " ")
	case '&':
		if strings.HasPrefix(rest, "&gt;") {
			return w.replace(i, 4, " > ")
		}
		if strings.HasPrefix(rest, "&lt;") {
			return w.replace(i, 4, " < ")
		}
	case '-':
		if strings.HasPrefix(rest, "--") {
			return w.replace(i, 2, " - ")
		}
	case '<':
		if digits := codePoint(rest); digits != "" {
			return w.character(i, digits)
		}
	case '\\':
		if w.open < 0 {
			return w.replace(i, 1, "")
		}
	case '[':
		w.openBracket(i)
	case '\n':
		w.flush(i)
		w.endLine()
	}
	return i + 1
}

// flush writes the text before index i.
func (w *writer) flush(i int) {
	w.dst = append(w.dst, w.text[w.done:i]...)
	w.done = i
}

// replace writes by instead of the n bytes at i, and returns the index after them.
func (w *writer) replace(i, n int, by string) int {
	w.flush(i)
	w.dst = append(w.dst, by...)
	w.done = i + n
	return w.done
}

// openBracket records the first bracket of a line that may have a link.
func (w *writer) openBracket(i int) {
	if w.open >= 0 {
		return
	}
	if w.lastLink < 0 {
		w.lastLink = strings.LastIndex(w.text, "](")
	}
	if i > w.lastLink {
		w.mask &^= isOpen
		return
	}
	w.flush(i)
	w.open = len(w.dst)
	w.mask |= isNewline
}

// endLine replaces the links of the line and removes its backslashes.
func (w *writer) endLine() {
	if w.open < 0 {
		return
	}
	line := w.open
	if w.mode == Original {
		w.dst = greedyLink(w.dst, line)
	} else {
		links(w.dst[line:])
	}
	w.dst = w.dst[:line+removeBackslashes(w.dst[line:])]
	w.open = -1
	w.mask &^= isNewline
}

// codePoint returns the digits of the form <U+0123> at the start of text, or "". As in the original, any ASCII letter
// counts as a digit.
func codePoint(text string) string {
	if len(text) < 5 || text[1]|0x20 != 'u' || text[2] != '+' {
		return ""
	}
	i := 3
	for i < len(text) && isAlphanumeric(text[i]) {
		i++
	}
	if i == len(text) || text[i] != '>' {
		return ""
	}
	return text[3:i]
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// character writes the replacement of the form <U+digits> at i, and returns the index after it.
func (w *writer) character(i int, digits string) int {
	w.flush(i)
	w.done = i + len("<U+>") + len(digits)
	if w.mode == Unicode {
		if r, n := parseCodePointForm(w.text[i:]); n > 0 {
			w.dst = utf8.AppendRune(w.dst, r)
			w.done = i + n
			return w.done
		}
	}
	w.dst = append(w.dst, " U"...)
	w.dst = append(w.dst, digits...)
	w.dst = append(w.dst, ' ')
	return w.done
}
