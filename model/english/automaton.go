package english

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"reddit-classifier/model/english/internal/layout"
)

// automaton is a deterministic automaton over the character classes of the pack. It is read in place; package layout
// describes its bytes. State 0 is dead. Even if the bytes are damaged, a run takes at most one step per character.
type automaton struct {
	columns  uint32
	end      uint32 // column of the end of the text
	columnOf []byte // column of each of 256 classes
	start    []byte // start state by the column of the previous character
	next     []byte // transitions
	accept   []byte // suffix accepts
}

var errAutomaton = errors.New("its size does not fit its contents")

func (a *automaton) load(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if len(b) < 4+256 {
		return errAutomaton
	}
	states, columns := int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:]))
	if columns == 0 || columns > 256 || states == 0 || len(b) != 4+256+2*columns+2*states*columns+states {
		return errAutomaton
	}
	a.columns, a.end = uint32(columns), uint32(columns-1)
	a.columnOf, b = b[4:4+256:4+256], b[4+256:]
	a.start, b = b[:2*columns:2*columns], b[2*columns:]
	a.next, a.accept = b[:2*states*columns:2*states*columns], b[2*states*columns:]
	return nil
}

// exists reports whether the pack has the automaton.
func (a *automaton) exists() bool { return a.columns > 0 }

// first returns the start state after a character of the column.
func (a *automaton) first(column uint32) uint32 {
	i := int(column) * 2
	if i+2 > len(a.start) {
		return 0
	}
	return uint32(a.start[i]) | uint32(a.start[i+1])<<8
}

// step returns the transition from state on column: the next state, with layout.MatchBefore set if a match ends before
// the character.
func (a *automaton) step(state, column uint32) uint32 {
	i := int(state*a.columns+column) * 2
	if i+2 > len(a.next) {
		return 0
	}
	return uint32(a.next[i]) | uint32(a.next[i+1])<<8
}

// column returns the column of the character at the start of s, and its length in bytes.
func (p *Pack) column(a *automaton, s string) (uint32, int) {
	if c := s[0]; c < utf8.RuneSelf {
		return uint32(a.columnOf[p.asciiClass[c]]), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	return uint32(a.columnOf[p.class(r)]), n
}

// columnBefore returns the column of the character at the end of s, and its length in bytes.
func (p *Pack) columnBefore(a *automaton, s string) (uint32, int) {
	if c := s[len(s)-1]; c < utf8.RuneSelf {
		return uint32(a.columnOf[p.asciiClass[c]]), 1
	}
	r, n := utf8.DecodeLastRuneInString(s)
	return uint32(a.columnOf[p.class(r)]), n
}

// match returns the end of the match that starts at s[at:], or -1 if there is none. The first alternative that matches
// is taken. previous is the column of the character before the match.
func (p *Pack) match(a *automaton, s string, at int, previous uint32) int {
	state, end := a.first(previous), -1
	for state != 0 {
		column, n := a.end, 0
		if at < len(s) {
			column, n = p.column(a, s[at:])
		}
		t := a.step(state, column)
		if t&layout.MatchBefore != 0 {
			end = at
		}
		if n == 0 {
			break
		}
		state = t &^ layout.MatchBefore
		at += n
	}
	return end
}

// matchWhole reports whether the automaton accepts all of s.
func (p *Pack) matchWhole(a *automaton, s string) bool {
	state := a.first(a.end)
	for at := 0; at < len(s); {
		column, n := p.column(a, s[at:])
		if state = a.step(state, column) &^ layout.MatchBefore; state == 0 {
			return false
		}
		at += n
	}
	return a.step(state, a.end)&layout.MatchBefore != 0
}

// suffixStart returns the start of the longest suffix of s, or len(s) if there is none.
func (p *Pack) suffixStart(s string) int {
	a := &p.suffix
	best, at := len(s), len(s)
	var before2 int // end of the character read before the last one
	before := at    // end of the last character read
	state := a.first(a.end)
	for state != 0 && at > 0 {
		column, n := p.columnBefore(a, s[:at])
		before2, before, at = before, at, at-n
		state = a.step(state, column) &^ layout.MatchBefore
		if int(state) >= len(a.accept) {
			break
		}
		switch a.accept[state] {
		case 1:
			best = min(best, at)
		case 2:
			best = min(best, before)
		case 3:
			best = min(best, before2)
		}
	}
	return best
}
