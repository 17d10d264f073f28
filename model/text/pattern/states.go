package pattern

import "slices"

// states are the sets of instructions that a Matcher has met, and the ways from one to the next. They are found when
// they are first needed and forgotten when there are many.
//
// A state belongs to a place in the text. It says which instructions can take the character behind that place and then
// lead to a match, and what assertions need to know of that character. Both follow from the state one character on.
type states struct {
	p     *Pattern
	count int
	width int      // entries of a row: a class each, and the begin of the text
	words int      // of a set of instructions
	sets  []uint64 // by state
	after []facts  // by state
	// steps holds for each state and class of the character before it the state there, where it begins in steps, and
	// whether a match can begin between them: state*width<<1 | begins; 0 is not known. State 0 is not used.
	steps []uint32
	table []int32 // states by the hash of their sets, 0 where there is none

	// For one place at a time:
	before, behind facts
	taking         []uint64 // the set of its state
	nonEmpty       bool     // a match must not be empty here
	round          uint32
	found          []uint32 // by instruction and loops: round<<1 | whether it leads to a match
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
	s.sets = append(s.sets[:0], s.next...) // of any content: state 0 is not used
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

// intern returns the number of the state with the set and the facts.
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

// stand prepares for questions about the place behind a character of the class, at the state.
func (s *states) stand(state, class int, nonEmpty bool) {
	s.before = outside & s.p.needs
	if class < len(s.p.around) {
		s.before = s.p.around[class]
	}
	s.behind = s.after[state]
	s.taking = s.set(state)
	s.nonEmpty = nonEmpty
	if s.round++; s.round == 1<<31 {
		s.round = 1
		clear(s.found)
	}
}

// leads reports whether a match can be reached from the instruction at this place. loops are those that began a round
// here.
func (s *states) leads(pc int32, loops uint32) bool {
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
		return s.leads(in.next, loops) || s.leads(in.alt, loops)
	case codeSave:
		return s.leads(in.next, loops)
	case codeAssert:
		return assertion(in.arg).holds(s.before, s.behind) && s.leads(in.next, loops)
	case codeLeave:
		return s.leads(in.next, loops&(1<<in.arg-1))
	default: // codeLoop, codeLazy
		return loops>>in.arg&1 == 0 && s.leads(in.next, loops|1<<in.arg) || s.leads(in.alt, loops)
	}
}

// step finds where steps leads from a state over a character of the class before it.
func (s *states) step(state, class int) uint32 {
	s.stand(state, class, false)
	to := 0
	begins := s.leads(s.p.start, 0)
	if class < len(s.p.around) {
		clear(s.next)
		for i, pc := range s.p.chars {
			if in := &s.p.program[pc]; s.p.alphabet.has(class, int(in.arg)) && s.leads(in.next, 0) {
				s.next[i/64] |= 1 << (i % 64)
			}
		}
		after := s.p.around[class]
		if after&newline != 0 && s.behind&outside != 0 {
			after |= last
		}
		to = s.intern(s.next, after&s.p.needs)
	}
	step := uint32(max(to, 1)*s.width) << 1 // at the begin of the text it is not used, but must not be 0
	if begins {
		step |= 1
	}
	s.steps[state*s.width+class] = step
	return step
}

// follow goes from the instruction at this place, which stand has prepared, the way that the expression prefers of
// those that lead to a match, and appends the slots of groups that it passes. It ends at the instruction that takes a
// character, or at the end.
func (s *states) follow(pc int32, slots []int32) (int32, []int32) {
	loops := uint32(0)
	for {
		in := &s.p.program[pc]
		next := in.next
		switch in.code {
		case codeChar, codeMatch:
			return pc, slots
		case codeSplit:
			if !s.leads(in.next, loops) {
				next = in.alt
			}
		case codeSave:
			slots = append(slots, in.arg)
		case codeLeave:
			loops &= 1<<in.arg - 1
		case codeLoop, codeLazy:
			again := loops>>in.arg&1 == 0
			if in.code == codeLoop && again {
				again = s.leads(in.next, loops|1<<in.arg)
			} else if again {
				again = !s.leads(in.alt, loops)
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
