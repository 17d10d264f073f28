package eventing

import (
	"log/slog"
	"sync"
)

// Loss is why a KafkaSource loses a record. It is empty for a record that a KafkaSource delivers.
type Loss string

// The ways in which a KafkaSource loses records.
const (
	// NullHeader is the loss of a record that has a header whose value is null: the dispatcher fails on it.
	NullHeader Loss = "a header without a value"
	// PolledWithNullHeader is the loss of a plain record because another plain record of the same poll has a null
	// header. A poll has up to 50 records.
	PolledWithNullHeader Loss = "polled together with a record that has a header without a value"
	// ControlCharacter is the loss of a record that would need a header with a control character. Vert.x posts it
	// neither to the function nor to the dead letter sink.
	ControlCharacter Loss = "a control character in its key or in a header"
	// DeadLetterRefused is the loss of a record whose dead letter is refused: its headers are too large, or its content
	// type is that of an event and its value is not an event.
	DeadLetterRefused Loss = "its dead letter is refused"
	// DeadLetterTimeout is the loss of a record whose dead letter is not accepted before a KafkaSource gives up.
	DeadLetterTimeout Loss = "its dead letter is not accepted in time"
)

// losses counts the records that a KafkaSource loses, and logs the first one of each kind.
type losses struct {
	log    *slog.Logger
	strict bool
	mu     sync.Mutex
	counts map[Loss]int
}

// report counts a loss of the record that has the event id given.
func (l *losses) report(id string, why Loss) {
	l.mu.Lock()
	if l.counts == nil {
		l.counts = make(map[Loss]int)
	}
	l.counts[why]++
	first := l.counts[why] == 1
	l.mu.Unlock()
	if !first {
		return
	}
	message := "a real KafkaSource loses this record"
	switch {
	case l.strict:
		message = "lost, as by a real KafkaSource"
	case why == NullHeader:
		message += ", and up to 49 others of its poll"
	}
	l.log.Error(message, "why", string(why), "id", id)
}

// summarize logs how many records were lost in each way.
func (l *losses) summarize() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for why, n := range l.counts {
		l.log.Error("records that a real KafkaSource loses", "why", string(why), "count", n)
	}
}
