package pattern

import (
	"fmt"
	"strconv"
	"strings"
)

// Template is a replacement of re.sub: literal text, and groups of the match.
type Template struct{ parts []part }

// part is a literal or, if that is empty, a group.
type part struct {
	literal string
	group   int
}

// Template parses a replacement in Python's syntax: \1, \g<1> and \g<name> are groups, \n and the like are characters.
// It returns an error for an unknown group or a bad escape.
func (p *Pattern) Template(text string) (*Template, error) {
	t := &templateParser{parser: parser{text: text}, pattern: p}
	if err := t.parse(); err != nil {
		return nil, fmt.Errorf("replacement: %w", err)
	}
	t.flush()
	return &Template{t.parts}, nil
}

type templateParser struct {
	parser
	pattern *Pattern
	literal strings.Builder
	parts   []part
}

func (t *templateParser) flush() {
	if t.literal.Len() > 0 {
		t.parts = append(t.parts, part{literal: t.literal.String()})
		t.literal.Reset()
	}
}

func (t *templateParser) group(start, number int) error {
	if number > t.pattern.Groups() {
		return t.errorf(start, "invalid group reference %d", number)
	}
	t.flush()
	t.parts = append(t.parts, part{group: number})
	return nil
}

func (t *templateParser) parse() error {
	for {
		plain := strings.IndexByte(t.text[t.pos:], '\\')
		if plain < 0 {
			t.literal.WriteString(t.text[t.pos:])
			return nil
		}
		t.literal.WriteString(t.text[t.pos : t.pos+plain])
		t.pos += plain
		start := t.pos
		t.pos++
		if err := t.escape(start); err != nil {
			return err
		}
	}
}

func (t *templateParser) escape(start int) error {
	c := t.peek()
	switch {
	case c == 'g':
		t.next()
		return t.named(start)
	case c == '0' || '1' <= c && c <= '9' && t.octal():
		return t.octalCharacter(start)
	case '1' <= c && c <= '9':
		digits := t.digits()
		if len(digits) > 2 {
			t.pos -= len(digits) - 2
			digits = digits[:2]
		}
		return t.group(start, number(digits, 0))
	case c == 'x' || c == 'u' || c == 'U' || c == 'N':
		return t.errorf(start, `bad escape \%c`, c)
	case c != -1 && c != '\\' && !isLetter(c):
		t.literal.WriteByte('\\')
		fallthrough
	case c == '\\':
		t.literal.WriteRune(t.next())
		return nil
	}
	r, err := t.character(start)
	if err == nil {
		t.literal.WriteRune(r)
	}
	return err
}

func isLetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' }

// octalCharacter reads up to three octal digits.
func (t *templateParser) octalCharacter(start int) error {
	from := t.pos
	for t.pos < from+3 && t.pos < len(t.text) && '0' <= t.text[t.pos] && t.text[t.pos] <= '7' {
		t.pos++
	}
	n, err := strconv.ParseUint(t.text[from:t.pos], 8, 16)
	if err != nil || n > 0o377 {
		return t.errorf(start, "octal escape value outside of range 0-0o377")
	}
	t.literal.WriteRune(rune(n))
	return nil
}

// named reads the rest of \g<…>.
func (t *templateParser) named(start int) error {
	if !t.accept("<") {
		return t.errorf(start, "missing <")
	}
	name, _, found := strings.Cut(t.text[t.pos:], ">")
	if !found || name == "" {
		return t.errorf(start, "missing group name")
	}
	t.pos += len(name) + 1
	if strings.Trim(name, "0123456789") == "" {
		return t.group(start, number(name, 0))
	}
	for i, known := range t.pattern.names {
		if known == name {
			return t.group(start, i)
		}
	}
	return t.errorf(start, "unknown group name %q", name)
}

// AppendReplaced appends text with every match replaced by t, as re.sub does.
func (m *Matcher) AppendReplaced(dst []byte, text string, t *Template) []byte {
	m.Reset(text)
	done := 0
	for start, end, ok := m.Next(); ok; start, end, ok = m.Next() {
		dst = append(dst, text[done:start]...)
		for _, part := range t.parts {
			if part.literal != "" {
				dst = append(dst, part.literal...)
			} else if from, to := m.Group(part.group); from >= 0 {
				dst = append(dst, text[from:to]...)
			}
		}
		done = end
	}
	return append(dst, text[done:]...)
}

// Literal returns a [Template] that replaces a match by text as it is.
func Literal(text string) *Template {
	if text == "" {
		return &Template{}
	}
	return &Template{[]part{{literal: text}}}
}
