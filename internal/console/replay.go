package console

import (
	"net/http"
	"sync"
	"time"
)

// Replayed is what a replay did, or would do.
type Replayed struct {
	Letters []ReplayedLetter `json:"letters"`
	Actions map[string]int   `json:"actions"` // how many letters by what becomes of them
	Notes   []string         `json:"notes"`   // what a person should know before it
}

// ReplayedLetter is a dead letter and what becomes of it.
type ReplayedLetter struct {
	Key    string `json:"key"`
	ID     string `json:"id"`
	Origin string `json:"origin"` // TOPIC/PARTITION/OFFSET
	Reason string `json:"reason"`
	Action string `json:"action"`
	Unsure bool   `json:"unsure"` // it may have been replayed before
}

const shownLetters = 200 // of a replay

// tickets are handed out with a dry run. Each lets the page do once what that showed.
type tickets struct {
	mu   sync.Mutex
	list map[string]ticket
}

type ticket struct {
	reason string
	until  time.Time
}

const ticketFor = 10 * time.Minute

func (t *tickets) issue(reason string, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.list == nil {
		t.list = make(map[string]ticket)
	}
	for name, k := range t.list {
		if now.After(k.until) {
			delete(t.list, name)
		}
	}
	name := newToken()
	t.list[name] = ticket{reason, now.Add(ticketFor)}
	return name
}

// use tells whether a dry run for the reason was shown, and takes the ticket.
func (t *tickets) use(name, reason string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.list[name]
	delete(t.list, name)
	return ok && k.reason == reason && now.Before(k.until)
}

// replay does a dry run, whose answer has a ticket, or with that ticket the replay itself.
func (s *Server) replay(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Reason string `json:"reason"`
		Ticket string `json:"ticket"`
	}
	if s.config.Replay == nil {
		http.Error(w, "replaying is off: start the command with --allow-replay", http.StatusForbidden)
		return
	}
	if !read(w, r, &asked) {
		return
	}
	dryRun := asked.Ticket == ""
	if !dryRun && !s.tickets.use(asked.Ticket, asked.Reason, time.Now()) {
		http.Error(w, "look at the dry run first, and replay within ten minutes", http.StatusForbidden)
		return
	}
	done, err := s.config.Replay(r.Context(), asked.Reason, dryRun)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	done.Letters = done.Letters[:min(len(done.Letters), shownLetters)]
	answer := struct {
		Replayed
		Ticket string `json:"ticket,omitempty"`
	}{Replayed: done}
	if dryRun {
		answer.Ticket = s.tickets.issue(asked.Reason, time.Now())
	}
	write(w, answer)
}
