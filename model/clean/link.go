package clean

import "bytes"

// greedyLink replaces the link in dst[open:], a line from its first bracket on, as mode Original does. There is one at
// most: it ends with the line's last parenthesis.
func greedyLink(dst []byte, open int) []byte {
	line := dst[open:]
	end := bytes.LastIndexByte(line, ')')
	if end < 0 || bytes.LastIndex(line[:end], []byte("](")) < 0 {
		return dst
	}
	const slip = " \x01 \x02 "
	rest := line[end+1:]
	if end+1 < len(slip) { // "[]()" is shorter than what replaces it
		dst = append(dst, 0)
	}
	n := copy(dst[open+len(slip):cap(dst)], rest)
	copy(dst[open:], slip)
	return dst[:open+len(slip)+n]
}

// maxNesting is how many brackets and parentheses are remembered. Where more are open, all are taken for plain text.
const maxNesting = 32

// opener is an open bracket or parenthesis.
type opener struct {
	at      int
	kind    byte // [ or (
	bracket int  // of a parenthesis that holds an address: where the link begins; else -1
}

// links replaces each link of the line by its text and its address, with a space before, between and behind. It works
// in place: a backslash stands for the fourth character, and is removed with the others. Brackets and parentheses count
// where they are balanced within the line and not escaped by a backslash; a smiley does no harm.
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

// nesting is a stack of what is open.
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

// closeBracket returns where the bracket is that a "]" closes, and forgets what was open in it. A "]" in an address
// closes nothing outside of that.
func (s *nesting) closeBracket() (at int, ok bool) {
	for d := s.depth - 1; d >= 0 && s.open[d].bracket < 0; d-- {
		if s.open[d].kind == '[' {
			s.depth = d
			return s.open[d].at, true
		}
	}
	return 0, false
}

// closeParenthesis returns the parenthesis that a ")" closes, and forgets what was open in it. A ")" in a link's text
// closes nothing outside of that, but the end of an address wins over a bracket in it.
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

// removeBackslashes moves what is left of b to its front, and returns the length of that.
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
