package features

import (
	"unicode/utf8"

	"reddit-classifier/model/text/python"
)

// letters are characters whose n-grams are not counted yet. A word is what n-grams must not cross: a word between
// blanks, or the whole text.
type letters struct {
	numbers []uint32 // numbers of the characters, as words of the vocabulary
	starts  []uint32 // with hashing: where in text each character begins
	text    []byte
	ends    []uint32 // for each character of a complete word: where the word ends
	open    int      // where the last, incomplete word begins
	cut     bool     // n-grams of the incomplete word were counted before

	found []uint32 // n-grams that are not in the tally yet: their places there
}

// window is the number of characters that are counted at a time.
const window = 512

func (l *letters) reset() {
	*l = letters{l.numbers[:0], l.starts[:0], l.text[:0], l.ends[:0], 0, false, l.found[:0]}
}

// countChars counts the n-grams of the characters of a text, in which a run of white space of two or more is one blank.
func (s *counter) countChars(v *vectorizer, text string) {
	s.letters.reset()
	for i := 0; i < len(text); {
		_, size := utf8.DecodeRuneInString(text[i:])
		if end := spaceEnd(text, i); i+size < end {
			s.addLetter(v, " ")
			i = end
			continue
		}
		s.addLetter(v, text[i:i+size])
		i += size
	}
	s.endWord(v)
	s.findNGrams(v)
	s.countFound()
}

// countCharsWithin counts the n-grams of the characters of each word between white space, with a blank before and after
// it. A word that is shorter than all n-grams counts as an n-gram.
func (s *counter) countCharsWithin(v *vectorizer, text string) {
	s.findWithin(v, text)
	s.countFound()
}

// countFound moves the n-grams that were found to the tally.
func (s *counter) countFound() {
	for _, place := range s.letters.found {
		s.tally.add(place)
	}
	s.letters.found = s.letters.found[:0]
}

// findWithin finds the n-grams of the words of a text.
func (s *counter) findWithin(v *vectorizer, text string) {
	s.letters.reset()
	for i := spaceEnd(text, 0); i < len(text); i = spaceEnd(text, i) {
		s.addLetter(v, " ")
		for i < len(text) {
			r, size := rune(text[i]), 1
			if r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(text[i:])
			}
			if python.IsSpace(r) {
				break
			}
			s.addLetter(v, text[i:i+size])
			i += size
		}
		s.addLetter(v, " ")
		s.endWord(v)
	}
	s.findNGrams(v)
}

// spaceEnd returns the end of the run of white space that begins at i, or i if there is none.
func spaceEnd(text string, i int) int {
	for i < len(text) {
		if c := text[i]; c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if !python.IsSpace(r) {
			break
		}
		i += n
	}
	return i
}

// addLetter adds a character to the last word.
func (s *counter) addLetter(v *vectorizer, char string) {
	l := &s.letters
	if len(l.numbers) >= window {
		s.findNGrams(v)
		s.countFound()
	}
	number := uint32(0)
	switch c := char[0]; {
	case v.hashing:
		l.starts = append(l.starts, uint32(len(l.text)))
		l.text = append(l.text, char...)
	case c < utf8.RuneSelf:
		number = v.ascii[c]
	default:
		number = v.word(char)
	}
	l.numbers = append(l.numbers, number)
}

// endWord ends the last word.
func (s *counter) endWord(v *vectorizer) {
	l := &s.letters
	size := len(l.numbers) - l.open
	end := uint32(len(l.numbers))
	if v.kind == AnalyzerCharWB && size < v.ngramMin && !l.cut {
		s.findShortWord(v)
		end = uint32(l.open) // nothing else begins there
	}
	for range size {
		l.ends = append(l.ends, end)
	}
	l.open, l.cut = len(l.numbers), false
}

// findShortWord finds the last word as an n-gram.
func (s *counter) findShortWord(v *vectorizer) {
	l := &s.letters
	if v.hashing {
		l.found = append(l.found, s.hashPlace(v, l.text[l.starts[l.open]:]))
		return
	}
	node := l.numbers[l.open]
	for _, letter := range l.numbers[l.open+1:] {
		if node != none {
			node = v.follow(stepKey(node, letter))
		}
	}
	l.found = append(l.found, node)
}

// findNGrams finds the n-grams of the characters so far. Of an incomplete word it keeps the characters with which
// incomplete n-grams may begin.
func (s *counter) findNGrams(v *vectorizer) {
	l := &s.letters
	n := len(l.numbers)
	ready := max(l.open, n-v.ngramMax+1)
	for len(l.ends) < ready {
		l.ends = append(l.ends, uint32(n))
		l.cut = true
	}
	if v.hashing {
		s.hashLetters(v)
		at := len(l.text)
		if ready < n {
			at = int(l.starts[ready])
		}
		l.text = l.text[:copy(l.text, l.text[at:])]
		l.starts = l.starts[:copy(l.starts, l.starts[ready:])]
		for i := range l.starts {
			l.starts[i] -= uint32(at)
		}
	} else {
		l.found = v.appendPaths(l.found, &s.walk, l.numbers, l.ends)
	}
	l.numbers = l.numbers[:copy(l.numbers, l.numbers[ready:])]
	l.ends, l.open = l.ends[:0], 0
}

// hashLetters finds the n-grams that begin at characters with an end by their hashes.
func (s *counter) hashLetters(v *vectorizer) {
	l := &s.letters
	l.starts = append(l.starts, uint32(len(l.text)))
	for i, end := range l.ends {
		for last := i + v.ngramMin; last <= min(i+v.ngramMax, int(end)); last++ {
			l.found = append(l.found, s.hashPlace(v, l.text[l.starts[i]:l.starts[last]]))
		}
	}
	l.starts = l.starts[:len(l.starts)-1]
}

// appendPaths appends the features of the n-grams that begin at characters with an end. It lengthens all of them by a
// character at a time, in loops without branches that a processor could guess wrong, and touches what it will read, as
// countShort does.
func (v *vectorizer) appendPaths(dst []uint32, w *walk, numbers, ends []uint32) []uint32 {
	if cap(w.steps) < len(ends) {
		w.steps = make([]step, 2*len(ends))
	}
	steps, n := w.steps[:cap(w.steps)], 0
	for i, end := range ends {
		node := numbers[i]
		if v.ngramMin == 1 && uint32(i) < end && node < uint32(v.features) {
			dst = append(dst, node)
		}
		steps[n].key, steps[n].at = uint64(node), uint32(i)
		if node != none && uint32(i)+1 < end {
			n++
		}
	}
	for size := uint32(2); size <= uint32(v.ngramMax); size++ {
		paths := steps[:n]
		n = 0
		for _, s := range paths {
			key := stepKey(uint32(s.key), numbers[s.at+size-1])
			steps[n].key, steps[n].at = key, s.at
			n += int(v.mayFollow(key))
		}
		paths = steps[:n]
		for i := range paths {
			paths[i].place = v.place(paths[i].key)
		}
		w.touched = v.prefetch(paths)
		n = 0
		for _, s := range paths {
			node := v.read(s.place, s.key)
			if size >= uint32(v.ngramMin) && node < uint32(v.features) {
				dst = append(dst, node)
			}
			steps[n].key, steps[n].at = uint64(node), s.at
			if node != none && s.at+size < ends[s.at] {
				n++
			}
		}
	}
	return dst
}
