package eventing

// MaxQueue is the number of queued records at which a partition is paused.
const MaxQueue = maxQueue

// Queued returns how many records are queued for all partitions.
func (s *Source) Queued() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workers {
		w.mu.Lock()
		n += len(w.queue)
		w.mu.Unlock()
	}
	return n
}
