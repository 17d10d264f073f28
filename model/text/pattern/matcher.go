package pattern

import "unicode/utf8"

// Matcher finds the matches of a [Pattern] in one text after another. It reuses its buffers and caches what it has
// computed, so that it soon stops allocating. It must not be used by several goroutines at the same time.
//
// The text is first read from its end to its start. This tells, for each position, which instructions can lead to a
// match. A second pass from the start then takes, at each position, the one of these instructions that the expression
// prefers, and never has to backtrack. Of a long text only the states at cuts are kept; the part between two cuts is
// read again when the second pass reaches it. So the time is linear in the length of the text.
type Matcher struct {
	states
	text  string
	block int // maximum number of bytes between cuts
	limit int // number of states at which all states are dropped

	cuts    []int    // positions of the cuts, from the end of the text to its start
	cutSets []uint64 // the instruction set and the facts of each cut

	cut       int      // the part of the text before cuts[cut] is in places
	from, to  int      // the part's positions, both included
	places    []uint32 // for each position, its step<<1 | 1 if a match begins there; a step is an index of states.steps
	pos       int
	afterNone bool // the last match was empty and ended at pos
	groups    []int

	choices choices
}

// budget is the approximate size in bytes of the states that a Matcher keeps.
const budget = 4 << 20

// NewMatcher returns a [Matcher] of the empty text.
func (p *Pattern) NewMatcher() *Matcher {
	m := &Matcher{groups: make([]int, 2*len(p.names))}
	m.states.init(p)
	m.block = min(max(budget/2/(4*m.width+8*m.words), 64), 4096)
	m.limit = 2*m.block + 2*utf8.UTFMax
	m.choices.init()
	m.Reset("")
	return m
}

// Reset makes the next call of [Matcher.Next] begin at the start of text. The Matcher refers to text until the next
// Reset.
func (m *Matcher) Reset(text string) {
	m.text, m.pos, m.afterNone = text, 0, false
	m.cuts, m.cutSets = m.cuts[:0], m.cutSets[:0]
	clear(m.next)
	m.addCut(len(text), m.next, outside&m.p.needs)
	if len(text) > m.block {
		m.storeCutStates()
	}
	m.read(len(m.cuts) - 1)
}

func (m *Matcher) addCut(at int, set []uint64, after facts) {
	m.cuts = append(m.cuts, at)
	m.cutSets = append(append(m.cutSets, set...), uint64(after))
}

// stateAt returns the state at a cut.
func (m *Matcher) stateAt(cut int) int {
	set := m.cutSets[cut*(m.words+1):][:m.words+1]
	return m.intern(set[:m.words], facts(set[m.words]))
}

// classBefore returns the class and the length in bytes of the character that ends at p.
func (m *Matcher) classBefore(p int) (class, size int) {
	if c := m.text[p-1]; c < utf8.RuneSelf {
		return int(m.p.alphabet.ascii[c]), 1
	}
	r, n := utf8.DecodeLastRuneInString(m.text[:p])
	return int(m.p.alphabet.classOf(r)), n
}

// storeCutStates reads a long text from its end and stores the states at cuts.
func (m *Matcher) storeCutStates() {
	state := m.stateAt(0) * m.width
	for p := len(m.text); p > 0; {
		class, size := m.classBefore(p)
		step := m.steps[state+class]
		if step == 0 {
			if m.count >= m.limit {
				m.addCut(p, m.set(state/m.width), m.after[state/m.width])
				m.forgetAll()
				state = m.stateAt(len(m.cuts)-1) * m.width
				m.dropCut()
			}
			step = m.step(state/m.width, class)
		}
		p -= size
		state = int(step >> 1)
		if m.cuts[len(m.cuts)-1]-p >= m.block {
			m.addCut(p, m.set(state/m.width), m.after[state/m.width])
		}
	}
}

func (m *Matcher) dropCut() {
	m.cuts = m.cuts[:len(m.cuts)-1]
	m.cutSets = m.cutSets[:len(m.cutSets)-m.words-1]
}

func (m *Matcher) forgetAll() {
	m.forget()
	m.choices.forget()
}

// read fills places with the part of the text between a cut and the one before it.
func (m *Matcher) read(cut int) {
	if m.count+m.block+2*utf8.UTFMax > m.limit {
		m.forgetAll()
	}
	m.cut, m.from, m.to = cut, 0, m.cuts[cut]
	if cut+1 < len(m.cuts) {
		m.from = m.cuts[cut+1] + 1
	}
	m.places = grow(m.places[:0], m.to-m.from+1)
	state := m.stateAt(cut) * m.width
	text, places, ascii, steps := m.text, m.places, &m.p.alphabet.ascii, m.steps
	for p := m.to; p >= m.from; {
		var class, size int
		if p == 0 {
			class, size = m.width-1, 1
		} else if c := text[p-1]; c < utf8.RuneSelf {
			class, size = int(ascii[c]), 1
		} else {
			class, size = m.classBefore(p)
		}
		step := steps[state+class]
		if step == 0 {
			step = m.step(state/m.width, class)
			steps = m.steps
		}
		places[p-m.from] = uint32(state+class)<<1 | step&1
		state = int(step >> 1)
		p -= size
	}
}

// Next returns the start and the end of the next match, as byte offsets. It returns false if there are no more matches.
func (m *Matcher) Next() (start, end int, ok bool) {
	for p := m.pos; p <= len(m.text); p++ {
		if p > m.to {
			m.read(m.cut - 1)
		}
		if m.places[p-m.from]&1 == 0 {
			continue
		}
		if end, ok := m.match(p, m.afterNone && p == m.pos); ok {
			m.pos, m.afterNone = end, end == p
			m.groups[0], m.groups[1] = p, end
			return p, end, true
		}
	}
	m.pos = len(m.text) + 1
	return 0, 0, false
}

// match returns the end of the match that begins at p, and sets the groups.
func (m *Matcher) match(p int, nonEmpty bool) (end int, ok bool) {
	for i := range m.groups {
		m.groups[i] = -1
	}
	var c choice
	key := m.p.startKey(nonEmpty)
	last, lastKey := ^uint32(0), key // the step and the key of c
	text, places := m.text, m.places
	for {
		if p > m.to {
			m.read(m.cut - 1)
			places = m.places
			last = ^uint32(0) // read may have renumbered the steps
		}
		if step := places[p-m.from] >> 1; step != last || key != lastKey { // often equal within a word
			c = *m.choices.first(step, key)
			if c.step != step || c.from != key {
				c = m.choose(step, key)
			}
			last, lastKey = step, key
		}
		if c.slots != 0 {
			for _, slot := range m.choices.at(c.slots) {
				m.groups[slot] = p
			}
		}
		if key = c.next; key < 0 {
			return p, key == matched
		}
		if text[p] < utf8.RuneSelf {
			p++
		} else {
			_, n := utf8.DecodeRuneInString(text[p:])
			p += n
		}
	}
}

// Group returns the start and the end of group i of the last match, as byte offsets, or -1, -1 if the group is not part
// of the match. Group 0 is the whole match.
func (m *Matcher) Group(i int) (start, end int) {
	start, end = m.groups[2*i], m.groups[2*i+1]
	if end < 0 {
		return -1, -1
	}
	return start, end
}

// NextToken returns the next element of re.findall for a pattern with at most one group. That is the group, or "" if it
// is not part of the match; without a group it is the whole match. It returns false if there are no more matches.
func (m *Matcher) NextToken() (token string, ok bool) {
	start, end, ok := m.Next()
	if len(m.groups) > 2 && ok {
		if start, end = m.Group(1); start < 0 {
			return "", true
		}
	}
	return m.text[start:end], ok
}
