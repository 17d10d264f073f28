package local

import (
	"maps"
	"slices"
	"sync"
	"time"

	"reddit-classifier/internal/eventing"
)

// Tracker tells when every record that was fed is answered, and how it went.
type Tracker struct {
	mu       sync.Mutex
	begin    time.Time
	end      time.Time
	fed      int
	closed   bool            // nothing more will be fed
	waiting  map[string]bool // fed and not answered
	early    map[string]bool // answered before the producer said that it was fed
	took     []time.Duration
	summary  Summary
	complete chan struct{}
}

// Summary is what a run came to.
type Summary struct {
	Records     int                   // fed and answered
	Predictions int                   // records of the output topic
	DeadLetters int                   // records of the error topic
	Losses      map[eventing.Loss]int // records that a KafkaSource loses
	Took        time.Duration         // from the first record fed to the last answer
	P50, P99    time.Duration         // from the source's first request until its event is answered for good
}

// PerSecond is the rate of answered records; of none it is 0.
func (s Summary) PerSecond() float64 {
	if s.Records == 0 {
		return 0
	}
	return float64(s.Records) / s.Took.Seconds()
}

// NewTracker returns a tracker that has seen nothing.
func NewTracker() *Tracker {
	return &Tracker{
		begin: time.Now(), waiting: make(map[string]bool), early: make(map[string]bool), complete: make(chan struct{}),
	}
}

// Fed notes that a record was written which becomes the event id.
func (t *Tracker) Fed(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fed++
	if t.early[id] {
		delete(t.early, id)
		t.answered()
		return
	}
	t.waiting[id] = true
}

// AllFed notes that nothing more will be fed.
func (t *Tracker) AllFed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.check()
}

// Answered notes an answer; one that answers what is answered already counts as a record of its topic only.
func (t *Tracker) Answered(a Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.Dead != nil {
		t.summary.DeadLetters++
	} else {
		t.summary.Predictions++
	}
	t.settle(a.Of)
}

// settle notes that nothing more comes of an event.
func (t *Tracker) settle(id string) {
	if t.waiting[id] {
		delete(t.waiting, id)
		t.answered()
	} else if !t.closed {
		t.early[id] = true
	}
}

// Delivered notes what the source did with a record. A record that is lost has no other answer.
func (t *Tracker) Delivered(o eventing.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, o.Duration)
	if o.Loss != "" {
		if t.summary.Losses == nil {
			t.summary.Losses = make(map[eventing.Loss]int)
		}
		t.summary.Losses[o.Loss]++
	}
	if o.Lost {
		t.settle(eventing.Position(o.Record))
	}
}

func (t *Tracker) answered() {
	t.summary.Records++
	t.end = time.Now()
	t.check()
}

func (t *Tracker) check() {
	if !t.closed || len(t.waiting) > 0 {
		return
	}
	select {
	case <-t.complete:
	default:
		close(t.complete)
	}
}

// Complete is closed when all that was fed is answered.
func (t *Tracker) Complete() <-chan struct{} { return t.complete }

// Progress returns how many records were fed, and answered.
func (t *Tracker) Progress() (fed, answered int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fed, t.summary.Records
}

// Summary returns what the run came to so far.
func (t *Tracker) Summary() Summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.summary
	s.Losses = maps.Clone(s.Losses)
	s.Took = t.end.Sub(t.begin)
	if len(t.took) > 0 {
		slices.Sort(t.took)
		s.P50, s.P99 = t.took[len(t.took)/2], t.took[len(t.took)*99/100]
	}
	return s
}
