package console

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"reddit-classifier/internal/drift"
	"reddit-classifier/internal/plural"
)

// finding is a problem that the page states in a sentence above the charts.
type finding struct {
	Level string `json:"level"` // bad or warn
	Text  string `json:"text"`
	See   string `json:"see"` // id of the section with details
}

const (
	stuckAfter = 10 * time.Second
	slow       = time.Second
	quoted     = 160 // characters of a message in a finding
)

// trouble is a reason why events are not accepted and have to be delivered again.
type trouble struct {
	reason, message string
	first, last     time.Time
	times           int
}

// unanswered describes the reasons of troubles.
var unanswered = map[string]string{
	"sink_refused":     "The sink refuses events",
	"sink_unreachable": "The sink cannot be reached",
	"sink_timeout":     "The sink does not answer in time",
	"busy":             "Long events wait for memory",
	"canceled":         "Senders give up before the answer",
	"not_ready":        "The function is not ready",
	"stopping":         "The function is stopping",
	"dead_letter_sink": "The dead letter sink does not accept",
}

// AddTrouble adds a log record about an event that was not accepted.
func (f *Feed) AddTrouble(reason, message string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = true
	for _, t := range f.troubles {
		if t.reason != reason {
			continue
		}
		if !f.isCurrent(t, at) {
			t.first, t.times = at, 0
		}
		t.message, t.last, t.times = clip(message, keptAttribute), at, t.times+1
		return
	}
	if len(f.troubles) < keptReasons {
		f.troubles = append(f.troubles, &trouble{clip(reason, keptAttribute), clip(message, keptAttribute), at, at, 1})
	}
}

// hasTrouble reports whether there is a current trouble with that reason.
func (f *Feed) hasTrouble(reason string, at time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.troubles, func(t *trouble) bool { return t.reason == reason && f.isCurrent(t, at) })
}

// isCurrent reports whether a trouble is current: it occurred a moment ago, or nothing has been answered since. The
// second condition is needed because the backoff between deliveries grows. f.mu is held.
func (f *Feed) isCurrent(t *trouble, now time.Time) bool {
	return now.Sub(t.last) < stuckAfter || !f.counts.lastOutput.After(t.last)
}

// findings returns the current problems, the worst first. f.mu is held.
func (f *Feed) findings(now time.Time, t tick) []finding {
	list := []finding{}
	add := func(level, see, format string, args ...any) {
		list = append(list, finding{level, fmt.Sprintf(format, args...), see})
	}
	for _, x := range f.troubles {
		if !f.isCurrent(x, now) {
			continue
		}
		what, ok := unanswered[x.reason]
		if !ok {
			what = "The function cannot answer"
		}
		add("bad", "notices", "%s (%s: %s), %s within %s. The source delivers these events again.", what, x.reason,
			quote(x.message), plural.Of(int64(x.times), "time", "times"), duration(now.Sub(x.first)))
	}
	explained := len(list) > 0
	if behind, idle := f.idle(now, t); behind > 0 && idle >= stuckAfter {
		hint := ""
		if !explained {
			hint = " No pod of the function runs, or it cannot answer: look at its log, and whether its sink accepts events."
		}
		add("bad", "overview", "Nothing has been answered for %s, although %s.%s", duration(idle),
			plural.Of(behind, "record is waiting", "records are waiting"), hint)
	}
	f.deadLetterFinding(now, t, add)
	if t.Latency.Count > 0 && time.Duration(t.Latency.P50)*time.Millisecond > slow {
		add("warn", "overview", "Half of the answers of the last minute took longer than %.1f s.",
			float64(t.Latency.P50)/1000)
	}
	if index, ok := f.drift(); ok && index >= drift.Drifted {
		add("warn", "overview", "The scores of the last %d comments differ from those in training: population stability index "+
			"%.2f, above %.2f. Look at the comments; reddit-classifier drift lists the words that changed.",
			f.counts.window.comments, index, drift.Drifted)
	}
	if last := len(f.notices) - 1; !explained && last >= 0 && f.notices[last].At > now.Add(-recent).UnixMilli() {
		add("warn", "notices", "The log has a new warning: %s", quote(f.notices[last].Text))
	}
	return list
}

// idle returns how many records are waiting, and how long ago the last one was answered.
func (f *Feed) idle(now time.Time, t tick) (behind int64, idle time.Duration) {
	behind = int64(t.Waiting)
	if t.Lag != nil {
		behind = t.Lag.Records
	}
	since := f.counts.begin
	if f.counts.lastOutput.After(since) {
		since = f.counts.lastOutput
	}
	return behind, now.Sub(since)
}

// deadLetterFinding adds a finding about the dead letters of the last minute: the most frequent reason, and where the
// newest one with that reason came from.
func (f *Feed) deadLetterFinding(now time.Time, t tick, add func(level, see, format string, args ...any)) {
	var dead int64
	for _, s := range t.PerSecond[history-60:] {
		dead += int64(s[2])
	}
	if dead == 0 {
		return
	}
	counts, seen, onPurpose := make(map[string]int64), int64(0), int64(0)
	var top *entry // the newest with the most frequent reason
	newest := make(map[string]*entry)
	for _, e := range f.deadLetters.newest(keptDeadLetters) {
		if e.At < now.Add(-recent).UnixMilli() {
			break
		}
		counts[e.Reason]++
		seen++
		if slices.Contains(f.samples, e.Key) {
			onPurpose++
		}
		if newest[e.Reason] == nil {
			newest[e.Reason] = e
		}
		if top == nil || counts[e.Reason] > counts[top.Reason] {
			top = newest[e.Reason]
		}
	}
	if top == nil { // the clock of the broker is ahead
		add("bad", "letters", "%s in the last minute.", plural.Of(dead, "dead letter", "dead letters"))
		return
	}
	if onPurpose == dead {
		add("warn", "letters", "%s in the last minute, as intended: %d of the samples that up feeds are there to show "+
			"what dead letters look like.", plural.Of(dead, "record was refused", "records were refused"), len(f.samples))
		return
	}
	what, why := plural.Of(dead, "record was refused", "records were refused"), ""
	todo := "Its sender has to send something else."
	if strings.HasPrefix(top.Code, "5") || top.Code == "" {
		what, todo = plural.Of(dead, "record was given up", "records were given up"), "Replay them when the cause is fixed."
	}
	if top.Message != "" {
		why = ": " + quote(top.Message)
	}
	share := "All"
	if counts[top.Reason] < seen {
		share = fmt.Sprintf("%.0f %% of them", 100*float64(counts[top.Reason])/float64(seen))
	}
	add("bad", "letters", "%s in the last minute. %s: %s%s.%s %s", what, share, top.Reason, why, cameFrom(top), todo)
}

// cameFrom returns a sentence about the origin of a dead letter, or nothing if it has neither a source nor a key.
func cameFrom(e *entry) string {
	var origin []string
	if _, topic, ok := strings.Cut(e.source, "#"); ok {
		origin = append(origin, "from topic "+topic)
	} else if e.source != "" {
		origin = append(origin, "from "+e.source)
	}
	if e.Key != "" {
		origin = append(origin, fmt.Sprintf("with the key %q", quote(e.Key)))
	}
	if origin == nil {
		return ""
	}
	return " The last one came " + strings.Join(origin, ", ") + "."
}

// drift returns the population stability index of the class for which it is largest. It returns false if there are too
// few comments. f.mu is held.
func (f *Feed) drift() (index float64, ok bool) {
	training := f.model.trained
	if training == nil || f.counts.window.comments < drift.Fewest {
		return 0, false
	}
	for class, counts := range training.Counts {
		index = max(index, drift.Index(counts, f.counts.window.scores[class]))
	}
	return index, true
}

// duration formats a duration in words.
func duration(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < 2*time.Minute:
		return plural.Of(int64(max(d, time.Second)/time.Second), "second", "seconds")
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d hours", d/time.Hour)
}

// quote returns the first characters of a text on one line.
func quote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > quoted {
		return string(runes[:quoted-1]) + "…"
	}
	return s
}
