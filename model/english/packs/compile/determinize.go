package compile

import (
	"fmt"
	"slices"
	"strings"
)

// determinizeLeftmostFirst returns the automaton that finds, from a given position, the match of Python's re: that of
// the first alternative that leads to a match. A state is the list of the remaining threads in order of preference; a
// match drops the threads after it. A match is reported at the character after it, or at the end, which is also where
// look-aheads are decided.
func determinizeLeftmostFirst(p *program) (*automaton, error) {
	a := newAutomaton(*p.sets)
	d := &firstBuilder{program: p, automaton: a, states: map[string]int{"": 0}}
	for c := range a.columns {
		threads, err := d.follow(nil, p.start, c, map[int]bool{})
		if err != nil {
			return nil, err
		}
		a.start = append(a.start, d.state(threads))
	}
	for s := 1; s < len(d.lists); s++ {
		for c := range a.columns {
			if err := d.step(s, c); err != nil {
				return nil, err
			}
		}
	}
	a.minimize()
	return a, a.check()
}

type firstBuilder struct {
	program   *program
	automaton *automaton
	states    map[string]int
	lists     [][]int
}

func (d *firstBuilder) state(threads []int) int {
	if d.lists == nil {
		d.lists = [][]int{nil}
	}
	key := fmt.Sprint(threads)
	if len(threads) == 0 {
		return 0
	}
	s, ok := d.states[key]
	if !ok {
		s = d.automaton.add()
		d.states[key] = s
		d.lists = append(d.lists, threads)
	}
	return s
}

// follow appends the threads that pc leads to without consuming a character. previous is the column of the character
// before.
func (d *firstBuilder) follow(threads []int, pc, previous int, seen map[int]bool) ([]int, error) {
	if seen[pc] {
		return threads, nil
	}
	seen[pc] = true
	in := &d.program.insts[pc]
	switch in.kind {
	case isForbid:
		return nil, fmt.Errorf("a long look-ahead in an affix: the pattern compiler has to learn this")
	case isBehind:
		if previous < 0 {
			return nil, fmt.Errorf("a look-behind after a look-ahead: the pattern compiler has to learn this")
		}
		if !d.automaton.has(in.set, previous) {
			return threads, nil
		}
	case isFork:
	default:
		return append(threads, pc), nil
	}
	var err error
	for _, next := range in.next {
		if threads, err = d.follow(threads, next, previous, seen); err != nil {
			return nil, err
		}
	}
	return threads, nil
}

func (d *firstBuilder) step(s, c int) error {
	a := d.automaton
	threads := slices.Clone(d.lists[s])
	var after []int
	seen := map[int]bool{}
	passed := map[int]bool{}
	for len(threads) > 0 {
		pc := threads[0]
		threads = threads[1:]
		in := &d.program.insts[pc]
		if in.kind == isMatch {
			a.before[s][c] = true
			break
		}
		if in.kind == isAhead {
			if a.has(in.set, c) == in.negated || passed[pc] {
				continue
			}
			passed[pc] = true
			more, err := d.follow(nil, in.next[0], -1, map[int]bool{})
			if err != nil {
				return err
			}
			threads = append(more, threads...)
			continue
		}
		if a.has(in.set, c) {
			var err error
			if after, err = d.follow(after, in.next[0], c, seen); err != nil {
				return err
			}
		}
	}
	a.next[s][c] = d.state(after)
	return nil
}

// determinizeLongest returns the automaton of a backwards program. All alternatives end at the end of the text, so the
// search finds the leftmost start, whichever alternative matches.
func determinizeLongest(p *program) (*automaton, error) {
	a := newAutomaton(*p.sets)
	states := map[string]int{"": 0}
	lists := [][]int{nil}
	state := func(threads map[int]bool) int {
		var list []int
		for pc := range threads {
			list = append(list, pc)
		}
		if len(list) == 0 {
			return 0
		}
		slices.Sort(list)
		key := fmt.Sprint(list)
		s, ok := states[key]
		if !ok {
			s = a.add()
			states[key] = s
			lists = append(lists, list)
			for _, pc := range list {
				if in := p.insts[pc]; in.kind == isMatch && (a.accept[s] == 0 || in.tag+1 < a.accept[s]) {
					a.accept[s] = in.tag + 1
				}
			}
		}
		return s
	}
	first := map[int]bool{}
	addClosure(p, p.start, first)
	start := state(first)
	for range a.columns {
		a.start = append(a.start, start)
	}
	for s := 1; s < len(lists); s++ {
		for c := range a.columns {
			after := map[int]bool{}
			for _, pc := range lists[s] {
				if in := p.insts[pc]; in.kind == isSet && a.has(in.set, c) {
					addClosure(p, in.next[0], after)
				}
			}
			a.next[s][c] = state(after)
		}
	}
	a.minimize()
	return a, a.check()
}

// addClosure adds pc to threads or, if it is a fork, the instructions that it leads to.
func addClosure(p *program, pc int, threads map[int]bool) {
	if in := &p.insts[pc]; in.kind == isFork {
		for _, next := range in.next {
			addClosure(p, next, threads)
		}
		return
	}
	threads[pc] = true
}

// determinizeWhole returns the automaton that decides whether a whole text matches a pattern ^…$. Python's $ would also
// match before a line feed at the end, but a text is a chunk, which has none. An accepting state reports a match at the
// column of the end.
//
// A thread has the negative look-aheads under way, each as the set of the positions in its own program.
func determinizeWhole(p *program) (*automaton, error) {
	a := newAutomaton(*p.sets)
	b := &wholeBuilder{program: p, automaton: a, states: map[string]int{"": 0}, lists: [][]thread{nil}}
	first := map[string]thread{}
	b.follow(first, thread{pc: p.start})
	start := b.state(first)
	for range a.columns {
		a.start = append(a.start, start)
	}
	for s := 1; s < len(b.lists); s++ {
		for c := range a.columns - 1 {
			after := map[string]thread{}
			for _, t := range b.lists[s] {
				b.step(after, t, c)
			}
			a.next[s][c] = b.state(after)
		}
		if len(b.lists) > maxStates*4 {
			return nil, fmt.Errorf("the pattern needs more than %d states", maxStates*4)
		}
	}
	a.minimize()
	return a, a.check()
}

// thread is a position in a program, with the look-aheads under way that must not match.
type thread struct {
	pc        int
	forbidden []lookahead
}

type lookahead struct {
	look   *program
	id     int // instruction that started it
	places []int
}

func (t thread) key() string {
	var b strings.Builder
	fmt.Fprint(&b, t.pc)
	for _, f := range t.forbidden {
		fmt.Fprint(&b, "!", f.id, f.places)
	}
	return b.String()
}

type wholeBuilder struct {
	program   *program
	automaton *automaton
	states    map[string]int
	lists     [][]thread
}

func (b *wholeBuilder) state(threads map[string]thread) int {
	if len(threads) == 0 {
		return 0
	}
	keys := make([]string, 0, len(threads))
	for k := range threads {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	key := strings.Join(keys, ";")
	s, ok := b.states[key]
	if !ok {
		s = b.automaton.add()
		b.states[key] = s
		list := make([]thread, len(keys))
		for i, k := range keys {
			list[i] = threads[k]
			if b.program.insts[list[i].pc].kind == isMatch {
				b.automaton.before[s][b.automaton.end()] = true
			}
		}
		b.lists = append(b.lists, list)
	}
	return s
}

// follow adds the threads that t leads to without consuming a character.
func (b *wholeBuilder) follow(threads map[string]thread, t thread) {
	in := &b.program.insts[t.pc]
	switch in.kind {
	case isFork:
		for _, next := range in.next {
			b.follow(threads, thread{next, t.forbidden})
		}
	case isForbid:
		places := map[int]bool{}
		addClosure(in.look, in.look.start, places)
		f := lookahead{look: in.look, id: t.pc, places: sortedKeys(places)}
		b.follow(threads, thread{in.next[0], append(slices.Clone(t.forbidden), f)})
	default:
		threads[t.key()] = t
	}
}

// step adds the threads that t becomes when it consumes a character of class c. It adds none if t cannot, or if a
// look-ahead then matches.
func (b *wholeBuilder) step(threads map[string]thread, t thread, c int) {
	in := &b.program.insts[t.pc]
	if in.kind != isSet || !b.automaton.has(in.set, c) {
		return
	}
	after := thread{pc: in.next[0]}
	for _, f := range t.forbidden {
		places := map[int]bool{}
		for _, pc := range f.places {
			if look := &f.look.insts[pc]; look.kind == isSet && b.automaton.has(look.set, c) {
				addClosure(f.look, look.next[0], places)
			}
		}
		for pc := range places {
			if f.look.insts[pc].kind == isMatch {
				return
			}
		}
		if len(places) > 0 {
			after.forbidden = append(after.forbidden, lookahead{f.look, f.id, sortedKeys(places)})
		}
	}
	b.follow(threads, after)
}

func sortedKeys(m map[int]bool) []int {
	out := make([]int, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
