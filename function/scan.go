package function

import (
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep arrays and objects may nest. The deepest record that has a comment in it needs six.
const maxDepth = 64

// scanner reads JSON (RFC 8259) in one pass over bytes that are known to be valid UTF-8. It is strict: no trailing commas, no
// control characters in strings, no leading zeros. Values that nobody asked for are checked and skipped without being stored,
// so the work is linear and the memory is that of the strings which are read.
//
// One thing is lenient, because a comment should not be lost over it: an escaped surrogate without its partner (\ud83d alone,
// which the grammar allows) is read as U+FFFD.
type scanner struct {
	b     []byte
	i     int
	depth int
}

// peek skips white space and returns the byte after it, zero at the end.
func (s *scanner) peek() byte {
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// accept consumes c, which is never zero, if it comes next.
func (s *scanner) accept(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.i++
	return true
}

func (s *scanner) syntax() error {
	if s.peek(); s.i >= len(s.b) {
		return badRequest("invalid_json", "the JSON ends too early, after %d bytes", len(s.b))
	}
	return badRequest("invalid_json", "not JSON at byte %d", s.i)
}

// end returns an error unless nothing but white space is left.
func (s *scanner) end() error {
	if s.peek(); s.i != len(s.b) {
		return badRequest("invalid_json", "something follows the JSON value at byte %d", s.i)
	}
	return nil
}

// object reads an object and calls member after each key; member must consume the value.
func (s *scanner) object(member func(key []byte) error) error {
	return s.list('{', '}', func() error {
		key, err := s.text()
		if err != nil {
			return err
		}
		if !s.accept(':') {
			return s.syntax()
		}
		return member(key)
	})
}

// array reads an array and calls element before each of its values; element must consume the value.
func (s *scanner) array(element func() error) error { return s.list('[', ']', element) }

// list reads what arrays and objects have in common: brackets, commas and the limit of nesting.
func (s *scanner) list(open, shut byte, item func() error) error {
	if !s.accept(open) {
		return s.syntax()
	}
	if s.depth++; s.depth > maxDepth {
		return badRequest("json_too_deep", "JSON nested deeper than %d", maxDepth)
	}
	if !s.accept(shut) {
		for {
			if err := item(); err != nil {
				return err
			}
			if s.accept(',') {
				continue
			}
			if s.accept(shut) {
				break
			}
			return s.syntax()
		}
	}
	s.depth--
	return nil
}

// raw checks any value and returns its bytes as they stand.
func (s *scanner) raw() ([]byte, error) {
	s.peek()
	from := s.i
	if err := s.skip(); err != nil {
		return nil, err
	}
	return s.b[from:s.i], nil
}

// skip checks any value and moves past it.
func (s *scanner) skip() error {
	switch c := s.peek(); c {
	case '{':
		return s.object(func([]byte) error { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		_, _, err := s.quoted()
		return err
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		return s.number()
	}
}

func (s *scanner) literal(word string) error {
	if len(s.b)-s.i < len(word) || string(s.b[s.i:s.i+len(word)]) != word {
		return s.syntax()
	}
	s.i += len(word)
	return nil
}

func (s *scanner) number() error {
	if s.i < len(s.b) && s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !s.digits() {
		return s.syntax()
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if !s.digits() {
			return s.syntax()
		}
	}
	if s.i < len(s.b) && s.b[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		if !s.digits() {
			return s.syntax()
		}
	}
	return nil
}

// digits consumes decimal digits and tells whether there was one.
func (s *scanner) digits() bool {
	from := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > from
}

// text reads a string. The result is a part of the input when nothing in it is escaped.
func (s *scanner) text() ([]byte, error) {
	inside, escaped, err := s.quoted()
	if err != nil || !escaped {
		return inside, err
	}
	return unescape(make([]byte, 0, len(inside)), inside), nil
}

// quoted reads a string and returns what stands between its quotes; escapes in it are checked but not replaced.
func (s *scanner) quoted() (inside []byte, escaped bool, err error) {
	if !s.accept('"') {
		return nil, false, s.syntax()
	}
	from := s.i
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return s.b[from : s.i-1], escaped, nil
		case c < ' ':
			return nil, false, badRequest("invalid_json", "control character in a JSON string at byte %d", s.i)
		case c == '\\':
			escaped = true
			if !s.escape() {
				return nil, false, badRequest("invalid_json", "bad escape in a JSON string at byte %d", s.i)
			}
		default:
			s.i++
		}
	}
	return nil, false, s.syntax()
}

// escape moves past one escape sequence if it is a good one.
func (s *scanner) escape() bool {
	rest := s.b[s.i+1:]
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.i += 2
		return true
	case 'u':
		if len(rest) < 5 || hex4(rest[1:5]) < 0 {
			return false
		}
		s.i += 6
		return true
	}
	return false
}

// unescape appends the text that the checked inside of a JSON string stands for.
func unescape(dst, inside []byte) []byte {
	for i := 0; i < len(inside); {
		c := inside[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		switch c = inside[i+1]; c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			var r rune
			r, i = escapedRune(inside, i)
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
		i += 2
	}
	return dst
}

// escapedRune returns the character of the \u escape at i, or of the pair of them that stands for one, and where it ends.
func escapedRune(inside []byte, i int) (rune, int) {
	r := hex4(inside[i+2 : i+6])
	i += 6
	if !utf16.IsSurrogate(r) {
		return r, i
	}
	if rest := inside[i:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(rest[2:6])); pair != utf8.RuneError {
			return pair, i + 6
		}
	}
	return utf8.RuneError, i
}

// hex4 returns the value of four hexadecimal digits, or -1.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20-'a' <= 5:
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
