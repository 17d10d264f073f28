package console

import (
	"math/rand/v2"
	"sort"
)

// ring keeps the last entries: at most max entries, and at most keptBytes.
type ring struct {
	max  int
	list queue[*entry]
	size int
}

func (r *ring) add(e *entry) {
	r.list.push(e)
	e.size = e.bytes()
	r.size += e.size
	for r.list.len() > r.max || r.size > keptBytes {
		r.size -= r.list.pop().size
	}
}

// find returns the entry with a number, or nil if it is not kept. Numbers are in rising order.
func (r *ring) find(n uint64) *entry {
	all := r.list.all()
	i := sort.Search(len(all), func(i int) bool { return all[i].N >= n })
	if i < len(all) && all[i].N == n {
		return all[i]
	}
	return nil
}

// newest returns up to n entries, the newest first.
func (r *ring) newest(n int) []*entry {
	all := r.list.all()
	list := make([]*entry, 0, min(n, len(all)))
	for i := len(all) - 1; i >= 0 && len(list) < n; i-- {
		list = append(list, all[i])
	}
	return list
}

// bytes returns the approximate size of the entry in memory.
func (e *entry) bytes() int {
	n := 512 + len(e.event.Data) + len(e.Key) + len(e.EventID) + len(e.Message) + length(e.comments)
	for name, value := range e.event.Attributes {
		n += len(name) + len(value) + 32
	}
	return n
}

// queue is a first-in, first-out queue. It frees the memory of removed items when they are more than half of the slice.
type queue[T any] struct {
	items   []T
	removed int
}

func (q *queue[T]) len() int { return len(q.items) - q.removed }

func (q *queue[T]) all() []T { return q.items[q.removed:] }

func (q *queue[T]) push(v T) { q.items = append(q.items, v) }

func (q *queue[T]) pop() T {
	var none T
	v := q.items[q.removed]
	q.items[q.removed] = none
	if q.removed++; q.removed > len(q.items)/2 {
		q.items = append([]T(nil), q.items[q.removed:]...)
		q.removed = 0
	}
	return v
}

// sampleSize is the number of rows of each kind in a tick.
const sampleSize = 12

// sample is a uniform random sample of the entries since the last tick (reservoir sampling).
type sample struct {
	seen int
	list []*entry
}

func (s *sample) add(e *entry) {
	s.seen++
	if len(s.list) < sampleSize {
		s.list = append(s.list, e)
	} else if i := rand.IntN(s.seen); i < sampleSize {
		s.list[i] = e
	}
}

// take returns the sample, the newest entry first, and starts a new one.
func (s *sample) take() []*entry {
	list := s.list
	sort.Slice(list, func(i, j int) bool { return list[i].N > list[j].N })
	*s = sample{}
	return list
}
