package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"reddit-classifier/model"
)

const (
	tickEvery     = 250 * time.Millisecond
	idleTick      = 2 * time.Second // without changes: updates the rates, and keeps the stream alive
	firstRows     = 100
	maxPages      = 32 // open at the same time
	writeTimeout  = 10 * time.Second
	bufferedTicks = 4
)

// row is a row of the table of answers or dead letters.
type row struct {
	N       uint64      `json:"n"`
	At      int64       `json:"at"` // milliseconds since 1970
	Key     string      `json:"key"`
	EventID string      `json:"of"`
	Origin  string      `json:"origin"`
	Text    string      `json:"text,omitempty"`
	Count   int         `json:"count"`             // comments
	Numbers [][]float64 `json:"numbers,omitempty"` // of the first comments
	Labels  [][]int     `json:"labels,omitempty"`  // of the same comments
	Guessed bool        `json:"guessed,omitempty"` // some labels are guesses, because the comments are not known
	Millis  *int64      `json:"millis,omitempty"`  // latency in milliseconds
	Code    string      `json:"code,omitempty"`
	Reason  string      `json:"reason,omitempty"`
	Message string      `json:"message,omitempty"`
}

// tick is an update for the pages: all counts, so that a page can miss an update, and a sample of the new rows.
type tick struct {
	Now       int64                     `json:"now"`
	Begin     int64                     `json:"begin"`
	Inputs    uint64                    `json:"inputs"`
	Answers   uint64                    `json:"answers"`
	Comments  uint64                    `json:"comments"`
	Letters   uint64                    `json:"letters"`
	Flagged   uint64                    `json:"flagged"`
	Labels    []uint64                  `json:"labels"` // comments by class
	Waiting   int                       `json:"waiting"`
	Lag       *Lag                      `json:"lag"`
	Rates     rates                     `json:"rates"`
	Latency   latencySummary            `json:"latency"`
	Reasons   []reason                  `json:"reasons"`
	PerSecond [][3]uint32               `json:"perSecond"`
	Scores    [][model.ScoreBins]uint64 `json:"scores"`
	Findings  []finding                 `json:"findings"`
	Notices   []Notice                  `json:"notices"`
	Rows      []row                     `json:"rows"`
	Dead      []row                     `json:"dead"`
	Seen      [2]int                    `json:"seen"` // number of answers and dead letters since the last tick
}

// tick returns an update with these entries as rows. f.mu is held.
func (f *Feed) tick(now time.Time, answers, deadLetters []*entry) tick {
	c := &f.counts
	perSecond := c.perSecond(now)
	t := tick{
		Now: now.UnixMilli(), Begin: c.begin.UnixMilli(), Inputs: c.inputs, Answers: c.answers, Comments: c.comments,
		Letters: c.deadLetters, Flagged: c.flagged, Labels: c.labels, Waiting: c.waiting, Lag: f.lag, Rates: rate(perSecond),
		Latency: c.latencies(now), Reasons: c.byReason(),
		PerSecond: perSecond, Scores: c.scores, Notices: f.notices, Rows: rows(answers), Dead: rows(deadLetters),
	}
	t.Findings = f.findings(now, t)
	return t
}

func rows(entries []*entry) []row {
	list := make([]row, len(entries))
	for i, e := range entries {
		list[i] = e.row
	}
	return list
}

// run publishes ticks until ctx is done.
func (f *Feed) run(ctx context.Context) {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			if f.publish(now, now.Sub(last) >= idleTick) {
				last = now
			}
		}
	}
}

// publish sends a tick to the open pages if something has changed or always is set. It reports whether it did.
func (f *Feed) publish(now time.Time, always bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.changed && !always {
		return false
	}
	f.changed = false
	seen := [2]int{f.sample[0].seen, f.sample[1].seen}
	answers, deadLetters := f.sample[0].take(), f.sample[1].take()
	if len(f.watchers) == 0 {
		return true
	}
	t := f.tick(now, answers, deadLetters)
	t.Seen = seen
	message := encode(t)
	for w := range f.watchers {
		select {
		case w <- message:
		default: // a slow page misses rows; the next tick has all counts
		}
	}
	return true
}

// watch returns the current state and a channel of the updates. It returns false if too many pages are open.
func (f *Feed) watch() (first []byte, next chan []byte, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.watchers) >= maxPages {
		return nil, nil, false
	}
	next = make(chan []byte, bufferedTicks)
	f.watchers[next] = struct{}{}
	return encode(f.tick(time.Now(), f.answers.newest(firstRows), f.deadLetters.newest(firstRows))), next, true
}

func (f *Feed) unwatch(next chan []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.watchers, next)
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // unreachable: only plain values are encoded
	}
	return b
}

// events streams ticks as server-sent events until the page is closed.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	first, next, ok := s.Feed.watch()
	if !ok {
		http.Error(w, fmt.Sprintf("%d pages are open already: close one", maxPages), http.StatusServiceUnavailable)
		return
	}
	defer s.Feed.unwatch(next)
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	send := func(name string, message []byte) bool {
		if err := out.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
			return false
		}
		_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, message)
		return err == nil && out.Flush() == nil
	}
	if !send("first", first) {
		return
	}
	for {
		select {
		case message := <-next:
			if !send("tick", message) {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.stopping.Done():
			return
		}
	}
}
