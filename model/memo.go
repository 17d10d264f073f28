package model

import (
	"encoding/binary"
	"sync/atomic"
)

// memo remembers which words of the vocabulary the chunks of text seen lately came to: comments are made of few different
// chunks, and tokenizing one takes longer than looking it up. One memo of fixed size serves all goroutines.
//
// An entry is half a cache line and holds the chunk itself, so that an answer is never another chunk's. It is written under
// its own lock, and read without one: whoever reads looks at the lock before and after (a seqlock), and takes an entry that is
// being written for a miss. A chunk can stand in any of the four entries of a set, two lines.
type memo struct{ entries []memoEntry }

// memoEntry is one chunk of up to 16 bytes, the unused ones zero, and its words.
type memoEntry struct {
	key [2]atomic.Uint64
	// words has up to three words of 21 bits; memoNone is none.
	words atomic.Uint64
	// state has the number of times that the entry was written, times two, plus one while it is being written, in its upper
	// half; then how many words there are, and in the lowest byte the chunk's size, 0 in an empty entry.
	state atomic.Uint64
}

const (
	memoLog   = 16 // 65,536 entries of 32 bytes: 2 MiB
	memoKey   = 16 // bytes of the longest chunk remembered
	memoWords = 3  // the most words of one
	memoWays  = 4  // entries where a chunk can be
	memoBits  = 21
	memoNone  = 1<<memoBits - 1

	memoWriting = 1 << 32
)

// newMemo makes an empty memo.
func newMemo() *memo { return &memo{make([]memoEntry, 1<<memoLog)} }

// chunkKey is a chunk of up to 16 bytes.
type chunkKey struct {
	low, high uint64
	size      uint64
}

// loadKey returns the first size bytes of b, at most 16, as a key.
func loadKey(b []byte, size int) chunkKey {
	k := chunkKey{size: uint64(size)}
	if len(b) < memoKey { // near the end of the text
		var padded [memoKey]byte
		copy(padded[:], b[:size])
		k.low, k.high = binary.LittleEndian.Uint64(padded[:]), binary.LittleEndian.Uint64(padded[8:])
		return k
	}
	k.low = binary.LittleEndian.Uint64(b)
	if size <= 8 {
		k.low &= ^uint64(0) >> (uint(64-8*size) & 63)
	} else {
		k.high = binary.LittleEndian.Uint64(b[8:]) & (^uint64(0) >> (uint(128-8*size) & 63))
	}
	return k
}

// set returns the first of the entries where the key can be.
func (k *chunkKey) set() uint64 {
	h := (k.low ^ k.size) * hashMultiplier
	h = (h ^ h>>32 ^ k.high) * hashMultiplier
	return h >> (64 - memoLog) &^ (memoWays - 1)
}

// find returns the words of a chunk, packed as in memoEntry, and their number.
func (m *memo) find(c *chunk) (words uint64, n int, ok bool) {
	set := m.entries[c.set : c.set+memoWays]
	for i := range set {
		if words, n, ok = set[i].read(&c.chunkKey); ok {
			return words, n, true
		}
	}
	return 0, 0, false
}

func (e *memoEntry) read(k *chunkKey) (words uint64, n int, ok bool) {
	state := e.state.Load()
	if e.key[0].Load() != k.low || state&0xff != k.size || e.key[1].Load() != k.high {
		return 0, 0, false
	}
	words = e.words.Load()
	return words, int(state >> 8 & 0xff), state&memoWriting == 0 && e.state.Load() == state
}

// insert remembers the words of a chunk of 1 to memoKey bytes, if they fit an entry and nobody is writing it.
func (m *memo) insert(c *chunk, words []uint32) {
	if len(words) > memoWords {
		return
	}
	var packed uint64
	for i, word := range words {
		if word == none {
			word = memoNone
		} else if word >= memoNone {
			return
		}
		packed |= uint64(word) << (i * memoBits)
	}
	set := m.entries[c.set : c.set+memoWays]
	e := &set[c.low>>3&(memoWays-1)] // of full entries, which one gives way is as good as random
	for i := range set {
		if set[i].state.Load()&0xff == 0 {
			e = &set[i]
			break
		}
	}
	state := e.state.Load()
	if state&memoWriting != 0 || !e.state.CompareAndSwap(state, state|memoWriting) {
		return
	}
	e.key[0].Store(c.low)
	e.key[1].Store(c.high)
	e.words.Store(packed)
	e.state.Store((state>>33+1)<<33 | uint64(len(words))<<8 | c.size)
}

// appendWords appends n packed words.
func appendWords(dst []uint32, packed uint64, n int) []uint32 {
	for ; n > 0; n-- {
		word := uint32(packed & memoNone)
		if word == memoNone {
			word = none
		}
		dst = append(dst, word)
		packed >>= memoBits
	}
	return dst
}
