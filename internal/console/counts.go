package console

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"reddit-classifier/model"
)

const (
	history      = 120 // seconds that the charts of the page show
	rateOver     = 10  // seconds over which rates are averaged
	maxLatencies = 2000
	recent       = time.Minute // the age up to which latencies and notices count
	others       = "others"
	windowSize   = 4000 // comments whose scores are compared with those in training
)

// counts has the totals since the start of the console, and figures of the last minutes.
type counts struct {
	inputs, answers, comments, deadLetters uint64

	flagged          uint64                    // comments with the second label of a model with two classes
	waiting          int                       // inputs that are kept and not answered
	reasons          map[string]uint64         // dead letters by reason
	labels           []uint64                  // comments by label
	scores           [][model.ScoreBins]uint64 // histograms by class
	window           window                    // the same of the last comments
	last             queue[float64]            // the last scores of the second of two classes
	seconds          [history]second
	recentLatencies  queue[latency]
	latencyHistogram latencyHistogram
	begin            time.Time // the start of the console
	lastOutput       time.Time // when the last answer or dead letter was seen
}

// second counts the records that were written to the topics within one second.
type second struct {
	at            int64 // Unix time
	in, out, dead uint32
}

// latency is the time from an input to its answer or dead letter, which was written at a time.
type latency struct {
	at time.Time
	d  time.Duration
}

func newCounts(classes []string) counts {
	return counts{
		reasons: make(map[string]uint64),
		labels:  make([]uint64, len(classes)),
		scores:  make([][model.ScoreBins]uint64, len(classes)),
		window:  window{scores: make([][model.ScoreBins]uint64, len(classes))},
		begin:   time.Now(),
	}
}

// second returns the counts of the second of a time, or nil if it is too old.
func (c *counts) second(at time.Time) *second {
	now := time.Now()
	if at.After(now) { // the clock of the broker is ahead
		at = now
	}
	if now.Unix()-at.Unix() >= history {
		return nil
	}
	s := &c.seconds[at.Unix()%history]
	if s.at != at.Unix() {
		*s = second{at: at.Unix()}
	}
	return s
}

func (c *counts) input(at time.Time) {
	c.inputs++
	if s := c.second(at); s != nil {
		s.in++
	}
}

// answer counts an answer, given the results of its comments.
func (c *counts) answer(at time.Time, all []result, m *pageModel) {
	c.answers++
	c.comments += uint64(len(all))
	c.lastOutput = time.Now()
	if s := c.second(at); s != nil {
		s.out++
	}
	for _, r := range all {
		c.label(r, m, 1)
		p := r.numbers
		if !m.areProba(p) {
			continue
		}
		if m.two {
			c.last.push(p[1])
			if c.last.len() > keptScores {
				c.last.pop()
			}
		}
		for class, v := range p {
			c.scores[class][model.ScoreBin(v)]++
			c.window.scores[class][model.ScoreBin(v)]++
		}
		c.window.added()
	}
}

// window has histograms of the scores of the last comments, in which a change soon shows, however many comments there
// were before.
type window struct {
	comments uint64
	scores   [][model.ScoreBins]uint64 // by class
}

// added counts a comment whose scores have been added. It halves all counts when they reach windowSize.
func (w *window) added() {
	w.comments++
	if w.comments < windowSize {
		return
	}
	w.comments /= 2
	for class := range w.scores {
		for i := range w.scores[class] {
			w.scores[class][i] /= 2
		}
	}
}

// label adds n, which is 1 or -1, to the counts of a comment's labels.
func (c *counts) label(r result, m *pageModel, n int) {
	for _, label := range r.labels {
		c.labels[label] += uint64(n)
		if m.two && label == 1 {
			c.flagged += uint64(n)
		}
	}
}

func (c *counts) deadLetter(at time.Time, reason string) {
	c.deadLetters++
	c.lastOutput = time.Now()
	if s := c.second(at); s != nil {
		s.dead++
	}
	if _, ok := c.reasons[reason]; !ok && len(c.reasons) >= keptReasons {
		reason = others
	}
	c.reasons[reason]++
}

func (c *counts) addLatency(at time.Time, d time.Duration) {
	c.latencyHistogram.add(d)
	c.recentLatencies.push(latency{at, d})
	if c.recentLatencies.len() > maxLatencies {
		c.recentLatencies.pop()
	}
}

// reason is a reason of dead letters and their number.
type reason struct {
	Reason string `json:"reason"`
	Count  uint64 `json:"count"`
}

// byReason returns the reasons of dead letters, the most frequent first.
func (c *counts) byReason() []reason {
	list := make([]reason, 0, len(c.reasons))
	for _, name := range slices.Sorted(maps.Keys(c.reasons)) {
		list = append(list, reason{name, c.reasons[name]})
	}
	slices.SortStableFunc(list, func(a, b reason) int { return cmp.Compare(b.Count, a.Count) })
	return list
}

// latencySummary has percentiles of the latencies of the last minute, in milliseconds.
type latencySummary struct {
	P50   int64 `json:"p50"`
	P99   int64 `json:"p99"`
	Count int   `json:"count"`
}

func (c *counts) latencies(now time.Time) latencySummary {
	var list []time.Duration
	for _, l := range c.recentLatencies.all() {
		if now.Sub(l.at) < recent {
			list = append(list, l.d)
		}
	}
	if len(list) == 0 {
		return latencySummary{}
	}
	slices.Sort(list)
	return latencySummary{list[len(list)/2].Milliseconds(), list[len(list)*99/100].Milliseconds(), len(list)}
}

// perSecond returns the counts of inputs, answers and dead letters in each of the last seconds, the current one last.
func (c *counts) perSecond(now time.Time) [][3]uint32 {
	list := make([][3]uint32, history)
	for i := range list {
		at := now.Unix() - history + 1 + int64(i)
		if s := c.seconds[at%history]; s.at == at {
			list[i] = [3]uint32{s.in, s.out, s.dead}
		}
	}
	return list
}

// rates are records per second, averaged over the last complete seconds.
type rates struct {
	In   float64 `json:"in"`
	Out  float64 `json:"out"`
	Dead float64 `json:"dead"`
}

func rate(perSecond [][3]uint32) (r rates) {
	for _, s := range perSecond[history-1-rateOver : history-1] {
		r.In += float64(s[0]) / rateOver
		r.Out += float64(s[1]) / rateOver
		r.Dead += float64(s[2]) / rateOver
	}
	return r
}
