package local

import (
	"maps"
	"slices"
	"sync"
	"time"

	"reddit-classifier/internal/eventing"
)

// Tracker keeps track of the records that are fed and their answers. Its methods may be called from any goroutine.
type Tracker struct {
	mu            sync.Mutex
	begin         time.Time
	end           time.Time
	fed           int
	allFed        bool
	unanswered    map[string]bool // ids of events that were fed and are not answered
	answeredEarly map[string]bool // ids of events that were answered before the producer reported the write
	durations     []time.Duration
	summary       Summary
	complete      chan struct{}
}

// Summary has the results of a run.
type Summary struct {
	Records     int                   // records that were fed and answered
	Predictions int                   // records of the output topic
	DeadLetters int                   // records of the error topic
	Losses      map[eventing.Loss]int // records that a KafkaSource would lose
	Duration    time.Duration         // from the first record to the last answer
	P50, P99    time.Duration         // percentiles of the time from the first post of an event to the end of its delivery
}

// PerSecond returns the rate of answered records, or 0 if there are none.
func (s Summary) PerSecond() float64 {
	if s.Records == 0 {
		return 0
	}
	return float64(s.Records) / s.Duration.Seconds()
}

// NewTracker returns a tracker for a run that begins now.
func NewTracker() *Tracker {
	return &Tracker{
		begin: time.Now(), unanswered: make(map[string]bool), answeredEarly: make(map[string]bool),
		complete: make(chan struct{}),
	}
}

// Fed notes that the record of the event id was written.
func (t *Tracker) Fed(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fed++
	if t.answeredEarly[id] {
		delete(t.answeredEarly, id)
		t.answered()
		return
	}
	t.unanswered[id] = true
}

// AllFed notes that no more records will be fed.
func (t *Tracker) AllFed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.allFed = true
	t.check()
}

// Answered notes an answer. A second answer to an event counts only as a record of its topic.
func (t *Tracker) Answered(a Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.Refusal != nil {
		t.summary.DeadLetters++
	} else {
		t.summary.Predictions++
	}
	t.finish(a.EventID)
}

// finish notes that an event needs no more answers.
func (t *Tracker) finish(id string) {
	if t.unanswered[id] {
		delete(t.unanswered, id)
		t.answered()
	} else if !t.allFed {
		t.answeredEarly[id] = true
	}
}

// Delivered notes how the delivery of a record ended. A lost record gets no answer, so it is finished.
func (t *Tracker) Delivered(o eventing.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.durations = append(t.durations, o.Duration)
	if o.Loss != "" {
		if t.summary.Losses == nil {
			t.summary.Losses = make(map[eventing.Loss]int)
		}
		t.summary.Losses[o.Loss]++
	}
	if o.Lost {
		t.finish(eventing.Position(o.Record))
	}
}

func (t *Tracker) answered() {
	t.summary.Records++
	t.end = time.Now()
	t.check()
}

func (t *Tracker) check() {
	if !t.allFed || len(t.unanswered) > 0 {
		return
	}
	select {
	case <-t.complete:
	default:
		close(t.complete)
	}
}

// Complete returns a channel that is closed when all records are fed and answered.
func (t *Tracker) Complete() <-chan struct{} { return t.complete }

// Progress returns how many records were fed, and how many of them are answered.
func (t *Tracker) Progress() (fed, answered int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fed, t.summary.Records
}

// Summary returns the results so far.
func (t *Tracker) Summary() Summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.summary
	s.Losses = maps.Clone(s.Losses)
	s.Duration = t.end.Sub(t.begin)
	if len(t.durations) > 0 {
		slices.Sort(t.durations)
		s.P50, s.P99 = t.durations[len(t.durations)/2], t.durations[len(t.durations)*99/100]
	}
	return s
}
