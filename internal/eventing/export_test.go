package eventing

// MaxQueue is how many records a lane has when its partition is paused.
const MaxQueue = maxQueue

// Queued returns how many records wait in the source's lanes.
func (s *Source) Queued() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lanes {
		l.mu.Lock()
		n += len(l.queue)
		l.mu.Unlock()
	}
	return n
}
