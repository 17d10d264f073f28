package console

import (
	"net/http"
	"sync"
	"time"
)

// Replayed is the outcome of a replay or of a dry run.
type Replayed struct {
	Letters []ReplayedLetter `json:"letters"`
	Actions map[string]int   `json:"actions"` // number of dead letters by outcome
	Notes   []string         `json:"notes"`   // hints to show before the replay
}

// ReplayedLetter is a dead letter and its outcome.
type ReplayedLetter struct {
	Key    string `json:"key"`
	ID     string `json:"id"`
	Origin string `json:"origin"` // TOPIC/PARTITION/OFFSET
	Reason string `json:"reason"`
	Action string `json:"action"`
	Unsure bool   `json:"unsure"` // it may have been replayed before
}

const shownLetters = 200 // dead letters of a replay on the page

// tickets are issued for dry runs. A ticket allows the page one replay for the same reason.
type tickets struct {
	mu   sync.Mutex
	list map[string]ticket
}

type ticket struct {
	reason string
	until  time.Time
}

const ticketTTL = 10 * time.Minute

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
	t.list[name] = ticket{reason, now.Add(ticketTTL)}
	return name
}

// use consumes a ticket. It reports whether the ticket was issued for the reason and has not expired.
func (t *tickets) use(name, reason string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.list[name]
	delete(t.list, name)
	return ok && k.reason == reason && now.Before(k.until)
}

// replay runs a replay if the request has a ticket. Otherwise it runs a dry run, and answers with a ticket.
func (s *Server) replay(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Reason string `json:"reason"`
		Ticket string `json:"ticket"`
	}
	if s.config.Replay == nil {
		http.Error(w, "replay is disabled: start the command with --allow-replay", http.StatusForbidden)
		return
	}
	if !read(w, r, &request) {
		return
	}
	dryRun := request.Ticket == ""
	if !dryRun && !s.tickets.use(request.Ticket, request.Reason, time.Now()) {
		http.Error(w, "look at the dry run first, and replay within ten minutes", http.StatusForbidden)
		return
	}
	done, err := s.config.Replay(r.Context(), request.Reason, dryRun)
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
		answer.Ticket = s.tickets.issue(request.Reason, time.Now())
	}
	write(w, answer)
}
