package clean

import "bytes"

// greedyLink replaces the link in dst[open:], the part of a line from its first bracket on, as mode [Original] does.
// There is at most one, which ends at the last parenthesis of the line.
func greedyLink(dst []byte, open int) []byte {
	line := dst[open:]
	end := bytes.LastIndexByte(line, ')')
	if end < 0 || bytes.LastIndex(line[:end], []byte("](")) < 0 {
		return dst
	}
	const slip = " \x01 \x02 "
	rest := line[end+1:]
	if end+1 < len(slip) { // "[]()" is shorter than its replacement
		dst = append(dst, 0)
	}
	n := copy(dst[open+len(slip):cap(dst)], rest)
	copy(dst[open:], slip)
	return dst[:open+len(slip)+n]
}

// maxNesting is the maximum number of open brackets and parentheses. If there are more, all of them are plain text.
const maxNesting = 32

// opener is an open bracket or parenthesis.
type opener struct {
	at      int
	kind    byte // [ or (
	bracket int  // for the parenthesis of an address, the start of the link; else -1
}

// links replaces each link of the line by its text and its address, with spaces before, between and after them. It
// works in place: the fourth character of a link becomes a backslash, which is removed with the others. Brackets and
// parentheses must be balanced within the line and not escaped by a backslash; a smiley does not interfere.
func links(line []byte) {
	var stack nesting
	for i := 0; i < len(line); i++ {
		if i > 0 && line[i-1] == '\\' {
			continue
		}
		switch line[i] {
		case '[', '(':
			stack.push(opener{at: i, kind: line[i], bracket: -1})
		case ']':
			bracket, ok := stack.closeBracket()
			if ok && i+1 < len(line) && line[i+1] == '(' {
				i++
				stack.push(opener{at: i, kind: '(', bracket: bracket})
			}
		case ')':
			if link, ok := stack.closeParenthesis(); ok && link.bracket >= 0 {
				line[link.bracket] = ' '
				line[link.at-1], line[link.at] = ' ', '\\'
				line[i] = ' '
			}
		}
	}
}

// nesting is a stack of the open brackets and parentheses.
type nesting struct {
	open  [maxNesting]opener
	depth int
}

func (s *nesting) push(o opener) {
	if s.depth == maxNesting {
		s.depth = 0
	}
	s.open[s.depth] = o
	s.depth++
}

// closeBracket returns the position of the bracket that a "]" closes, and drops what was opened after it. A "]" in an
// address does not close a bracket outside the address.
func (s *nesting) closeBracket() (at int, ok bool) {
	for d := s.depth - 1; d >= 0 && s.open[d].bracket < 0; d-- {
		if s.open[d].kind == '[' {
			s.depth = d
			return s.open[d].at, true
		}
	}
	return 0, false
}

// closeParenthesis returns the parenthesis that a ")" closes, and drops what was opened after it. A ")" in the text of
// a link does not close a parenthesis outside the text. The end of an address takes precedence over an open bracket in
// it.
func (s *nesting) closeParenthesis() (opener, bool) {
	for d := s.depth - 1; d >= 0; d-- {
		o := s.open[d]
		if o.bracket >= 0 || o.kind == '(' && d == s.depth-1 {
			s.depth = d
			return o, true
		}
	}
	return opener{}, false
}

// removeBackslashes removes the backslashes of b in place, and returns the length of the rest.
func removeBackslashes(b []byte) int {
	n := bytes.IndexByte(b, '\\')
	if n < 0 {
		return len(b)
	}
	for _, c := range b[n:] {
		if c != '\\' {
			b[n] = c
			n++
		}
	}
	return n
}
