package english

import (
	"math/bits"
	"sync"
)

// marks is a set of positions in a chunk, one bit for each byte. It is for suffixes, which are found from the last one
// on but needed from the first one on. A chunk of a megabyte may have a million of them.
type marks struct {
	few    uint64   // the positions, if the chunk has at most 64 bytes
	many   []uint64 // the positions, if the chunk is longer
	buffer *[]uint64
}

var markBuffers = sync.Pool{New: func() any { return new([]uint64) }}

// add adds a position in a chunk of size bytes.
func (m *marks) add(at, size int) {
	if size <= 64 {
		m.few |= 1 << at
		return
	}
	if m.many == nil {
		m.open(size/64 + 1)
	}
	m.many[at/64] |= 1 << (at % 64)
}

func (m *marks) open(words int) {
	m.buffer = markBuffers.Get().(*[]uint64)
	if cap(*m.buffer) < words {
		*m.buffer = make([]uint64, words)
	}
	m.many = (*m.buffer)[:words]
	clear(m.many)
}

// close returns the buffer to the pool.
func (m *marks) close() {
	if m.buffer != nil {
		markBuffers.Put(m.buffer)
		*m = marks{}
	}
}

// next returns the first position in the set at or after at, or size if there is none.
func (m *marks) next(at, size int) int {
	if m.many == nil {
		return min(size, at+bits.TrailingZeros64(m.few>>at))
	}
	i := at / 64
	if set := m.many[i] >> (at % 64); set != 0 {
		return at + bits.TrailingZeros64(set)
	}
	for i++; i < len(m.many); i++ {
		if set := m.many[i]; set != 0 {
			return i*64 + bits.TrailingZeros64(set)
		}
	}
	return size
}
