package pattern

import "slices"

// states is an automaton that is built on demand: a state is added when a [Matcher] first reaches it, and all are
// dropped when there are too many.
//
// A state belongs to a position in the text. It says which instructions can match the character after the position and
// then lead to a match, and what assertions need to know about that character. It is computed from the state one
// character further on.
type states struct {
	p     *Pattern
	count int
	width int      // entries of a row: one for each class, and one for the start of the text
	words int      // length of an instruction set, in words of 64 bits
	sets  []uint64 // by state
	after []facts  // by state
	// steps has a row for each state, with an entry for each class of the character before it. The entry is the index of
	// the row of the state before that character<<1 | 1 if a match can begin after the character, or 0 if it is not known
	// yet. State 0 is not used.
	steps []uint32
	table []int32 // hash table of the states, 0 if free

	// The fields below are for one position at a time.
	before, behind facts
	taking         []uint64 // instruction set of the state
	nonEmpty       bool     // a match that begins here must not be empty
	round          uint32
	found          []uint32 // by instruction and loops: round<<1 | 1 if it leads to a match
	next           []uint64
}

func (s *states) init(p *Pattern) {
	s.p = p
	s.width = p.alphabet.classes() + 1
	s.words = len(p.chars)/64 + 1
	s.found = make([]uint32, len(p.program)<<p.loops)
	s.next = make([]uint64, s.words)
	s.table = make([]int32, 64)
	s.forget()
}

func (s *states) forget() {
	s.count = 1
	s.sets = append(s.sets[:0], s.next...) // the content does not matter, as state 0 is not used
	s.after = append(s.after[:0], 0)
	s.steps = grow(s.steps[:0], s.width)
	clear(s.table)
}

// grow adds n zeros.
func grow(b []uint32, n int) []uint32 {
	b = slices.Grow(b, n)[:len(b)+n]
	clear(b[len(b)-n:])
	return b
}

func (s *states) set(state int) []uint64 { return s.sets[state*s.words : (state+1)*s.words] }

func hash(set []uint64, after facts) uint64 {
	h := uint64(after) + 1
	for _, w := range set {
		h = (h ^ w) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return h
}

// intern returns the state with the set and the facts, and adds it if it is new.
func (s *states) intern(set []uint64, after facts) int {
	mask := uint64(len(s.table) - 1)
	slot := hash(set, after) & mask
	for ; s.table[slot] != 0; slot = (slot + 1) & mask {
		if id := int(s.table[slot]); s.after[id] == after && slices.Equal(s.set(id), set) {
			return id
		}
	}
	id := s.count
	s.count++
	s.sets = append(s.sets, set...)
	s.after = append(s.after, after)
	s.steps = grow(s.steps, s.width)
	s.table[slot] = int32(id)
	if 2*s.count > len(s.table) {
		s.rehash()
	}
	return id
}

func (s *states) rehash() {
	s.table = make([]int32, 2*len(s.table))
	mask := uint64(len(s.table) - 1)
	for id := 1; id < s.count; id++ {
		slot := hash(s.set(id), s.after[id]) & mask
		for s.table[slot] != 0 {
			slot = (slot + 1) & mask
		}
		s.table[slot] = int32(id)
	}
}

// prepare sets leads and follow for a position, given its state and the class of the character before it.
func (s *states) prepare(state, class int, nonEmpty bool) {
	s.before = outside & s.p.needs
	if class < len(s.p.classFacts) {
		s.before = s.p.classFacts[class]
	}
	s.behind = s.after[state]
	s.taking = s.set(state)
	s.nonEmpty = nonEmpty
	if s.round++; s.round == 1<<31 {
		s.round = 1
		clear(s.found)
	}
}

// reachesMatch reports whether the instruction leads to a match from this position. loops has a bit for each loop that
// began a round here.
func (s *states) reachesMatch(pc int32, loops uint32) bool {
	at := int(pc)<<s.p.loops | int(loops)
	if s.found[at]>>1 == s.round {
		return s.found[at]&1 != 0
	}
	result := s.search(pc, loops)
	s.found[at] = s.round << 1
	if result {
		s.found[at] |= 1
	}
	return result
}

func (s *states) search(pc int32, loops uint32) bool {
	switch in := &s.p.program[pc]; in.code {
	case codeChar:
		char := s.p.charOf[pc]
		return s.taking[char/64]>>(char%64)&1 != 0
	case codeMatch:
		return !s.nonEmpty
	case codeSplit:
		return s.reachesMatch(in.next, loops) || s.reachesMatch(in.alt, loops)
	case codeSave:
		return s.reachesMatch(in.next, loops)
	case codeAssert:
		return assertion(in.arg).holds(s.before, s.behind) && s.reachesMatch(in.next, loops)
	case codeLeave:
		return s.reachesMatch(in.next, loops&(1<<in.arg-1))
	default: // codeLoop, codeLazy
		return loops>>in.arg&1 == 0 && s.reachesMatch(in.next, loops|1<<in.arg) || s.reachesMatch(in.alt, loops)
	}
}

// step computes the entry of steps for a state and the class of the character before it.
func (s *states) step(state, class int) uint32 {
	s.prepare(state, class, false)
	to := 0
	begins := s.reachesMatch(s.p.start, 0)
	if class < len(s.p.classFacts) {
		clear(s.next)
		for i, pc := range s.p.chars {
			if in := &s.p.program[pc]; s.p.alphabet.has(class, int(in.arg)) && s.reachesMatch(in.next, 0) {
				s.next[i/64] |= 1 << (i % 64)
			}
		}
		after := s.p.classFacts[class]
		if after&newline != 0 && s.behind&outside != 0 {
			after |= last
		}
		to = s.intern(s.next, after&s.p.needs)
	}
	step := uint32(max(to, 1)*s.width) << 1 // not used at the start of the text, but must not be 0
	if begins {
		step |= 1
	}
	s.steps[state*s.width+class] = step
	return step
}

// followPath takes the preferred path from an instruction, at the position that prepare has set, among the paths that
// lead to a match. It appends the slots of groups on the path, and returns the instruction at which it ends: one that
// matches a character, or the end of the match.
func (s *states) followPath(pc int32, slots []int32) (int32, []int32) {
	loops := uint32(0)
	for {
		in := &s.p.program[pc]
		next := in.next
		switch in.code {
		case codeChar, codeMatch:
			return pc, slots
		case codeSplit:
			if !s.reachesMatch(in.next, loops) {
				next = in.alt
			}
		case codeSave:
			slots = append(slots, in.arg)
		case codeLeave:
			loops &= 1<<in.arg - 1
		case codeLoop, codeLazy:
			again := loops>>in.arg&1 == 0
			if in.code == codeLoop && again {
				again = s.reachesMatch(in.next, loops|1<<in.arg)
			} else if again {
				again = !s.reachesMatch(in.alt, loops)
			}
			if again {
				loops |= 1 << in.arg
			} else {
				next = in.alt
			}
		}
		pc = next
	}
}
