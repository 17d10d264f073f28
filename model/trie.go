package model

import (
	"bytes"
	"encoding/binary"
	"strings"

	"reddit-classifier/model/english"
)

// trie is the vocabulary while it is being written: n-grams as paths of words. The nodes 0 to len(words)-1 are the words
// themselves (the paths of length 1); the inner nodes of longer paths are numbered after them.
type trie struct {
	words    []string
	ids      map[string]uint32
	unigrams []uint32 // by word: the feature, or none
	pairs    []pair   // in the order in which they were first seen
	at       map[[2]uint32]int
}

// pair is a step from a node by a word. node is the entry's own number, provisional while the trie grows.
type pair struct {
	left, word, feature uint32
	node                uint32
	inner               bool
}

func newTrie() *trie { return &trie{ids: map[string]uint32{}, at: map[[2]uint32]int{}} }

func (t *trie) word(text string) uint32 {
	id, ok := t.ids[text]
	if !ok {
		id = uint32(len(t.words))
		t.ids[text] = id
		t.words = append(t.words, text)
		t.unigrams = append(t.unigrams, none)
	}
	return id
}

// Nodes of pairs are numbered from here while words are still being added.
const provisional = 1 << 31

// add enters an n-gram and reports whether it was new.
func (t *trie) add(path []string, feature uint32) bool {
	node := t.word(path[0])
	if len(path) == 1 {
		fresh := t.unigrams[node] == none
		t.unigrams[node] = feature
		return fresh
	}
	last := -1
	for _, text := range path[1:] {
		word := t.word(text)
		if last >= 0 {
			t.pairs[last].inner = true
		}
		i, ok := t.at[[2]uint32{node, word}]
		if !ok {
			i = len(t.pairs)
			t.at[[2]uint32{node, word}] = i
			t.pairs = append(t.pairs, pair{left: node, word: word, feature: none})
		}
		node, last = provisional+uint32(i), i
	}
	fresh := t.pairs[last].feature == none
	t.pairs[last].feature = feature
	return fresh
}

// encodeTexts lays texts out as entryText reads them.
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

// encodeUnigrams has an entry more than there are words: for whatever is no word.
func (t *trie) encodeUnigrams() []byte {
	var b []byte
	for _, feature := range t.unigrams {
		b = binary.LittleEndian.AppendUint32(b, feature)
	}
	return binary.LittleEndian.AppendUint32(b, none)
}

// encodeFilter sets the bit of every pair of words that begins an n-gram, in a set with 8 to 16 times as many bits.
func (t *trie) encodeFilter() []byte {
	size := 64
	for size < 8*len(t.pairs) {
		size *= 2
	}
	b := make([]byte, size/8)
	for _, p := range t.pairs {
		if int(p.left) < len(t.words) {
			bit := hashPair(p.left, p.word) >> hashShift(size)
			b[bit>>3] |= 1 << (bit & 7)
		}
	}
	return b
}

func (t *trie) encodeIndex() []byte {
	for slots := 2; ; slots *= 2 {
		if slots < 2*len(t.words) {
			continue
		}
		b, ok := make([]byte, slots*slotSize), true
		for id, word := range t.words {
			h := hashWord(word)
			i := freeSlot(h>>hashShift(slots), slots, func(i uint64) bool {
				return binary.LittleEndian.Uint64(b[i*slotSize:]) == 0
			})
			if i < 0 {
				ok = false
				break
			}
			binary.LittleEndian.PutUint64(b[i*slotSize:], h<<32|uint64(id+1))
		}
		if ok {
			return b
		}
	}
}

// freeSlot returns the first free slot from start on, -1 when none is near enough.
func freeSlot(start uint64, slots int, free func(uint64) bool) int {
	for probe := uint64(0); probe < maxProbes; probe++ {
		i := (start + probe) & uint64(slots-1)
		if free(i) {
			return int(i)
		}
	}
	return -1
}

func (t *trie) encodeNGrams() []byte {
	for lines := 1; ; lines *= 2 {
		if 3*lines < len(t.pairs) { // at most three of four entries in use
			continue
		}
		if b := t.fillNGrams(lines); b != nil {
			return b
		}
	}
}

// numberNodes gives the inner nodes their final numbers, behind those of the words.
func (t *trie) numberNodes() {
	next := uint32(len(t.words))
	for i := range t.pairs {
		t.pairs[i].node = none
		if t.pairs[i].inner {
			t.pairs[i].node = next
			next++
		}
	}
	for i := range t.pairs {
		if left := t.pairs[i].left; left >= provisional {
			t.pairs[i].left = t.pairs[left-provisional].node
		}
	}
}

// fillNGrams returns nil when an entry finds no place near enough.
func (t *trie) fillNGrams(lines int) []byte {
	b := bytes.Repeat([]byte{0xff}, lines*lineSize)
	le := binary.LittleEndian
	for _, p := range t.pairs {
		i := freeSlot(hashPair(p.left, p.word)>>hashShift(lines), lines, func(i uint64) bool {
			return le.Uint32(b[i*lineSize+3*ngramSize:]) == none
		})
		if i < 0 {
			return nil
		}
		e := b[i*lineSize:]
		for le.Uint32(e) != none {
			e = e[ngramSize:]
		}
		le.PutUint32(e[0:], p.left)
		le.PutUint32(e[4:], p.word)
		le.PutUint32(e[8:], p.node)
		le.PutUint32(e[12:], p.feature)
	}
	return b
}

// encodeLexicon looks up the language pack's own features among the words once and for all.
func (t *trie) encodeLexicon(pack *english.Pack, punctuation bool) []byte {
	b := binary.LittleEndian.AppendUint32(nil, lexemeUnknown)
	for id := 1; id <= pack.FeatureIDs(); id++ {
		feature := pack.FeatureByID(uint32(id))
		word, ok := t.ids[feature]
		switch {
		case feature == "" && punctuation || strings.Contains(feature, " "):
			word = lexemeUnknown
		case feature == "":
			word = lexemeDropped
		case !ok:
			word = none
		}
		b = binary.LittleEndian.AppendUint32(b, word)
	}
	return b
}
