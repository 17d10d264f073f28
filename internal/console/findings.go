package console

import (
	"fmt"
	"time"

	"reddit-classifier/internal/drift"
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
)

// findings returns the current problems. f.mu is held.
func (f *Feed) findings(now time.Time, t tick) []finding {
	list := []finding{}
	add := func(level, see, format string, args ...any) {
		list = append(list, finding{level, fmt.Sprintf(format, args...), see})
	}
	behind := int64(t.Waiting)
	if t.Lag != nil {
		behind = t.Lag.Records
	}
	since := f.counts.begin
	if f.counts.lastOutput.After(since) {
		since = f.counts.lastOutput
	}
	if idle := now.Sub(since); behind > 0 && idle >= stuckAfter {
		add(
			"bad",
			"notices",
			"Nothing has been answered for %s, although %s.",
			idle.Round(time.Second),
			plural(behind, "record is waiting", "records are waiting"),
		)
	}
	var dead uint64
	for _, s := range t.PerSecond[history-60:] {
		dead += uint64(s[2])
	}
	if dead > 0 {
		add(
			"bad",
			"letters",
			"%s in the last minute. The most frequent reason so far is %s.",
			plural(int64(dead), "dead letter", "dead letters"),
			t.Reasons[0].Reason,
		)
	}
	if t.Latency.Count > 0 && time.Duration(t.Latency.P50)*time.Millisecond > slow {
		add(
			"warn",
			"overview",
			"Half of the answers of the last minute took longer than %.1f s.",
			float64(t.Latency.P50)/1000,
		)
	}
	if index, ok := f.drift(); ok && index >= drift.Drifted {
		add(
			"warn",
			"overview",
			"The distribution of the scores differs from that in training: population stability index %.2f.",
			index,
		)
	}
	for _, n := range f.notices {
		if n.At > now.Add(-recent).UnixMilli() {
			add("warn", "notices", "The log has a new warning: %s", f.notices[len(f.notices)-1].Text)
			break
		}
	}
	return list
}

// drift returns the population stability index of the class for which it is largest. It returns false if there are too
// few comments. f.mu is held.
func (f *Feed) drift() (index float64, ok bool) {
	training := f.model.trained
	if training == nil || f.counts.comments < drift.Fewest {
		return 0, false
	}
	for class, counts := range training.Counts {
		index = max(index, drift.Index(counts, f.counts.scores[class]))
	}
	return index, true
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
