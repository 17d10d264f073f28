package pattern

// choice is what a match does at a place, coming to an instruction.
type choice struct {
	key             uint64 // 0: none
	next            int32  // the instruction behind the next character, or one of:
	slots, slotsEnd uint32 // the slots of groups whose place is here
}

const (
	matched = -1 // the match ends
	failed  = -2 // there is none; only if it must not be empty
)

// choices remembers them.
type choices struct {
	table []choice // by the hash of their keys, open addressing
	count int
	slots []int32
}

const (
	leastChoices = 1 << 8
	mostChoices  = 1 << 16
)

func (c *choices) init() { c.table = make([]choice, leastChoices) }

func (c *choices) forget() {
	clear(c.table)
	c.count = 0
	c.slots = c.slots[:0]
}

// slot returns where the key is in the table, or where it would be.
func (c *choices) slot(key uint64) *choice {
	mask := uint64(len(c.table) - 1)
	for at := key * 0x9E3779B97F4A7C15 >> 32 & mask; ; at = (at + 1) & mask {
		if e := &c.table[at]; e.key == key || e.key == 0 {
			return e
		}
	}
}

// choose returns the choice at a place that the step led to.
func (m *Matcher) choose(step uint32, pc int32, nonEmpty bool) *choice {
	key := uint64(step)<<32 | uint64(pc)<<1
	if nonEmpty {
		key |= 1
	}
	e := m.choices.slot(key)
	if e.key == 0 {
		return m.decide(key, int(step), pc, nonEmpty)
	}
	return e
}

// decide makes a choice and remembers it.
func (m *Matcher) decide(key uint64, step int, pc int32, nonEmpty bool) *choice {
	c := &m.choices
	if c.count >= mostChoices {
		c.forget()
	} else if 2*c.count >= len(c.table) {
		old := c.table
		c.table = make([]choice, 2*len(old))
		for _, e := range old {
			if e.key != 0 {
				*c.slot(e.key) = e
			}
		}
	}
	c.count++
	e := c.slot(key)
	*e = choice{key: key, next: failed, slots: uint32(len(c.slots)), slotsEnd: uint32(len(c.slots))}
	m.stand(step/m.width, step%m.width, nonEmpty)
	if !m.leads(pc, 0) {
		return e
	}
	end, slots := m.follow(pc, c.slots)
	c.slots, e.slotsEnd = slots, uint32(len(slots))
	if e.next = matched; m.p.program[end].code == codeChar {
		e.next = m.p.program[end].next
	}
	return e
}
