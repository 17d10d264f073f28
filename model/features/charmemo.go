package features

import "unsafe"

// charMemo remembers the character n-grams of chunks of text, because a word always has the same ones. Each counter has
// its own memo, of fixed size.
type charMemo struct {
	entries [1 << charMemoLog]charEntry
	lists   []uint32 // for one chunk after another, the places of its n-grams in the tally
}

// charEntry is a chunk and its part of the lists.
type charEntry struct {
	key      chunkKey // 0, 0: none
	from, to uint32
}

const (
	charMemoLog = 13      // 8,192 entries of 24 bytes
	maxListed   = 1 << 17 // numbers in lists: 512 KiB
)

// entry returns where a chunk would be.
func (m *charMemo) entry(k *chunkKey) *charEntry {
	h := k.low * hashMultiplier
	return &m.entries[(h^h>>32^k.high)*hashMultiplier>>(64-charMemoLog)]
}

// learn remembers the n-grams of a chunk. If there is no room it forgets all others.
func (m *charMemo) learn(e *charEntry, k chunkKey, places []uint32) {
	if len(m.lists)+len(places) > maxListed {
		clear(m.entries[:])
		m.lists = m.lists[:0]
	}
	from := uint32(len(m.lists))
	m.lists = append(m.lists, places...)
	*e = charEntry{k, from, uint32(len(m.lists))}
}

// countCharChunks is countCharsWithin chunk by chunk, with the memo. It returns false for a text that the memo cannot
// handle.
func (s *counter) countCharChunks(v *vectorizer, text string) bool {
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	var zero bool
	if s.spaces, zero = spaceMap(s.spaces, b); zero {
		return false
	}
	s.edges = edges(s.edges[:0], s.spaces)
	for i := 0; i+1 < len(s.edges); i += 2 {
		start, end := s.edges[i], s.edges[i+1]
		if end-start > keySize {
			s.countCharsWithin(v, s.prepared(v, text[start:end]))
			continue
		}
		key := loadKey(b[start:], end-start)
		e := s.chars.entry(&key)
		if e.key != key {
			s.findWithin(v, s.prepared(v, text[start:end]))
			s.chars.learn(e, key, s.letters.found)
		}
		for _, place := range s.chars.lists[e.from:e.to] {
			s.tally.add(place)
		}
	}
	return true
}
