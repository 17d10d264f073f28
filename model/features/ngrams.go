package features

// walk is the state of counting a document part by part.
type walk struct {
	last  []uint32             // the last words, at most two
	paths [maxNGram + 1]uint32 // for countLong: paths[n] is the node that the last n words lead to
	open  int                  // and the longest path in use
	steps []step

	touched byte // without meaning: keeps the compiler from removing the prefetching
}

// step is a look-up to do among the n-grams.
type step struct {
	key   uint64
	at    uint32 // where in the words the step's word is
	place uint32 // the step's slot in ngrams, if it is there
}

func (w *walk) restart() { w.last, w.open = w.last[:0], 0 }

// count adds the n-grams of a document, given as words of the vocabulary (or none), to the tally. It may be called
// several times, with the words of one document part by part.
func (v *vectorizer) count(t *tally, at *walk, words []uint32) {
	if v.ngramMin == 1 {
		for _, word := range words {
			t.add(word)
		}
	}
	switch {
	case v.ngramMax > 3:
		v.countLong(t, at, words)
	case v.ngramMax > 1:
		v.countShort(t, at, words)
	}
}

// countShort counts the bigrams and trigrams, in loops without unpredictable branches. For most pairs of words the
// filter says that no n-gram begins with them. The slots of the others are prefetched in a loop of their own, so that
// all cache misses are in flight at the same time.
func (v *vectorizer) countShort(t *tally, at *walk, words []uint32) {
	before := uint32(len(at.last)) // words that were counted before, but begin what ends here
	words = append(at.last, words...)
	at.last = words
	if cap(at.steps) < len(words) {
		at.steps = make([]step, 2*len(words))
	}
	steps, n := at.steps[:cap(at.steps)], 0
	for i := 1; i < len(words); i++ {
		key := stepKey(words[i-1], words[i])
		s := &steps[n]
		s.key, s.at = key, uint32(i)
		n += int(v.mayFollow(key))
	}
	pairs := steps[:n]
	for i := range pairs {
		pairs[i].place = v.place(pairs[i].key)
	}
	at.touched = v.prefetch(pairs)
	n = 0
	for _, s := range pairs {
		node := v.read(s.place, s.key)
		if v.ngramMin <= 2 && s.at >= before {
			t.add(node)
		}
		if v.ngramMax == 2 {
			continue
		}
		next := min(s.at+1, uint32(len(words)-1))
		key := stepKey(node, words[next])
		steps[n].key = key
		more := next - s.at // 0 at the end, where no word follows
		n += int(more) & int(v.mayFollow(key))
	}
	for _, s := range steps[:n] {
		t.add(v.follow(s.key))
	}
	keep := min(len(words), v.ngramMax-1)
	at.last = append(at.last[:0], words[len(words)-keep:]...)
}

// countLong counts the n-grams of two words and more. Of those that end at a word, the longest are looked up first:
// each lengthens a path that ended at the word before.
func (v *vectorizer) countLong(t *tally, at *walk, words []uint32) {
	for _, word := range words {
		if word == none {
			at.open = 0
			continue
		}
		longest := 1
		for n := min(at.open, v.ngramMax-1); n >= 1; n-- {
			left := at.paths[n]
			if at.paths[n+1] = none; left == none {
				continue
			}
			node := v.follow(stepKey(left, word))
			if n+1 >= v.ngramMin {
				t.add(node)
			}
			if at.paths[n+1] = node; node != none {
				longest = max(longest, n+1)
			}
		}
		at.paths[1], at.open = word, longest
	}
}

// countJoined is count for documents with tokens that hold spaces. There an n-gram's text, which is what the vocabulary
// knows, has more words than tokens: starts has the place in words where each token begins. Those n-grams are counted
// that begin with one of the first tokens.
func (v *vectorizer) countJoined(t *tally, words []uint32, starts []int, tokens int) {
	for first := range tokens {
		node := uint32(none)
		for n := 1; n <= v.ngramMax && first+n <= len(starts); n++ {
			for i := starts[first+n-1]; i < len(words) && (first+n == len(starts) || i < starts[first+n]); i++ {
				if words[i] == none {
					node = none
				} else if i == starts[first] {
					node = words[i]
				} else if node != none {
					node = v.follow(stepKey(node, words[i]))
				}
			}
			if n >= v.ngramMin {
				t.add(node)
			}
			if node == none {
				break
			}
		}
	}
}
