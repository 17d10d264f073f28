package console

import (
	"math/rand/v2"
	"sort"
)

// ring keeps the last entries: at most so many, and at most keptBytes.
type ring struct {
	most int
	list queue[*entry]
	size int
}

func (r *ring) add(e *entry) {
	r.list.push(e)
	e.size = e.bytes()
	r.size += e.size
	for r.list.len() > r.most || r.size > keptBytes {
		r.size -= r.list.pop().size
	}
}

// find returns the entry of a number, nil when it is gone. Numbers rise.
func (r *ring) find(n uint64) *entry {
	all := r.list.all()
	i := sort.Search(len(all), func(i int) bool { return all[i].N >= n })
	if i < len(all) && all[i].N == n {
		return all[i]
	}
	return nil
}

// newest returns up to n entries, the last one first.
func (r *ring) newest(n int) []*entry {
	all := r.list.all()
	list := make([]*entry, 0, min(n, len(all)))
	for i := len(all) - 1; i >= 0 && len(list) < n; i-- {
		list = append(list, all[i])
	}
	return list
}

// bytes counts what the record brings, when it is added.
func (e *entry) bytes() int {
	n := 512 + len(e.event.Data) + len(e.Key) + len(e.Of) + len(e.Message) + length(e.comments)
	for name, value := range e.event.Attributes {
		n += len(name) + len(value) + 32
	}
	return n
}

// queue is first in, first out. What was taken out is let go in large pieces.
type queue[T any] struct {
	items []T
	gone  int
}

func (q *queue[T]) len() int { return len(q.items) - q.gone }

func (q *queue[T]) all() []T { return q.items[q.gone:] }

func (q *queue[T]) push(v T) { q.items = append(q.items, v) }

func (q *queue[T]) pop() T {
	var none T
	v := q.items[q.gone]
	q.items[q.gone] = none
	if q.gone++; q.gone > len(q.items)/2 {
		q.items = append([]T(nil), q.items[q.gone:]...)
		q.gone = 0
	}
	return v
}

// sampled is how many rows of a kind a page gets in a tick.
const sampled = 12

// sample is a random choice of the entries since the last tick, each as likely as any other.
type sample struct {
	seen int
	list []*entry
}

func (s *sample) add(e *entry) {
	s.seen++
	if len(s.list) < sampled {
		s.list = append(s.list, e)
	} else if i := rand.IntN(s.seen); i < sampled {
		s.list[i] = e
	}
}

// take returns the sample in order, the last entry first, and begins a new one.
func (s *sample) take() []*entry {
	list := s.list
	sort.Slice(list, func(i, j int) bool { return list[i].N > list[j].N })
	*s = sample{}
	return list
}
