package pattern

// choice records how a match continues from an instruction at one position of the text.
type choice struct {
	step  uint32 // the step that led to the position: an index of states.steps
	from  int32  // instruction<<1 | 1 if the match must not be empty
	next  int32  // instruction after the next character<<1, or matched or failed
	slots uint32 // list of the slots of groups that begin or end at the position; 0 if there are none
}

const (
	matched = -1 // the match ends here
	failed  = -2 // no match; possible only if the match must not be empty
)

// startKey returns the key, as in choice.from, with which a match begins.
func (p *Pattern) startKey(nonEmpty bool) int32 {
	if nonEmpty {
		return p.start<<1 | 1
	}
	return p.start << 1
}

// choices is a cache of choices.
type choices struct {
	table []choice // hash table by step and from, with open addressing; an entry is free if its step is 0
	count int
	slots []int32 // lists, each preceded by its length
}

const (
	minChoices = 1 << 8
	maxChoices = 1 << 16
)

func (c *choices) init() {
	c.table = make([]choice, minChoices)
	c.slots = []int32{0}
}

func (c *choices) forget() {
	clear(c.table)
	c.count = 0
	c.slots = c.slots[:1]
}

// at returns the list of slots at the index.
func (c *choices) at(list uint32) []int32 { return c.slots[list+1:][:c.slots[list]] }

// first returns the entry where the choice is unless another has taken its place.
func (c *choices) first(step uint32, from int32) *choice {
	return &c.table[hashOf(step, from)&uint32(len(c.table)-1)]
}

func hashOf(step uint32, from int32) uint32 { return (step*0x9E3779B1 + uint32(from)*0x85EBCA6B) >> 8 }

// find returns the entry for the step and the instruction, or the free entry where it belongs.
func (c *choices) find(step uint32, from int32) *choice {
	mask := uint32(len(c.table) - 1)
	for at := hashOf(step, from) & mask; ; at = (at + 1) & mask {
		if e := &c.table[at]; e.step == step && e.from == from || e.step == 0 {
			return e
		}
	}
}

// choose returns the choice for a step and an instruction.
func (m *Matcher) choose(step uint32, from int32) choice {
	if e := m.choices.find(step, from); e.step != 0 {
		return *e
	}
	return m.decide(step, from)
}

// decide computes a choice and caches it.
func (m *Matcher) decide(step uint32, from int32) choice {
	all := &m.choices
	if all.count >= maxChoices {
		all.forget()
	} else if 2*all.count >= len(all.table) {
		old := all.table
		all.table = make([]choice, 2*len(old))
		for _, e := range old {
			if e.step != 0 {
				*all.find(e.step, e.from) = e
			}
		}
	}
	all.count++
	c := choice{step: step, from: from, next: failed}
	m.prepare(int(step)/m.width, int(step)%m.width, from&1 != 0)
	if m.reachesMatch(from>>1, 0) {
		list := len(all.slots)
		pc, slots := m.followPath(from>>1, append(all.slots, 0))
		if n := len(slots) - list - 1; n > 0 {
			slots[list] = int32(n)
			all.slots, c.slots = slots, uint32(list)
		}
		if c.next = matched; m.p.program[pc].code == codeChar {
			c.next = m.p.program[pc].next << 1
		}
	}
	*all.find(step, from) = c
	return c
}
