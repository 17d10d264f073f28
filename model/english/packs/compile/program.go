package compile

import "fmt"

type kind int

const (
	isSet    kind = iota // consume a character of the set
	isFork               // continue at each of next, in order of preference
	isAhead              // continue if the next character is in the set; if negated, continue if it is not, or at the end
	isBehind             // continue if the previous character is in the set
	isForbid             // continue; the thread dies if the program look matches from here
	isMatch              // a match; the last tag characters read are a look-behind (suffixes only)
)

// inst is an instruction of a non-deterministic automaton.
type inst struct {
	kind    kind
	set     int
	next    []int
	negated bool
	tag     int
	look    *program
}

// program is a non-deterministic automaton for one pattern.
type program struct {
	insts []inst
	start int
	sets  *[]set // shared with the programs of its look-aheads
	byKey map[string]int
	// backwards says that the program reads the text from its end.
	backwards bool
}

func newProgram(backwards bool) *program {
	return &program{sets: new([]set), byKey: map[string]int{}, backwards: backwards}
}

func (p *program) emit(i inst) int {
	p.insts = append(p.insts, i)
	return len(p.insts) - 1
}

func (p *program) intern(s set) int {
	k := s.key()
	if i, ok := p.byKey[k]; ok {
		return i
	}
	*p.sets = append(*p.sets, s)
	p.byKey[k] = len(*p.sets) - 1
	return len(*p.sets) - 1
}

// build adds instructions for n that continue at next, and returns the first of them.
func (p *program) build(n *node, next int) (int, error) {
	switch n.op {
	case opSet:
		return p.emit(inst{kind: isSet, set: p.intern(n.set), next: []int{next}}), nil
	case opCat:
		return p.sequence(n.parts, next)
	case opAlt:
		fork := inst{kind: isFork}
		for _, part := range n.parts {
			at, err := p.build(part, next)
			if err != nil {
				return 0, err
			}
			fork.next = append(fork.next, at)
		}
		return p.emit(fork), nil
	case opRepeat:
		return p.repeat(n, next)
	case opAhead:
		return p.ahead(n, next)
	case opBehind:
		s, ok := singleCharacterSet(n.parts[0])
		if !ok || p.backwards {
			return 0, fmt.Errorf(
				"a look-behind of more than one character, or not at the start of a suffix: the pattern compiler has to learn this",
			)
		}
		return p.emit(inst{kind: isBehind, set: p.intern(s), next: []int{next}}), nil
	}
	return 0, fmt.Errorf("an anchor inside the pattern: the pattern compiler has to learn this")
}

func (p *program) sequence(parts []*node, next int) (int, error) {
	var err error
	for i := range parts {
		part := parts[len(parts)-1-i]
		if p.backwards {
			part = parts[i]
		}
		if next, err = p.build(part, next); err != nil {
			return 0, err
		}
	}
	return next, nil
}

func (p *program) repeat(n *node, next int) (int, error) {
	entry := next
	if n.max < 0 {
		entry = p.emit(inst{kind: isFork})
		body, err := p.build(n.parts[0], entry)
		if err != nil {
			return 0, err
		}
		p.insts[entry].next = []int{body, next}
	}
	for i := n.min; i < n.max; i++ {
		body, err := p.build(n.parts[0], entry)
		if err != nil {
			return 0, err
		}
		entry = p.emit(inst{kind: isFork, next: []int{body, next}})
	}
	var err error
	for i := 0; i < n.min; i++ {
		if entry, err = p.build(n.parts[0], entry); err != nil {
			return 0, err
		}
	}
	return entry, nil
}

func (p *program) ahead(n *node, next int) (int, error) {
	if p.backwards {
		return 0, fmt.Errorf("a look-ahead in a suffix: the pattern compiler has to learn this")
	}
	if s, ok := singleCharacterSet(n.parts[0]); ok {
		return p.emit(inst{kind: isAhead, set: p.intern(s), negated: n.negated, next: []int{next}}), nil
	}
	if !n.negated {
		return 0, fmt.Errorf("a positive look-ahead of more than one character: the pattern compiler has to learn this")
	}
	look := &program{sets: p.sets, byKey: p.byKey}
	start, err := look.build(n.parts[0], look.emit(inst{kind: isMatch}))
	look.start = start
	return p.emit(inst{kind: isForbid, look: look, next: []int{next}}), err
}

// singleCharacterSet returns the set of n if n matches exactly one character.
func singleCharacterSet(n *node) (set, bool) {
	switch {
	case n.op == opSet:
		return n.set, true
	case n.op == opCat && len(n.parts) == 1:
		return singleCharacterSet(n.parts[0])
	}
	return nil, false
}

// branches returns the alternatives of a pattern, each as its sequence of parts.
func branches(n *node) [][]*node {
	if n.op != opAlt {
		n = &node{op: opAlt, parts: []*node{n}}
	}
	var out [][]*node
	for _, part := range n.parts {
		if part.op == opCat {
			out = append(out, part.parts)
		} else {
			out = append(out, []*node{part})
		}
	}
	return out
}

// prefixProgram returns the program of a pattern in which each alternative starts with ^.
func prefixProgram(n *node) (*program, error) {
	alt := &node{op: opAlt}
	for _, parts := range branches(n) {
		if len(parts) == 0 || parts[0].op != opBegin {
			return nil, fmt.Errorf("an alternative that does not start with ^: the pattern compiler has to learn this")
		}
		alt.parts = append(alt.parts, &node{op: opCat, parts: parts[1:]})
	}
	return infixProgram(alt)
}

// infixProgram returns the program of a pattern without anchors.
func infixProgram(n *node) (*program, error) {
	p := newProgram(false)
	start, err := p.build(n, p.emit(inst{kind: isMatch}))
	p.start = start
	return p, err
}

// wholeProgram returns the program of a pattern ^…$.
func wholeProgram(n *node) (*program, error) {
	b := branches(n)
	if len(b) != 1 || len(b[0]) < 2 || b[0][0].op != opBegin || b[0][len(b[0])-1].op != opEnd {
		return nil, fmt.Errorf("a pattern that is not ^…$: the pattern compiler has to learn this")
	}
	return infixProgram(&node{op: opCat, parts: b[0][1 : len(b[0])-1]})
}

// suffixProgram returns the backwards program of a pattern in which each alternative ends with $. A look-behind at the
// start of an alternative becomes characters that are read after the suffix.
func suffixProgram(n *node) (*program, error) {
	p := newProgram(true)
	fork := inst{kind: isFork}
	for _, parts := range branches(n) {
		if len(parts) == 0 || parts[len(parts)-1].op != opEnd {
			return nil, fmt.Errorf("an alternative that does not end with $: the pattern compiler has to learn this")
		}
		parts = parts[:len(parts)-1]
		tag := 0
		if len(parts) > 0 && parts[0].op == opBehind {
			behind := branches(parts[0].parts[0])
			if len(behind) != 1 || len(behind[0]) > maxBehind {
				return nil, fmt.Errorf(
					"a look-behind of more than %d characters: the pattern compiler has to learn this",
					maxBehind,
				)
			}
			tag = len(behind[0])
			for _, b := range behind[0] {
				if b.op != opSet {
					return nil, fmt.Errorf("a look-behind of unknown length: the pattern compiler has to learn this")
				}
			}
			parts = append(append([]*node{}, behind[0]...), parts[1:]...)
		}
		at, err := p.sequence(parts, p.emit(inst{kind: isMatch, tag: tag}))
		if err != nil {
			return nil, err
		}
		fork.next = append(fork.next, at)
	}
	p.start = p.emit(fork)
	return p, nil
}
