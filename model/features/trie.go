package features

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"reddit-classifier/model/english"
)

// trie is the vocabulary while it is being written: n-grams as paths of words. The number of a node is that of its
// feature, or the next free number if it is only part of n-grams: first the words, then prefixes of longer n-grams.
type trie struct {
	features int
	extra    []string          // words that are not features
	stops    map[string]bool   // the words that the analyzer leaves out
	words    map[string]uint32 // by text: a word is the node of the path that it is alone
	nodes    uint32
	steps    map[uint64]uint32 // by stepKey: the node that the step leads to
	order    []uint64          // the keys of steps, as they came
}

// newTrie returns the trie of n-grams, in the order of their features. split splits an n-gram into words. If an n-gram
// occurs twice, newTrie returns it as twice.
func newTrie(features, stopWords []string, split func(ngram string) []string) (t *trie, twice string) {
	t = &trie{features: len(features), words: map[string]uint32{}, steps: map[uint64]uint32{}}
	byLength := map[int][]int{}
	longest := 0
	paths := make([][]string, len(features))
	for i, feature := range features {
		paths[i] = split(feature)
		n := len(paths[i])
		byLength[n] = append(byLength[n], i)
		longest = max(longest, n)
	}
	for _, i := range byLength[1] {
		if _, ok := t.words[features[i]]; ok {
			return nil, features[i]
		}
		t.words[features[i]] = uint32(i)
	}
	for _, path := range paths {
		for _, word := range path {
			if _, ok := t.words[word]; !ok {
				t.words[word] = uint32(t.features + len(t.extra))
				t.extra = append(t.extra, word)
			}
		}
	}
	t.addStopWords(stopWords)
	t.nodes = uint32(t.features + len(t.extra))
	for n := 2; n <= longest; n++ { // shorter n-grams first, so that prefixes that are features have their numbers
		for _, i := range byLength[n] {
			if !t.add(paths[i], uint32(i)) {
				return nil, features[i]
			}
		}
	}
	return t, ""
}

// add enters an n-gram of several words and reports whether it was new.
func (t *trie) add(path []string, feature uint32) bool {
	node := t.words[path[0]]
	for _, word := range path[1 : len(path)-1] {
		step := stepKey(node, t.words[word])
		next, ok := t.steps[step]
		if !ok {
			next = t.nodes
			t.nodes++
			t.step(step, next)
		}
		node = next
	}
	step := stepKey(node, t.words[path[len(path)-1]])
	if _, ok := t.steps[step]; ok {
		return false
	}
	t.step(step, feature)
	return true
}

func (t *trie) step(step uint64, to uint32) {
	t.steps[step] = to
	t.order = append(t.order, step)
}

// encodeTexts encodes texts in the format that entryText reads.
func encodeTexts(texts []string) []byte {
	end := uint32(0)
	b := binary.LittleEndian.AppendUint32(nil, end)
	for _, text := range texts {
		end += uint32(len(text))
		b = binary.LittleEndian.AppendUint32(b, end)
	}
	for _, text := range texts {
		b = append(b, text...)
	}
	return b
}

// encodeFilter returns a bit set with 8 to 16 bits for each step, in which the bit of every step is set.
func (t *trie) encodeFilter() []byte {
	size := 64
	for size < 8*len(t.order) {
		size *= 2
	}
	b := make([]byte, size/8)
	for _, step := range t.order {
		bit := step * hashMultiplier >> hashShift(size)
		b[bit>>3] |= 1 << (bit & 7)
	}
	return b
}

// encodeIndex encodes the hash table of the words, in the order of their numbers.
func (t *trie) encodeIndex() []byte {
	texts := make([]string, 0, len(t.words))
	for text := range t.words {
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b string) int { return cmp.Compare(t.words[a], t.words[b]) })
	for slots := 2; ; slots *= 2 {
		if slots < 2*len(texts) {
			continue
		}
		if b := t.fillIndex(texts, slots); b != nil {
			return b
		}
	}
}

// fillIndex returns nil if there is no free slot near enough for a word.
func (t *trie) fillIndex(texts []string, slots int) []byte {
	b := make([]byte, slots*slotSize)
	for _, text := range texts {
		h := hashWord(text)
		at, probes := h>>hashShift(slots), 0
		for binary.LittleEndian.Uint64(b[at*slotSize:]) != 0 {
			at = (at + 1) & uint64(slots-1)
			if probes++; probes == maxProbes {
				return nil
			}
		}
		binary.LittleEndian.PutUint64(b[at*slotSize:], h<<32|uint64(t.wordNumber(text)+1))
	}
	return b
}

// wordNumber returns the number of a word in the index.
func (t *trie) wordNumber(word string) uint32 {
	n := t.words[word]
	if t.stops[word] {
		n |= stopWord
	}
	return n
}

// encodeLexicon looks up the language pack's own features among the words.
func (t *trie) encodeLexicon(pack *english.Pack, punctuation bool) []byte {
	b := binary.LittleEndian.AppendUint32(nil, lexemeUnknown)
	for id := 1; id <= pack.FeatureIDs(); id++ {
		feature := pack.FeatureByID(uint32(id))
		if feature == "" && punctuation {
			feature = pack.MarkByID(uint32(id))
		}
		word, ok := t.words[feature]
		switch {
		case strings.Contains(feature, " "):
			word = lexemeUnknown
		case feature == "":
			word = dropped
		case !ok:
			word = none
		}
		b = binary.LittleEndian.AppendUint32(b, word)
	}
	return b
}

// addStopWords adds stop words to the index.
func (t *trie) addStopWords(words []string) {
	t.stops = map[string]bool{}
	for _, word := range words {
		if _, ok := t.words[word]; !ok {
			t.words[word] = uint32(t.features + len(t.extra))
			t.extra = append(t.extra, word)
		}
		t.stops[word] = true
	}
}
