package eventing

import (
	"log/slog"
	"sync"
)

// Loss is why a KafkaSource loses a record; empty when it does not.
type Loss string

// The ways in which a KafkaSource loses records.
const (
	// A header that is null makes the dispatcher fail: of a plain record for all plain records that were polled with it,
	// up to 50.
	HeaderWithoutValue Loss = "a header without a value"
	BesideSuchAHeader  Loss = "polled beside a record that has a header without a value"
	// Vert.x writes no such header, neither to the function nor to the dead letter sink.
	ControlCharacter Loss = "a control character in its key or in a header"
	// The dead letter sink refuses the letter: its headers are too large, or its content type says that it is an event,
	// and it is none.
	LetterRefused Loss = "its dead letter is refused"
	// The dead letter sink cannot take the letter, for as long as a KafkaSource tries.
	LetterNotTaken Loss = "its dead letter is not accepted in time"
)

// losses tells each way of losing records once, and counts.
type losses struct {
	log    *slog.Logger
	strict bool
	mu     sync.Mutex
	counts map[Loss]int
}

func (l *losses) tell(id string, why Loss) {
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
	case why == HeaderWithoutValue:
		message += ", and up to 49 beside it"
	}
	l.log.Error(message, "why", string(why), "id", id)
}

// summarize tells how often each came.
func (l *losses) summarize() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for why, n := range l.counts {
		l.log.Error("records that a real KafkaSource loses", "why", string(why), "count", n)
	}
}
