package pattern

import "fmt"

// code is the kind of an instruction.
type code uint8

const (
	codeChar   code = iota // one character of set arg
	codeMatch              // the end
	codeSplit              // next, or if that does not lead to a match, alt
	codeSave               // the place is that of slot arg
	codeAssert             // assertion arg must hold here
	codeLoop               // another round of loop arg at next unless the last was empty; else alt
	codeLazy               // the same, but alt comes first
	codeLeave              // loop arg and those within it are left
)

// inst is an instruction of a program.
type inst struct {
	code      code
	arg       int32
	next, alt int32
}

const (
	maxProgram = 10_000 // instructions
	maxLoops   = 5      // nested loops that can match nothing
)

// compiler turns nodes into instructions, from the last to the first: each knows where to go on.
type compiler struct {
	program []inst
	loops   int            // the deepest nesting of loops that can match nothing, which need a bit each
	work    int            // nodes compiled, repetitions counted
	empty   map[*node]bool // what canBeEmpty has found
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

// node compiles n, which next follows, inside of so many loops that can match nothing.
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

// repeat compiles the rounds that must be one after the other, and behind them those that may be.
func (c *compiler) repeat(n *node, next int32, depth int) (start int32, err error) {
	body := n.parts[0]
	round := inst{code: codeSplit}
	within := depth
	if (n.max < 0 || n.max-n.min > 1) && c.canBeEmpty(body) {
		// Python begins no further round where the last began. The mark of that is a bit.
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
		c.program[start] = n.round(round, first, next)
	}
	for i := n.min; i < n.max && err == nil; i++ {
		first, err = c.node(body, start, within)
		start = c.emit(n.round(round, first, next))
	}
	for i := 0; i < n.min && err == nil; i++ {
		start, err = c.node(body, start, within)
	}
	return start, err
}

// round completes an instruction that begins a round at body or ends the repetition n.
func (n *node) round(i inst, body, end int32) inst {
	i.next, i.alt = body, end
	if n.lazy && i.code == codeSplit {
		i.next, i.alt = end, body
	} else if n.lazy {
		i.code = codeLazy
	}
	return i
}

// canBeEmpty reports whether n matches without a character somewhere.
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
