package pattern

import "fmt"

// Pattern is a compiled regular expression. It is immutable and safe for concurrent use; each goroutine needs a
// [Matcher] of its own.
type Pattern struct {
	text       string
	names      []string // names of the groups; names[0] is the whole match
	program    []inst
	start      int32   // instruction
	chars      []int32 // instructions that match a character
	charOf     []int32 // for each instruction that matches a character, its index in chars
	loops      int
	alphabet   *alphabet
	classFacts []facts // for each class, what assertions need to know about its characters
	needs      facts
}

// Compile parses an expression of Python's re. Flags can be set only within the expression. The error says what is
// wrong with the expression, or what is not supported, and at which position.
func Compile(expr string) (*Pattern, error) {
	parser, root, err := parse(expr)
	if err != nil {
		return nil, fmt.Errorf("regular expression: %w", err)
	}
	p := &Pattern{text: expr, names: parser.names}
	if p.program, p.start, p.loops, err = compile(root); err != nil {
		return nil, fmt.Errorf("regular expression: %w", err)
	}
	p.charOf = make([]int32, len(p.program))
	for i, in := range p.program {
		switch in.code {
		case codeChar:
			p.charOf[i] = int32(len(p.chars))
			p.chars = append(p.chars, int32(i))
		case codeAssert:
			p.needs |= assertionFacts[in.arg]
		}
	}
	if err := p.buildAlphabet(parser.sets); err != nil {
		return nil, fmt.Errorf("regular expression: %w", err)
	}
	return p, nil
}

// CompileTokens is like [Compile] for an expression that finds tokens. The expression may have at most one group, which
// then is the token.
func CompileTokens(expr string) (*Pattern, error) {
	p, err := Compile(expr)
	if err == nil && p.Groups() > 1 {
		return nil, fmt.Errorf("the expression %q for tokens has %d groups: use at most one", expr, p.Groups())
	}
	return p, err
}

// buildAlphabet sets the alphabet. The character sets that assertions test are part of it.
func (p *Pattern) buildAlphabet(sets []set) (err error) {
	asked := []struct {
		fact facts
		set  set
	}{
		{newline, set{spans: []span{{'\n', '\n'}}}},
		{word, category('w', false)},
		{asciiWord, category('w', true)},
	}
	first := len(sets)
	for _, a := range asked {
		if p.needs&a.fact != 0 {
			sets = append(sets, a.set)
		}
	}
	if p.alphabet, err = newAlphabet(sets); err != nil {
		return err
	}
	p.classFacts = make([]facts, p.alphabet.classes())
	for _, a := range asked {
		if p.needs&a.fact == 0 {
			continue
		}
		for class := range p.classFacts {
			if p.alphabet.has(class, first) {
				p.classFacts[class] |= a.fact
			}
		}
		first++
	}
	return nil
}

// String returns the source of the expression.
func (p *Pattern) String() string { return p.text }

// Groups returns the number of capturing groups.
func (p *Pattern) Groups() int { return len(p.names) - 1 }

// facts are what assertions need to know about the characters before and after a position.
type facts uint8

const (
	newline   facts = 1 << iota
	word            // a word character in Unicode
	asciiWord       // a word character in ASCII
	outside         // no character: the text begins or ends here
	last            // the last character of the text
)

// assertionFacts lists the facts that each assertion tests.
var assertionFacts = [...]facts{
	beginText:       outside,
	beginLine:       outside | newline,
	endText:         outside,
	endLastLine:     outside | newline | last,
	endLine:         outside | newline,
	boundary:        outside | word,
	noBoundary:      outside | word,
	asciiBoundary:   outside | asciiWord,
	asciiNoBoundary: outside | asciiWord,
}

// holds reports whether the assertion is true between characters with the facts before and after. As in Python, neither
// \b nor \B is true in an empty text.
func (a assertion) holds(before, after facts) bool {
	empty := before&after&outside != 0
	switch a {
	case beginText:
		return before&outside != 0
	case beginLine:
		return before&(outside|newline) != 0
	case endText:
		return after&outside != 0
	case endLastLine:
		return after&outside != 0 || after&(newline|last) == newline|last
	case endLine:
		return after&(outside|newline) != 0
	case boundary:
		return (before^after)&word != 0
	case noBoundary:
		return (before^after)&word == 0 && !empty
	case asciiBoundary:
		return (before^after)&asciiWord != 0
	}
	return (before^after)&asciiWord == 0 && !empty
}
