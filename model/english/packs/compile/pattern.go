package compile

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

type op int

const (
	opSet    op = iota // one character of a set
	opCat              // all parts, one after another
	opAlt              // one of the parts: the first that leads to a match
	opRepeat           // the part min to max times, greedily; max < 0: no limit
	opBegin            // ^
	opEnd              // $
	opAhead            // (?=…), or (?!…) when negated
	opBehind           // (?<=…)
)

// node is a node of the syntax tree.
type node struct {
	op       op
	set      set
	parts    []*node
	min, max int
	negated  bool
}

// parser reads the subset of Python's regular expressions that spaCy's English patterns use. Anything else is an error.
type parser struct {
	pattern []rune
	pos     int
	props   *Properties
}

func parse(pattern string, props *Properties) (*node, error) {
	if !utf8.ValidString(pattern) {
		return nil, fmt.Errorf("pattern is not valid UTF-8")
	}
	p := &parser{pattern: []rune(pattern), props: props}
	p.accept("(?u)") // Unicode is the default for str patterns
	n, err := p.alternatives()
	if err == nil && p.pos < len(p.pattern) {
		err = p.errorf("unbalanced )")
	}
	return n, err
}

func (p *parser) errorf(format string, args ...any) error {
	end := min(p.pos+20, len(p.pattern))
	return fmt.Errorf("%s at character %d, before %q: the pattern compiler has to learn this syntax",
		fmt.Sprintf(format, args...), p.pos, string(p.pattern[min(p.pos, end):end]))
}

// accept skips literal if it comes next.
func (p *parser) accept(literal string) bool {
	runes := []rune(literal)
	if len(p.pattern)-p.pos < len(runes) || string(p.pattern[p.pos:p.pos+len(runes)]) != literal {
		return false
	}
	p.pos += len(runes)
	return true
}

func (p *parser) peek() rune {
	if p.pos < len(p.pattern) {
		return p.pattern[p.pos]
	}
	return -1
}

func (p *parser) alternatives() (*node, error) {
	alt := &node{op: opAlt}
	for {
		part, err := p.sequence()
		if err != nil {
			return nil, err
		}
		alt.parts = append(alt.parts, part)
		if !p.accept("|") {
			break
		}
	}
	if len(alt.parts) == 1 {
		return alt.parts[0], nil
	}
	return alt, nil
}

func (p *parser) sequence() (*node, error) {
	cat := &node{op: opCat}
	for p.pos < len(p.pattern) && p.peek() != '|' && p.peek() != ')' {
		part, err := p.atom()
		if err == nil {
			part, err = p.repetition(part)
		}
		if err != nil {
			return nil, err
		}
		cat.parts = append(cat.parts, part)
	}
	return cat, nil
}

func (p *parser) atom() (*node, error) {
	switch c := p.peek(); c {
	case '(':
		return p.group()
	case '[':
		s, err := p.class()
		return &node{op: opSet, set: s}, err
	case '^':
		p.pos++
		return &node{op: opBegin}, nil
	case '$':
		p.pos++
		return &node{op: opEnd}, nil
	case '\\':
		s, err := p.escape()
		return &node{op: opSet, set: s}, err
	case '.':
		p.pos++
		return &node{op: opSet, set: single('\n').complement()}, nil
	case '*', '+', '?', '{':
		return nil, p.errorf("nothing to repeat")
	default:
		p.pos++
		return &node{op: opSet, set: single(c)}, nil
	}
}

func (p *parser) group() (*node, error) {
	wrap := func(inner *node) *node { return inner }
	switch {
	case p.accept("(?:"):
	case p.accept("(?="):
		wrap = func(inner *node) *node { return &node{op: opAhead, parts: []*node{inner}} }
	case p.accept("(?!"):
		wrap = func(inner *node) *node { return &node{op: opAhead, parts: []*node{inner}, negated: true} }
	case p.accept("(?<="):
		wrap = func(inner *node) *node { return &node{op: opBehind, parts: []*node{inner}} }
	default:
		return nil, p.errorf("unknown kind of group")
	}
	inner, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, p.errorf("missing )")
	}
	return wrap(inner), nil
}

// repetition reads the quantifier after part, if there is one.
func (p *parser) repetition(part *node) (*node, error) {
	least, most := 0, -1
	switch {
	case p.accept("*"):
	case p.accept("+"):
		least = 1
	case p.accept("?"):
		most = 1
	case p.accept("{"):
		var err error
		if least, err = p.number(); err != nil {
			return nil, err
		}
		most = least
		if p.accept(",") {
			most = -1
			if p.peek() != '}' {
				if most, err = p.number(); err != nil {
					return nil, err
				}
			}
		}
		if !p.accept("}") || most >= 0 && most < least {
			return nil, p.errorf("bad repetition")
		}
	default:
		return part, nil
	}
	if c := p.peek(); c == '?' || c == '*' || c == '+' || c == '{' {
		return nil, p.errorf("lazy or double repetition")
	}
	if part.op != opSet && part.op != opCat && part.op != opAlt && part.op != opRepeat {
		return nil, p.errorf("repeated assertion")
	}
	return &node{op: opRepeat, parts: []*node{part}, min: least, max: most}, nil
}

func (p *parser) number() (int, error) {
	start := p.pos
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.pos++
	}
	n, err := strconv.Atoi(string(p.pattern[start:p.pos]))
	if err != nil {
		return 0, p.errorf("number expected")
	}
	return n, nil
}

// class reads a character class in brackets.
func (p *parser) class() (set, error) {
	p.pos++
	negated := p.accept("^")
	var spans []span
	for first := true; first || p.peek() != ']'; first = false {
		low, err := p.member()
		if err != nil {
			return nil, err
		}
		if p.peek() != '-' || p.pos+1 < len(p.pattern) && p.pattern[p.pos+1] == ']' {
			spans = append(spans, low...)
			continue
		}
		p.pos++
		high, err := p.member()
		if err != nil {
			return nil, err
		}
		if len(low) != 1 || len(high) != 1 || low[0].lo != low[0].hi || high[0].lo != high[0].hi || low[0].lo > high[0].lo {
			return nil, p.errorf("bad range in a set")
		}
		spans = append(spans, span{low[0].lo, high[0].lo})
	}
	p.pos++
	s := normalize(spans)
	if negated {
		s = s.complement()
	}
	return s, nil
}

// member reads a member of a class, or an end of a range.
func (p *parser) member() (set, error) {
	switch c := p.peek(); c {
	case -1:
		return nil, p.errorf("missing ]")
	case '\\':
		return p.escape()
	default:
		p.pos++
		return single(c), nil
	}
}

func (p *parser) escape() (set, error) {
	p.pos++
	c := p.peek()
	p.pos++
	switch c {
	case 'd':
		return p.props.Digit, nil
	case 'w':
		return p.props.Word, nil
	case 's':
		return p.props.Space, nil
	case 'D':
		return p.props.Digit.complement(), nil
	case 'W':
		return p.props.Word.complement(), nil
	case 'S':
		return p.props.Space.complement(), nil
	case 'u':
		return p.hex(4)
	case 'U':
		return p.hex(8)
	}
	if c < 0 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		p.pos -= 2
		return nil, p.errorf("unknown escape")
	}
	return single(c), nil
}

func (p *parser) hex(digits int) (set, error) {
	end := min(p.pos+digits, len(p.pattern))
	v, err := strconv.ParseUint(string(p.pattern[p.pos:end]), 16, 32)
	if err != nil || v > maxRune || end-p.pos != digits {
		return nil, p.errorf("bad code point")
	}
	p.pos = end
	return single(rune(v)), nil
}
