// Package jsonscan reads JSON (RFC 8259) in one pass, without building values that the caller does not need.
package jsonscan

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"reddit-classifier/internal/plural"
)

// MaxDepth is the maximum nesting of arrays and objects. The deepest record with a comment needs eight.
const MaxDepth = 64

// TooDeep is the reason of an Error for JSON that is nested deeper than MaxDepth.
const TooDeep = "json_too_deep"

// Scanner reads JSON in one pass over bytes that must be valid UTF-8. It is strict: no trailing commas, no control
// characters in strings, no leading zeros. Skipped values are checked but not stored, so the time is linear and the
// memory is that of the strings that are read.
//
// An escaped surrogate without its partner (\ud83d alone, which the grammar allows) is read as U+FFFD, so that no
// comment is lost because of it.
type Scanner struct {
	b     []byte
	i     int
	depth int
}

// New returns a scanner of b.
func New(b []byte) Scanner { return Scanner{b: b} }

// Mark is a position in the input. The zero mark is before all others.
type Mark struct{ i, depth int }

// IsZero reports whether m is the zero mark.
func (m Mark) IsZero() bool { return m == Mark{} }

// Mark returns the position of the next value.
func (s *Scanner) Mark() Mark {
	s.Peek()
	return Mark{s.i, s.depth}
}

// Seek moves to a mark of the same scanner.
func (s *Scanner) Seek(m Mark) { s.i, s.depth = m.i, m.depth }

// Offset returns the number of bytes that have been read.
func (s *Scanner) Offset() int { return s.i }

// Since returns the bytes read since an offset.
func (s *Scanner) Since(offset int) []byte { return s.b[offset:s.i] }

// Error says why bytes cannot be read as JSON.
type Error struct {
	Reason  string // invalid_json or json_too_deep
	Message string // printable ASCII
	CutOff  bool   // the input ends within a value
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

func invalid(format string, args ...any) error {
	return &Error{Reason: "invalid_json", Message: fmt.Sprintf(format, args...)}
}

func (s *Scanner) cutOff() error {
	return &Error{"invalid_json", "the JSON ends too early, after " + plural.Of(len(s.b), "byte", "bytes"), true}
}

// Peek skips white space and returns the next byte, or zero at the end.
func (s *Scanner) Peek() byte {
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

// Accept consumes c, which must not be zero, if it is the next byte.
func (s *Scanner) Accept(c byte) bool {
	if s.Peek() != c {
		return false
	}
	s.i++
	return true
}

func (s *Scanner) syntax() error {
	if s.Peek(); s.i >= len(s.b) {
		return s.cutOff()
	}
	return invalid("not JSON at byte %d", s.i)
}

// End returns an error unless nothing but white space is left.
func (s *Scanner) End() error {
	if s.Peek(); s.i != len(s.b) {
		return invalid("something follows the JSON value at byte %d", s.i)
	}
	return nil
}

// Object reads an object and calls member after each key; member must consume the value. The key is a subslice of the
// input if it has no escapes.
func (s *Scanner) Object(member func(key []byte) error) error {
	return s.scanList('{', '}', func() error {
		key, err := s.Text()
		if err != nil {
			return err
		}
		if !s.Accept(':') {
			return s.syntax()
		}
		return member(key)
	})
}

// Array reads an array and calls element before each of its values; element must consume the value.
func (s *Scanner) Array(element func() error) error { return s.scanList('[', ']', element) }

// scanList reads the brackets and commas of an array or object, and checks the nesting.
func (s *Scanner) scanList(open, shut byte, item func() error) error {
	if !s.Accept(open) {
		return s.syntax()
	}
	if s.depth++; s.depth > MaxDepth {
		return &Error{Reason: TooDeep, Message: fmt.Sprintf("JSON nested deeper than %d", MaxDepth)}
	}
	if !s.Accept(shut) {
		for {
			if err := item(); err != nil {
				return err
			}
			if s.Accept(',') {
				continue
			}
			if s.Accept(shut) {
				break
			}
			return s.syntax()
		}
	}
	s.depth--
	return nil
}

// Raw checks the next value and returns its bytes.
func (s *Scanner) Raw() ([]byte, error) {
	s.Peek()
	from := s.i
	if err := s.Skip(); err != nil {
		return nil, err
	}
	return s.b[from:s.i], nil
}

// Skip checks the next value and moves past it.
func (s *Scanner) Skip() error {
	switch c := s.Peek(); c {
	case '{':
		return s.Object(func([]byte) error { return s.Skip() })
	case '[':
		return s.Array(s.Skip)
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

func (s *Scanner) literal(word string) error {
	rest := s.b[s.i:]
	if len(rest) < len(word) && string(rest) == word[:len(rest)] {
		return s.cutOff()
	}
	if len(rest) < len(word) || string(rest[:len(word)]) != word {
		return s.syntax()
	}
	s.i += len(word)
	return nil
}

func (s *Scanner) number() error {
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

// digits consumes decimal digits and reports whether there were any.
func (s *Scanner) digits() bool {
	from := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > from
}

// Text reads a string. The result is a subslice of the input if the string has no escapes.
func (s *Scanner) Text() ([]byte, error) {
	inside, escaped, err := s.quoted()
	if err != nil || !escaped {
		return inside, err
	}
	return unescape(make([]byte, 0, len(inside)), inside), nil
}

// quoted reads a string and returns the bytes between its quotes. Escapes are checked but not replaced.
func (s *Scanner) quoted() (inside []byte, escaped bool, err error) {
	if !s.Accept('"') {
		return nil, false, s.syntax()
	}
	from := s.i
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return s.b[from : s.i-1], escaped, nil
		case c < ' ':
			return nil, false, invalid("control character in a JSON string at byte %d", s.i)
		case c == '\\':
			escaped = true
			if !s.escape() {
				if beginsEscape(s.b[s.i:]) {
					return nil, false, s.cutOff()
				}
				return nil, false, invalid("bad escape in a JSON string at byte %d", s.i)
			}
		default:
			s.i++
		}
	}
	return nil, false, s.syntax()
}

// escape moves past one escape sequence and reports whether it is valid.
func (s *Scanner) escape() bool {
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

// beginsEscape reports whether rest is a truncated escape sequence.
func beginsEscape(rest []byte) bool {
	if len(rest) < 2 {
		return true
	}
	if rest[1] != 'u' || len(rest) >= len(`\u0000`) {
		return false
	}
	for _, c := range rest[2:] {
		if hex4([]byte{'0', '0', '0', c}) < 0 {
			return false
		}
	}
	return true
}

// unescape appends the text of a checked JSON string without its quotes.
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

// escapedRune returns the character of the \u escape, or pair of escapes, at i, and where it ends.
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
