package pattern

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"
)

// alphabet divides the characters into classes. Two characters of one class are in the same sets.
type alphabet struct {
	ascii  [utf8.RuneSelf]uint16
	starts []rune   // first character of each interval, ascending; starts[0] is 0
	class  []uint16 // class[i*kinds+k] is the class of the characters of kind k in interval i
	words  int      // length of a bit set of the sets, in words of 64 bits
	member []uint64 // one bit set for each class: the sets that contain it
}

const maxClasses = 4096

// classes returns the number of classes. The result is itself used as the class of the start of the text.
func (a *alphabet) classes() int { return len(a.member) / a.words }

// has reports whether the characters of a class are in a set.
func (a *alphabet) has(class, set int) bool { return a.member[class*a.words+set/64]>>(set%64)&1 != 0 }

// classOf returns the class of r.
func (a *alphabet) classOf(r rune) uint16 {
	if r < utf8.RuneSelf {
		return a.ascii[r]
	}
	interval := len(a.starts) - 1
	if r < a.starts[interval] {
		next, found := slices.BinarySearch(a.starts, r)
		if interval = next; !found {
			interval--
		}
	}
	return a.class[interval*int(kinds)+int(kindOf(r))]
}

// narrow is the maximum length of an interval whose characters are looked up one by one for their kinds.
const narrow = 256

func newAlphabet(sets []set) (*alphabet, error) {
	a := &alphabet{starts: []rune{0, utf8.RuneSelf}, words: len(sets)/64 + 1}
	for _, s := range sets {
		for _, span := range s.spans {
			a.starts = append(a.starts, span.lo, span.hi+1)
		}
	}
	slices.Sort(a.starts)
	a.starts = slices.Compact(a.starts)
	if last := len(a.starts) - 1; a.starts[last] > utf8.MaxRune {
		a.starts = a.starts[:last]
	}
	spans := a.inSpans(sets)
	kindSets, negated := make([]uint64, int(kinds)*a.words), make([]uint64, a.words)
	for i, s := range sets {
		for k := range int(kinds) {
			kindSets[k*a.words+i/64] |= uint64(s.kinds>>k&1) << (i % 64)
		}
		if s.negated {
			negated[i/64] |= 1 << (i % 64)
		}
	}
	a.class = make([]uint16, len(a.starts)*int(kinds))
	known := map[string]uint16{}
	key := make([]byte, 8*a.words)
	for i := range a.starts {
		present := a.kindsIn(i)
		for k := range int(kinds) {
			if present>>k&1 == 0 {
				continue
			}
			for w := range a.words {
				bits := (spans[i*a.words+w] | kindSets[k*a.words+w]) ^ negated[w]
				binary.LittleEndian.PutUint64(key[8*w:], bits)
			}
			class, found := known[string(key)]
			if !found {
				class = uint16(len(known))
				if len(known) == maxClasses {
					return nil, fmt.Errorf("the expression tells more than %d classes of characters apart", maxClasses)
				}
				known[string(key)] = class
				for w := range a.words {
					a.member = append(a.member, binary.LittleEndian.Uint64(key[8*w:]))
				}
			}
			a.class[i*int(kinds)+k] = class
		}
	}
	interval := 0
	for r := range rune(utf8.RuneSelf) {
		if a.starts[interval+1] == r {
			interval++
		}
		a.ascii[r] = a.class[interval*int(kinds)+int(kindOf(r))]
	}
	return a, nil
}

// inSpans returns a bit set for each interval: the sets that have the interval in one of their spans.
func (a *alphabet) inSpans(sets []set) []uint64 {
	bits := make([]uint64, len(a.starts)*a.words)
	for i, s := range sets {
		for _, span := range s.spans {
			from, _ := slices.BinarySearch(a.starts, span.lo)
			for at := from; at < len(a.starts) && a.starts[at] <= span.hi; at++ {
				bits[at*a.words+i/64] |= 1 << (i % 64)
			}
		}
	}
	return bits
}

// kindsIn returns a bit for each kind that characters in the interval may have.
func (a *alphabet) kindsIn(interval int) (present uint8) {
	lo, end := a.starts[interval], rune(utf8.MaxRune+1)
	if interval+1 < len(a.starts) {
		end = a.starts[interval+1]
	}
	if end-lo > narrow {
		return 1<<kinds - 1
	}
	for r := lo; r < end; r++ {
		present |= 1 << kindOf(r)
	}
	return present
}
