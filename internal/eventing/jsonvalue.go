package eventing

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonValue is a node of Jackson's tree. An object keeps the order of its members; if a name occurs twice, the last
// value counts.
type jsonValue struct {
	kind     jsonKind
	text     string // the text of a string, or another scalar as Jackson writes it
	elements []*jsonValue
	members  []jsonMember
}

type jsonMember struct {
	name  string
	value *jsonValue
}

type jsonKind int

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

func (v *jsonValue) has(name string) bool { return v.member(name) >= 0 }

func (v *jsonValue) member(name string) int {
	for i, m := range v.members {
		if m.name == name {
			return i
		}
	}
	return -1
}

// remove removes a member and returns its value, or nil if there is none.
func (v *jsonValue) remove(name string) *jsonValue {
	i := v.member(name)
	if i < 0 {
		return nil
	}
	value := v.members[i].value
	v.members = append(v.members[:i], v.members[i+1:]...)
	return value
}

// removeString is remove for a string. A null counts as absent; any other value is an error.
func (v *jsonValue) removeString(name string) (text string, ok bool, err error) {
	switch value := v.remove(name); {
	case value == nil || value.kind == jsonNull:
		return "", false, nil
	case value.kind != jsonString:
		return "", false, fmt.Errorf("not a CloudEvent: its %s is not a string", name)
	default:
		return value.text, true, nil
	}
}

// String returns the text of a string, and JSON for any other value.
func (v *jsonValue) String() string {
	if v.kind == jsonString {
		return v.text
	}
	return v.JSON()
}

// JSON writes the value without white space, as Jackson does.
func (v *jsonValue) JSON() string {
	var b strings.Builder
	v.write(&b)
	return b.String()
}

func (v *jsonValue) write(b *strings.Builder) {
	switch v.kind {
	case jsonString:
		quote(b, v.text)
	case jsonArray:
		b.WriteByte('[')
		for i, e := range v.elements {
			if i > 0 {
				b.WriteByte(',')
			}
			e.write(b)
		}
		b.WriteByte(']')
	case jsonObject:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteByte(',')
			}
			quote(b, m.name)
			b.WriteByte(':')
			m.value.write(b)
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.text)
	}
}

func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= ' ':
			b.WriteByte(c)
		default:
			if at := strings.IndexByte("\b\t\n\f\r", c); at >= 0 {
				b.WriteByte('\\')
				b.WriteByte("btnfr"[at])
			} else {
				fmt.Fprintf(b, "\\u%04X", c)
			}
		}
	}
	b.WriteByte('"')
}

// jsonParser accepts exactly the JSON that Jackson accepts by default.
type jsonParser struct {
	text  []byte
	at    int
	depth int
}

// The limits of Jackson (StreamReadConstraints): of the nesting, and of the digits of a number.
const (
	maxDepth  = 1000
	maxNumber = 1000
)

var errJSON = errors.New("the text is not JSON")

func (p *jsonParser) document() (*jsonValue, error) {
	p.text = bytes.TrimPrefix(p.text, []byte("\xef\xbb\xbf"))
	return p.value()
}

func (p *jsonParser) skipSpace() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// next skips white space and returns the byte that follows, or 0 at the end.
func (p *jsonParser) next() byte {
	p.skipSpace()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *jsonParser) value() (*jsonValue, error) {
	switch c := p.next(); {
	case c == '{':
		return p.nested(p.object)
	case c == '[':
		return p.nested(p.array)
	case c == '"':
		s, err := p.string()
		return &jsonValue{kind: jsonString, text: s}, err
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for word, kind := range map[string]jsonKind{"null": jsonNull, "true": jsonBool, "false": jsonBool} {
		if rest, ok := bytes.CutPrefix(p.text[p.at:], []byte(word)); ok && !startsWithIdentifier(rest) {
			p.at += len(word)
			return &jsonValue{kind: kind, text: word}, nil
		}
	}
	return nil, errJSON
}

func startsWithIdentifier(b []byte) bool {
	return len(b) > 0 && (isLetter(rune(b[0])) || b[0] >= '0' && b[0] <= '9' || b[0] == '_' || b[0] == '$' || b[0] >= 0x80)
}

func (p *jsonParser) nested(read func() (*jsonValue, error)) (*jsonValue, error) {
	p.at++
	if p.depth++; p.depth > maxDepth {
		return nil, errors.New("the JSON is nested too deeply")
	}
	defer func() { p.depth-- }()
	return read()
}

func (p *jsonParser) array() (*jsonValue, error) {
	v := &jsonValue{kind: jsonArray}
	if p.next() == ']' {
		p.at++
		return v, nil
	}
	for {
		e, err := p.value()
		if err != nil {
			return nil, err
		}
		v.elements = append(v.elements, e)
		if done, err := p.separator(']'); done || err != nil {
			return v, err
		}
	}
}

// separator skips a comma or the byte end. It returns true for end.
func (p *jsonParser) separator(end byte) (done bool, err error) {
	switch p.next() {
	case ',':
		p.at++
		return false, nil
	case end:
		p.at++
		return true, nil
	}
	return false, errJSON
}

func (p *jsonParser) object() (*jsonValue, error) {
	v := &jsonValue{kind: jsonObject}
	index := make(map[string]int) // by name, the position in members
	if p.next() == '}' {
		p.at++
		return v, nil
	}
	for {
		if p.next() != '"' {
			return nil, errJSON
		}
		name, err := p.string()
		if err != nil {
			return nil, err
		}
		if p.next() != ':' {
			return nil, errJSON
		}
		p.at++
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		if i, ok := index[name]; ok {
			v.members[i].value = value
		} else {
			index[name] = len(v.members)
			v.members = append(v.members, jsonMember{name, value})
		}
		if done, err := p.separator('}'); done || err != nil {
			return v, err
		}
	}
}

// number reads a number and returns it as Jackson writes it: an integer unchanged, any other number as a double.
func (p *jsonParser) number() (*jsonValue, error) {
	begin := p.at
	digits := func() (n int) {
		for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			p.at++
			n++
		}
		return n
	}
	if p.text[p.at] == '-' {
		p.at++
	}
	first := p.at
	if n := digits(); n == 0 || n > 1 && p.text[first] == '0' {
		return nil, errJSON
	}
	whole := true
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		if whole = false; digits() == 0 {
			return nil, errJSON
		}
	}
	if p.at < len(p.text) && p.text[p.at]|0x20 == 'e' {
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if whole = false; digits() == 0 {
			return nil, errJSON
		}
	}
	text := string(p.text[begin:p.at])
	if len(text) > maxNumber || startsWithIdentifier(p.text[p.at:]) {
		return nil, errJSON
	}
	if whole {
		n, _ := new(big.Int).SetString(text, 10)
		return &jsonValue{kind: jsonNumber, text: n.String()}, nil
	}
	f, _ := strconv.ParseFloat(text, 64) // out of range it is an infinity, as in Java
	written := formatFloat(f, 64)
	if strings.HasSuffix(written, "Infinity") {
		written = `"` + written + `"`
	}
	return &jsonValue{kind: jsonNumber, text: written}, nil
}

// string reads a string. An unpaired surrogate becomes a question mark, as it does when Java writes it.
func (p *jsonParser) string() (string, error) {
	var b strings.Builder
	for p.at++; p.at < len(p.text); {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return b.String(), nil
		case c == '\\':
			if err := p.escape(&b); err != nil {
				return "", err
			}
		case c < ' ':
			return "", errJSON
		default:
			n, ok := decodeRune(p.text[p.at:])
			switch {
			case ok:
				b.Write(p.text[p.at : p.at+n])
			case n == 3: // a surrogate
				b.WriteByte('?')
			default:
				return "", errors.New("the text is not UTF-8")
			}
			p.at += n
		}
	}
	return "", errJSON
}

func (p *jsonParser) escape(b *strings.Builder) error {
	if p.at+1 >= len(p.text) {
		return errJSON
	}
	c := p.text[p.at+1]
	if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[at])
		p.at += 2
		return nil
	}
	r, ok := p.hex()
	if !ok {
		return errJSON
	}
	p.at += 6
	if utf16.IsSurrogate(r) {
		low, ok := p.hex()
		if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
			p.at += 6
			b.WriteRune(pair)
		} else {
			b.WriteByte('?')
		}
		return nil
	}
	b.WriteRune(r)
	return nil
}

// hex reads the \uXXXX at the current position without skipping it.
func (p *jsonParser) hex() (rune, bool) {
	if len(p.text) < p.at+6 || p.text[p.at] != '\\' || p.text[p.at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.text[p.at+2:p.at+6]), 16, 16)
	return rune(n), err == nil
}
