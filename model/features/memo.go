package features

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
)

// memo remembers the words of recent chunks of text: comments consist of few different chunks, and tokenizing a chunk
// takes longer than looking it up. One memo of fixed size serves all goroutines. Each counter also has a small memo of
// its own for short chunks, see front.
//
// An entry is half a cache line. It holds the chunk itself, so that an answer is never that of another chunk. It is
// written under its own lock and read without one: a reader checks the lock before and after (a seqlock), and treats an
// entry that is being written as a miss. A chunk is in one of the two entries of its line or, if these were taken, in
// one of the neighbouring line.
type memo struct{ entries []memoEntry }

// memoEntry is one chunk and its words.
type memoEntry struct {
	key   [2]atomic.Uint64
	words atomic.Uint64 // a packed
	// state is twice the number of times that the entry was written, plus one while it is being written.
	state atomic.Uint64
}

type memoLine [memoWays]memoEntry

const (
	memoLog  = 17 // 131,072 entries of 32 bytes: 4 MiB
	memoWays = 2  // entries in a line
	keySize  = 16 // bytes of the longest chunk remembered
)

// chunkKey is a chunk of 1 to 16 bytes, padded with zeros. Texts with a zero byte do not use memos.
type chunkKey struct{ low, high uint64 }

// packed has up to four words of a chunk, and in the highest three bits their number; or it is packedOverflow.
type packed uint64

const (
	maxPacked      = 4
	packedCount    = 61 // the bit where the count begins
	packedOverflow = packed(7 << packedCount)
)

// packing says how the words of a model are packed: four of up to 15 bits each, or three of 20, or two.
type packing struct {
	width uint
	most  int
	none  uint32 // the absent word, and the mask of a word
}

// newPacking returns the packing of the words with numbers below count.
func newPacking(count int) packing {
	width := max(1, uint(bits.Len(uint(count))))
	return packing{width, min(maxPacked, packedCount/int(width)), 1<<width - 1}
}

// pack returns packedOverflow if there are too many words.
func (k *packing) pack(words []uint32) packed {
	if len(words) > k.most {
		return packedOverflow
	}
	p := packed(len(words)) << packedCount
	for i, word := range words {
		p |= packed(min(word, k.none)) << (uint(i) * k.width)
	}
	return p
}

// word returns the first word of p.
func (k *packing) word(p packed) uint32 {
	word := uint32(p) & k.none
	if word == k.none {
		word = none
	}
	return word
}

// masks has the mask of a key's 64-bit words for each number of bytes.
var masks = func() (masks [9]uint64) {
	for size := range masks {
		masks[size] = 1<<(8*size) - 1
	}
	return masks
}()

// shortKey returns the first bytes of b, up to eight of a chunk's size.
func shortKey(b []byte, size uint32) uint64 {
	if len(b) < 8 { // near the end of the text
		var padded [8]byte
		copy(padded[:], b)
		b = padded[:]
	}
	return binary.LittleEndian.Uint64(b) & masks[min(size, 8)]
}

// loadKey returns the key of the chunk of size bytes that b begins with, or of its first 16 bytes.
func loadKey(b []byte, size uint32) chunkKey {
	if len(b) < keySize { // near the end of the text
		var padded [keySize]byte
		copy(padded[:], b)
		b = padded[:]
	}
	return chunkKey{
		binary.LittleEndian.Uint64(b) & masks[min(size, 8)],
		binary.LittleEndian.Uint64(b[8:]) & masks[min(max(size, 8)-8, 8)],
	}
}

func newMemo() *memo { return &memo{make([]memoEntry, 1<<memoLog)} }

// place returns the number of the first entry of the key's line.
func (k *chunkKey) place() uint64 {
	h := k.low * hashMultiplier
	h = (h ^ h>>32 ^ k.high) * hashMultiplier
	return h >> (64 - memoLog) &^ (memoWays - 1)
}

// line returns the entries of the line that begins with the entry at.
func (m *memo) line(at uint64) *memoLine {
	return (*memoLine)(m.entries[at&(1<<memoLog-memoWays):])
}

// find returns the words of a chunk with a place, or packedOverflow if it is not in the memo.
func (m *memo) find(k *chunkKey, at uint64) packed {
	words := m.line(at).find(k)
	if words == packedOverflow {
		words = m.line(at ^ memoWays).find(k)
	}
	return words
}

// find looks for a key in one line. It compares both entries, so that there is no branch to mispredict.
func (set *memoLine) find(k *chunkKey) packed {
	at := -1
	for i := range set {
		if (set[i].key[0].Load()^k.low)|(set[i].key[1].Load()^k.high) == 0 {
			at = i
		}
	}
	if at < 0 {
		return packedOverflow
	}
	e := &set[at]
	state := e.state.Load()
	words := packed(e.words.Load())
	if state&1 != 0 || e.key[0].Load() != k.low || e.key[1].Load() != k.high || e.state.Load() != state {
		return packedOverflow
	}
	return words
}

// prefetch prefetches the line of a place, long before find reads it.
func (m *memo) prefetch(at uint64) uint64 { return m.line(at)[0].state.Load() }

// insert remembers the words of a chunk, unless someone else is writing there.
func (m *memo) insert(k *chunkKey, words packed) {
	at := k.place()
	e := m.line(at).free()
	if e == nil {
		e = m.line(at ^ memoWays).free()
	}
	if e == nil {
		e = &m.line(at)[k.low>>3&(memoWays-1)] // which of the full entries is replaced is as good as random
	}
	state := e.state.Load()
	if state&1 != 0 || !e.state.CompareAndSwap(state, state|1) {
		return
	}
	e.key[0].Store(k.low)
	e.key[1].Store(k.high)
	e.words.Store(uint64(words))
	e.state.Store(state + 2)
}

// free returns an entry that was never written, or nil if there is none.
func (set *memoLine) free() *memoEntry {
	for i := range set {
		if set[i].state.Load() == 0 {
			return &set[i]
		}
	}
	return nil
}

// front is a counter's own memo, for chunks of up to eight bytes. It fits in the processor's caches.
type front [1 << frontLog]frontEntry

type frontEntry struct {
	key   uint64
	words packed
}

const (
	frontLog  = 13 // 8,192 entries of 16 bytes
	frontSize = 8  // bytes of the longest chunk in it
)

// entry returns where a chunk would be.
func (f *front) entry(low uint64) *frontEntry { return &f[low*hashMultiplier>>(64-frontLog)] }
