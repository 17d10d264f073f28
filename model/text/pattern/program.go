package pattern

import "fmt"

type code uint8

const (
	codeChar   code = iota // match one character of set arg
	codeMatch              // the match ends
	codeSplit              // continue at next or, if that does not lead to a match, at alt
	codeSave               // store the position in slot arg
	codeAssert             // assertion arg must hold at the position
	codeLoop               // begin another round of loop arg at next unless the last one was empty; else continue at alt
	codeLazy               // like codeLoop, but alt is tried first
	codeLeave              // leave loop arg and the loops within it
)

// inst is an instruction of a program.
type inst struct {
	code      code
	arg       int32
	next, alt int32
}

const (
	maxProgram = 10_000 // instructions
	maxLoops   = 5      // nested loops whose body can match nothing
)

// compiler translates nodes to instructions. It goes from the last to the first, because an instruction refers to the
// one that follows it.
type compiler struct {
	program []inst
	loops   int            // deepest nesting of loops whose body can match nothing; each level needs a bit
	work    int            // number of compiled nodes, with repetitions written out
	empty   map[*node]bool // results of canBeEmpty
}

func compile(n *node) (program []inst, start int32, loops int, err error) {
	c := &compiler{empty: map[*node]bool{}}
	start, err = c.node(n, c.emit(inst{code: codeMatch}), 0)
	return c.program, start, c.loops, err
}

func (c *compiler) emit(i inst) int32 {
	c.program = append(c.program, i)
	return int32(len(c.program) - 1)
}

// node compiles n, which is followed by the instruction next. It is within depth loops whose body can match nothing.
func (c *compiler) node(n *node, next int32, depth int) (start int32, err error) {
	if c.work++; c.work > maxProgram || len(c.program) > maxProgram {
		return 0, fmt.Errorf("the expression is too large: with repetitions written out it has more than %d steps",
			maxProgram)
	}
	switch n.op {
	case opSet:
		return c.emit(inst{code: codeChar, arg: int32(n.set), next: next}), nil
	case opAssert:
		return c.emit(inst{code: codeAssert, arg: int32(n.assert), next: next}), nil
	case opGroup:
		next = c.emit(inst{code: codeSave, arg: int32(2*n.group + 1), next: next})
		next, err = c.node(n.parts[0], next, depth)
		return c.emit(inst{code: codeSave, arg: int32(2 * n.group), next: next}), err
	case opCat:
		for i := len(n.parts) - 1; i >= 0 && err == nil; i-- {
			next, err = c.node(n.parts[i], next, depth)
		}
		return next, err
	case opAlt:
		return c.alternatives(n, next, depth)
	}
	return c.repeat(n, next, depth)
}

func (c *compiler) alternatives(n *node, next int32, depth int) (start int32, err error) {
	last := len(n.parts) - 1
	start, err = c.node(n.parts[last], next, depth)
	for i := last - 1; i >= 0 && err == nil; i-- {
		var part int32
		if part, err = c.node(n.parts[i], next, depth); err == nil {
			start = c.emit(inst{code: codeSplit, next: part, alt: start})
		}
	}
	return start, err
}

// repeat compiles the required rounds, and after them the optional ones.
func (c *compiler) repeat(n *node, next int32, depth int) (start int32, err error) {
	body := n.parts[0]
	round := inst{code: codeSplit}
	within := depth
	if (n.max < 0 || n.max-n.min > 1) && c.canBeEmpty(body) {
		// Python begins no new round at the position where the last one began. A bit marks such a round.
		if within++; within > maxLoops {
			return 0, fmt.Errorf("more than %d repetitions of what can be empty are nested", maxLoops)
		}
		c.loops = max(c.loops, within)
		round = inst{code: codeLoop, arg: int32(depth)}
		next = c.emit(inst{code: codeLeave, arg: int32(depth), next: next})
	}
	start = next
	var first int32
	if n.max < 0 {
		start = c.emit(round)
		first, err = c.node(body, start, within)
		c.program[start] = n.completeRound(round, first, next)
	}
	for i := n.min; i < n.max && err == nil; i++ {
		first, err = c.node(body, start, within)
		start = c.emit(n.completeRound(round, first, next))
	}
	for i := 0; i < n.min && err == nil; i++ {
		start, err = c.node(body, start, within)
	}
	return start, err
}

// completeRound completes the instruction i, which either begins a round at body or ends the repetition n.
func (n *node) completeRound(i inst, body, end int32) inst {
	i.next, i.alt = body, end
	if n.lazy && i.code == codeSplit {
		i.next, i.alt = end, body
	} else if n.lazy {
		i.code = codeLazy
	}
	return i
}

// canBeEmpty reports whether n can match the empty string.
func (c *compiler) canBeEmpty(n *node) bool {
	if empty, known := c.empty[n]; known {
		return empty
	}
	empty := true
	switch n.op {
	case opSet:
		empty = false
	case opCat, opGroup:
		for _, part := range n.parts {
			empty = empty && c.canBeEmpty(part)
		}
	case opAlt:
		empty = false
		for _, part := range n.parts {
			empty = empty || c.canBeEmpty(part)
		}
	case opRepeat:
		empty = n.min == 0 || c.canBeEmpty(n.parts[0])
	}
	c.empty[n] = empty
	return empty
}
