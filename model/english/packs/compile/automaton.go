package compile

import (
	"encoding/binary"
	"fmt"
)

// maxBehind is the maximum number of characters in a look-behind before a suffix.
const maxBehind = 2

// automaton is a deterministic automaton over the classes of an alphabet and the end of the text, which is its last
// column. State 0 is dead: it has no transitions to other states.
type automaton struct {
	alphabet *alphabet
	columnOf []int    // column of each class of the alphabet
	columns  int      // with the column of the end
	start    []int    // start state by the column of the previous character
	next     [][]int  // next[state][column]
	before   [][]bool // before[state][column]: a match ends before the character (leftmost-first automata)
	accept   []int    // 1 + look-behind characters read, if a match ends here (suffix automata)
}

func newAutomaton(sets []set) *automaton {
	a := &automaton{alphabet: divide(sets)}
	a.columns = a.alphabet.classes + 1
	for c := range a.alphabet.classes {
		a.columnOf = append(a.columnOf, c)
	}
	a.add() // state 0, the dead one
	return a
}

// end returns the column of the end of the text.
func (a *automaton) end() int { return a.columns - 1 }

// add adds a state and returns its number.
func (a *automaton) add() int {
	a.next = append(a.next, make([]int, a.columns))
	a.before = append(a.before, make([]bool, a.columns))
	a.accept = append(a.accept, 0)
	return len(a.next) - 1
}

// has reports whether the characters of column c are in set s. The end is in no set.
func (a *automaton) has(s, c int) bool { return c != a.end() && a.alphabet.member[s][c] }

// minimize merges equivalent states (Moore's algorithm), and then equivalent columns.
func (a *automaton) minimize() {
	block := make([]int, len(a.next))
	for count := 1; ; {
		index := map[string]int{}
		fresh := make([]int, len(a.next))
		for s := range a.next {
			key := binary.AppendUvarint(nil, uint64(a.accept[s]))
			key = binary.AppendUvarint(key, uint64(block[s]))
			for c, t := range a.next[s] {
				v := uint64(block[t]) << 1
				if a.before[s][c] {
					v |= 1
				}
				key = binary.AppendUvarint(key, v)
			}
			b, ok := index[string(key)]
			if !ok {
				b = len(index)
				index[string(key)] = b
			}
			fresh[s] = b
		}
		block = fresh
		if len(index) == count {
			break
		}
		count = len(index)
	}
	a.merge(block)
	a.mergeColumns()
}

// merge keeps the first state of each block. State 0 is the first of block 0.
func (a *automaton) merge(block []int) {
	out := *a
	out.next, out.before, out.accept = nil, nil, nil
	for s := range a.next {
		if block[s] != len(out.next) {
			continue
		}
		row := make([]int, a.columns)
		for c, t := range a.next[s] {
			row[c] = block[t]
		}
		out.next = append(out.next, row)
		out.before = append(out.before, a.before[s])
		out.accept = append(out.accept, a.accept[s])
	}
	out.start = make([]int, len(a.start))
	for c, s := range a.start {
		out.start[c] = block[s]
	}
	*a = out
}

// mergeColumns merges the columns that are equal in all states. The end keeps a column of its own.
func (a *automaton) mergeColumns() {
	index := map[string]int{}
	var kept []int
	columnOf := make([]int, a.columns)
	for c := range a.columns {
		var key []byte
		for s := range a.next {
			v := uint64(a.next[s][c]) << 1
			if a.before[s][c] {
				v |= 1
			}
			key = binary.AppendUvarint(key, v)
		}
		key = binary.AppendUvarint(key, uint64(a.start[c]))
		if c == a.end() {
			key = append(key, "end"...)
		}
		column, ok := index[string(key)]
		if !ok {
			column = len(kept)
			index[string(key)] = column
			kept = append(kept, c)
		}
		columnOf[c] = column
	}
	pick := func(row []int) []int {
		out := make([]int, len(kept))
		for i, c := range kept {
			out[i] = row[c]
		}
		return out
	}
	for s := range a.next {
		flags := make([]bool, len(kept))
		for i, c := range kept {
			flags[i] = a.before[s][c]
		}
		a.before[s], a.next[s] = flags, pick(a.next[s])
	}
	a.start = pick(a.start)
	a.columns = len(kept)
	a.columnOf = columnOf[:a.alphabet.classes]
}

// check returns an error if the automaton is too large for the pack format.
func (a *automaton) check() error {
	if len(a.next) > maxStates || a.columns > 256 {
		return fmt.Errorf("an automaton of %d states and %d columns is too large for the pack format", len(a.next), a.columns)
	}
	return nil
}

// encode returns the automaton in the layout of package layout. columnOf has the column of each class of the pack.
func (a *automaton) encode(columnOf []int) []byte {
	out := binary.LittleEndian.AppendUint16(nil, uint16(len(a.next)))
	out = binary.LittleEndian.AppendUint16(out, uint16(a.columns))
	classes := make([]byte, 256)
	for class, column := range columnOf {
		classes[class] = byte(column)
	}
	out = append(out, classes...)
	for _, s := range a.start {
		out = binary.LittleEndian.AppendUint16(out, uint16(s))
	}
	for s, row := range a.next {
		for c, t := range row {
			v := uint16(t)
			if a.before[s][c] {
				v |= matchBefore
			}
			out = binary.LittleEndian.AppendUint16(out, v)
		}
	}
	for _, v := range a.accept {
		out = append(out, byte(v))
	}
	return out
}

const (
	maxStates   = 1 << 15
	matchBefore = 1 << 15
)
