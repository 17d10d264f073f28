package pattern

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type op uint8

const (
	opSet    op = iota // one character of a set
	opCat              // all parts, one after another
	opAlt              // one of the parts: the first that leads to a match
	opRepeat           // the part min to max times; a negative max means no limit
	opGroup            // the part, captured as the numbered group
	opAssert           // a condition on the position in the text
)

// node is a node of the syntax tree.
type node struct {
	op       op
	set      int // index in parser.sets
	parts    []*node
	min, max int
	lazy     bool
	group    int
	assert   assertion
}

// assertion is a condition on the characters before and after a position.
type assertion uint8

const (
	beginText       assertion = iota // \A, and ^ without (?m)
	beginLine                        // ^ with (?m)
	endText                          // \Z
	endLastLine                      // $ without (?m): at the end, or before a newline that ends the text
	endLine                          // $ with (?m)
	boundary                         // \b
	noBoundary                       // \B
	asciiBoundary                    // \b with (?a)
	asciiNoBoundary                  // \B with (?a)
)

// flags is the set of flags that (?…) sets.
type flags uint8

const (
	ascii      flags = 1 << iota // a
	ignoreCase                   // i
	multiline                    // m
	dotAll                       // s
	verbose                      // x
)

const (
	maxLength  = 1 << 16 // bytes of an expression
	maxNesting = 200     // nested groups
	maxRepeat  = 1<<32 - 1
)

// parser reads an expression as Python's re/_parser.py does.
type parser struct {
	text    string
	pos     int // byte offset of the next character
	flags   flags
	nesting int
	begun   bool     // a | was read, so flags for the whole expression are an error
	unicode bool     // (?u) was read, so (?a) is an error
	names   []string // names of the groups, "" for a group without one; names[0] is the whole match
	sets    []set
	setOf   map[string]int // indices of sets by their spelling
}

func parse(text string) (*parser, *node, error) {
	p := &parser{text: text, names: []string{""}, setOf: map[string]int{}}
	if len(text) > maxLength {
		return nil, nil, fmt.Errorf("the expression is longer than %d bytes", maxLength)
	}
	if !utf8.ValidString(text) {
		return nil, nil, fmt.Errorf("the expression is not valid UTF-8")
	}
	n, err := p.alternatives()
	if err == nil && p.pos < len(text) {
		err = p.errorf(p.pos, "unbalanced parenthesis")
	}
	return p, n, err
}

// errorf returns an error that names the position of the byte offset pos.
func (p *parser) errorf(pos int, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if len(p.text) <= 40 {
		return fmt.Errorf("%s at position %d of %q", what, utf8.RuneCountInString(p.text[:pos]), p.text)
	}
	rest := []rune(p.text[pos:])
	before := string(rest[:min(len(rest), 20)])
	return fmt.Errorf("%s at position %d, before %q", what, utf8.RuneCountInString(p.text[:pos]), before)
}

// unsupported returns the error for a construct of Python that this package does not support.
func (p *parser) unsupported(pos int, what, why string) error {
	return p.errorf(pos, "%s not supported (%s)", what, why)
}

// peek returns the next character, or -1 at the end.
func (p *parser) peek() rune {
	if p.pos == len(p.text) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return r
}

// next returns the next character and moves past it. It returns -1 at the end.
func (p *parser) next() rune {
	if p.pos == len(p.text) {
		return -1
	}
	r, n := utf8.DecodeRuneInString(p.text[p.pos:])
	p.pos += n
	return r
}

// accept moves past the literal if it comes next, and reports whether it does.
func (p *parser) accept(literal string) bool {
	if !strings.HasPrefix(p.text[p.pos:], literal) {
		return false
	}
	p.pos += len(literal)
	return true
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
		p.begun = true
	}
	if len(alt.parts) == 1 {
		return alt.parts[0], nil
	}
	return alt, nil
}

// sequence reads up to the next |, the next ) or the end.
func (p *parser) sequence() (*node, error) {
	cat := &node{op: opCat}
	for {
		start := p.pos
		r := p.peek()
		switch r {
		case -1, '|', ')':
			return cat, nil
		}
		p.next()
		if p.flags&verbose != 0 && p.skipVerbose(r) {
			continue
		}
		if strings.ContainsRune("*+?{", r) {
			min, max, ok, err := p.quantifier(r, start)
			if err != nil {
				return nil, err
			}
			if ok {
				last := len(cat.parts) - 1
				switch {
				case last < 0 || cat.parts[last].op == opAssert:
					return nil, p.errorf(start, "nothing to repeat")
				case cat.parts[last].op == opRepeat:
					return nil, p.errorf(start, "multiple repeat")
				}
				n := &node{op: opRepeat, min: min, max: max, parts: []*node{cat.parts[last]}}
				if p.accept("?") {
					n.lazy = true
				} else if p.accept("+") {
					return nil, p.unsupported(start, "a possessive quantifier is", "it needs backtracking")
				}
				cat.parts[last] = n
				continue
			}
		}
		n, err := p.atom(r, start, len(cat.parts) == 0)
		if err != nil {
			return nil, err
		}
		if n != nil {
			cat.parts = append(cat.parts, n)
		}
	}
}

// skipVerbose reports whether (?x) ignores r: white space, or a # with its comment, which it skips.
func (p *parser) skipVerbose(r rune) bool {
	if r == '#' {
		p.skipTo('\n')
		return true
	}
	return strings.ContainsRune(" \t\n\r\v\f", r)
}

// skipTo moves past the next end that has no backslash before it, or to the end of the expression. It reports whether
// there is one.
func (p *parser) skipTo(end rune) bool {
	for {
		switch p.next() {
		case end:
			return true
		case -1:
			return false
		case '\\':
			p.next()
		}
	}
}

// quantifier reads the rest of a quantifier that begins with r. It returns ok false for a brace that is a literal.
func (p *parser) quantifier(r rune, start int) (least, most int, ok bool, err error) {
	switch r {
	case '?':
		return 0, 1, true, nil
	case '*':
		return 0, -1, true, nil
	case '+':
		return 1, -1, true, nil
	}
	if p.peek() == '}' {
		return 0, 0, false, nil
	}
	here := p.pos
	lo, hi := p.digits(), ""
	if p.accept(",") {
		hi = p.digits()
	} else {
		hi = lo
	}
	if !p.accept("}") {
		p.pos = here
		return 0, 0, false, nil
	}
	least, most = number(lo, 0), number(hi, -1)
	switch {
	case least >= maxRepeat || most >= maxRepeat:
		return 0, 0, false, p.errorf(start, "the repetition number is too large")
	case most >= 0 && most < least:
		return 0, 0, false, p.errorf(start, "min repeat greater than max repeat")
	}
	return least, most, true, nil
}

func (p *parser) digits() string {
	from := p.pos
	for p.pos < len(p.text) && '0' <= p.text[p.pos] && p.text[p.pos] <= '9' {
		p.pos++
	}
	return p.text[from:p.pos]
}

// number parses digits, and returns absent if there are none. Large numbers become maxRepeat.
func number(digits string, absent int) int {
	if digits == "" {
		return absent
	}
	n := 0
	for _, c := range digits {
		n = min(n*10+int(c-'0'), maxRepeat)
	}
	return n
}

// atom reads the element that begins with r at start. It returns nil for a comment and for flags.
func (p *parser) atom(r rune, start int, first bool) (*node, error) {
	switch r {
	case '(':
		return p.group(start, first)
	case '[':
		return p.class(start)
	case '.':
		if p.flags&dotAll != 0 {
			return p.literalSet("any", set{negated: true}), nil
		}
		return p.literalSet("dot", set{negated: true, spans: []span{{'\n', '\n'}}}), nil
	case '^':
		if p.flags&multiline != 0 {
			return &node{op: opAssert, assert: beginLine}, nil
		}
		return &node{op: opAssert, assert: beginText}, nil
	case '$':
		if p.flags&multiline != 0 {
			return &node{op: opAssert, assert: endLine}, nil
		}
		return &node{op: opAssert, assert: endLastLine}, nil
	case '\\':
		return p.escape(start)
	}
	return p.literal(r, start)
}

// literal returns a node for the character r at start.
func (p *parser) literal(r rune, start int) (*node, error) {
	if p.flags&ignoreCase == 0 {
		return p.literalSet(string(r), set{spans: []span{{r, r}}}), nil
	}
	if p.refusesCapital(r) {
		return nil, p.capitalError(start)
	}
	spans := p.flags.unfold(p.flags.fold(span{r, r}))
	return p.literalSet(fmt.Sprint("i", p.flags&ascii, p.flags.toLower(r)), set{spans: spans}), nil
}

// literalSet returns a node for the set s with that spelling.
func (p *parser) literalSet(written string, s set) *node {
	number, known := p.setOf[written]
	if !known {
		number = len(p.sets)
		p.sets = append(p.sets, s)
		p.setOf[written] = number
	}
	return &node{op: opSet, set: number}
}

// group reads the rest of a group; its parenthesis is at start. Flags for the whole expression must be its first
// element.
func (p *parser) group(start int, first bool) (*node, error) {
	outer := p.flags
	n := &node{op: opCat}
	if p.accept("?") {
		c := p.next()
		switch {
		case c == ':':
		case c == 'P':
			name, err := p.name(start)
			if err != nil {
				return nil, err
			}
			n.op, n.group = opGroup, len(p.names)
			p.names = append(p.names, name)
		case c == '#':
			if !p.skipTo(')') {
				return nil, p.errorf(start, "missing ), unterminated comment")
			}
			return nil, nil
		case c == '=' || c == '!':
			return nil, p.unsupported(start, "look-ahead is", "it needs backtracking")
		case c == '<':
			if next := p.peek(); next != '=' && next != '!' {
				return nil, p.errorf(start, "unknown extension ?<%c", next)
			}
			return nil, p.unsupported(start, "look-behind is", "it needs backtracking")
		case c == '(':
			return nil, p.unsupported(start, "a conditional group is", "it needs backtracking")
		case c == '>':
			return nil, p.unsupported(start, "an atomic group is", "it needs backtracking")
		case c >= 0 && strings.ContainsRune(flagLetters+"Lt-", c):
			global, err := p.readFlags(c, start)
			if err != nil {
				return nil, err
			}
			if global {
				if !first || p.nesting > 0 || p.begun {
					return nil, p.errorf(start, "global flags not at the start of the expression")
				}
				return nil, nil
			}
		default:
			return nil, p.errorf(start, "unknown extension ?%s", p.text[start+2:p.pos])
		}
	} else {
		n.op, n.group = opGroup, len(p.names)
		p.names = append(p.names, "")
	}
	if p.nesting++; p.nesting > maxNesting {
		return nil, p.errorf(start, "groups are nested more than %d deep", maxNesting)
	}
	part, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, p.errorf(start, "missing ), unterminated subpattern")
	}
	p.nesting--
	p.flags = outer
	n.parts = []*node{part}
	return n, nil
}

// name reads the rest of (?P<name>.
func (p *parser) name(start int) (string, error) {
	if p.peek() == '=' {
		return "", p.unsupported(start, "a back-reference is", "it needs backtracking")
	}
	if !p.accept("<") {
		return "", p.errorf(start, "unknown extension ?P")
	}
	name, _, found := strings.Cut(p.text[p.pos:], ">")
	if !found {
		return "", p.errorf(start, "missing >, unterminated name")
	}
	if !identifier(name) {
		return "", p.errorf(p.pos, "bad character in group name %q", name)
	}
	for _, other := range p.names {
		if other == name {
			return "", p.errorf(p.pos, "redefinition of group name %q", name)
		}
	}
	p.pos += len(name) + 1
	return name, nil
}

// identifier reports whether s is valid as the name of a group.
func identifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

const flagLetters = "aimsux"

var flagOf = map[rune]flags{'a': ascii, 'i': ignoreCase, 'm': multiline, 's': dotAll, 'x': verbose, 'u': 0}

// readFlags reads the rest of (?flags) or (?flags-flags: and sets the flags; c is the first character of them. It
// reports whether they apply to the whole expression.
func (p *parser) readFlags(c rune, start int) (global bool, err error) {
	var on, off string
	sign := false
	for ; c != ':' && c != ')'; c = p.next() {
		switch {
		case c == '-' && !sign:
			sign = true
		case c == 'L':
			return false, p.errorf(start, "bad inline flags: cannot use 'L' flag with a str pattern")
		case c < 0 || !strings.ContainsRune(flagLetters, c):
			return false, p.errorf(start, "bad inline flags: unknown flag, or missing -, : or )")
		case sign:
			off += string(c)
		default:
			on += string(c)
		}
	}
	switch {
	case strings.Contains(on, "a") && strings.Contains(on, "u"):
		return false, p.errorf(start, "bad inline flags: flags 'a' and 'u' are incompatible")
	case strings.ContainsAny(off, "au"):
		return false, p.errorf(start, "bad inline flags: cannot turn off flags 'a' and 'u'")
	case strings.ContainsAny(on, off) && off != "":
		return false, p.errorf(start, "bad inline flags: flag turned on and off")
	case sign && (off == "" || c == ')'):
		return false, p.errorf(start, "bad inline flags: missing flag or :")
	}
	if c == ')' {
		p.unicode = p.unicode || strings.Contains(on, "u")
		if p.unicode && (p.flags&ascii != 0 || strings.Contains(on, "a")) {
			return false, p.errorf(start, "bad inline flags: flags 'a' and 'u' are incompatible")
		}
	}
	other := "a"
	if p.flags&ascii != 0 {
		other = "u"
	}
	if c == ':' && strings.Contains(on, other) {
		return false, p.unsupported(start, "the flag "+other+" for a part is",
			"Python does not always search as it matches then; write it at the start")
	}
	for _, c := range on {
		p.flags |= flagOf[c]
	}
	for _, c := range off {
		p.flags &^= flagOf[c]
	}
	return c == ')', nil
}
