package console

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"reddit-classifier/model"
)

const (
	history   = 120 // seconds that the page draws
	rateOver  = 10  // seconds
	quantiles = 2000
	recent    = time.Minute // latencies, and what is counted as new
	others    = "others"
)

// counts are totals since the console was started, and what the last minutes were like.
type counts struct {
	inputs, answers, comments, letters uint64
	flagged                            uint64 // comments whose label is the second of two classes
	waiting                            int    // inputs that are kept and not answered
	reasons                            map[string]uint64
	labels                             []uint64                  // comments by label
	scores                             [][model.ScoreBins]uint64 // of each class
	last                               queue[float64]            // of the second class, where there are two
	seconds                            [history]second
	took                               queue[delivery]
	waits                              waits
	begin, out                         time.Time // when the console began to count, and the last answer or letter came
}

// second is what was written within one.
type second struct {
	at            int64 // Unix time
	in, out, dead uint32
}

type delivery struct {
	at   time.Time
	took time.Duration
}

func newCounts(classes []string) counts {
	return counts{
		reasons: make(
			map[string]uint64,
		), labels: make([]uint64, len(classes)), scores: make([][model.ScoreBins]uint64, len(classes)), begin: time.Now(),
	}
}

// second returns the bucket of a time, nil when that is over.
func (c *counts) second(at time.Time) *second {
	now := time.Now()
	if at.After(now) { // a broker's clock is ahead
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

// answer counts an answer to comments.
func (c *counts) answer(at time.Time, all []scored, j *judge) {
	c.answers++
	c.comments += uint64(len(all))
	c.out = time.Now()
	if s := c.second(at); s != nil {
		s.out++
	}
	for _, s := range all {
		c.label(s, j, 1)
		p := s.numbers
		if !j.areProba(p) {
			continue
		}
		if j.two {
			c.last.push(p[1])
			if c.last.len() > keptScores {
				c.last.pop()
			}
		}
		for class, v := range p {
			c.scores[class][model.ScoreBin(v)]++
		}
	}
}

// label counts the labels of a comment, or takes them back.
func (c *counts) label(s scored, j *judge, times int) {
	for _, label := range s.labels {
		c.labels[label] += uint64(times)
		if j.two && label == 1 {
			c.flagged += uint64(times)
		}
	}
}

func (c *counts) letter(at time.Time, reason string) {
	c.letters++
	c.out = time.Now()
	if s := c.second(at); s != nil {
		s.dead++
	}
	if _, ok := c.reasons[reason]; !ok && len(c.reasons) >= keptReasons {
		reason = others
	}
	c.reasons[reason]++
}

func (c *counts) latency(at time.Time, took time.Duration) {
	c.waits.add(took)
	c.took.push(delivery{at, took})
	if c.took.len() > quantiles {
		c.took.pop()
	}
}

// reason is how often events were refused for it.
type reason struct {
	Reason string `json:"reason"`
	Count  uint64 `json:"count"`
}

// byReason returns the reasons, the most frequent first.
func (c *counts) byReason() []reason {
	list := make([]reason, 0, len(c.reasons))
	for _, name := range slices.Sorted(maps.Keys(c.reasons)) {
		list = append(list, reason{name, c.reasons[name]})
	}
	slices.SortStableFunc(list, func(a, b reason) int { return cmp.Compare(b.Count, a.Count) })
	return list
}

// latencies are of the last minute, in milliseconds.
type latencies struct {
	P50   int64 `json:"p50"`
	P99   int64 `json:"p99"`
	Count int   `json:"count"`
}

func (c *counts) latencies(now time.Time) latencies {
	var list []time.Duration
	for _, d := range c.took.all() {
		if now.Sub(d.at) < recent {
			list = append(list, d.took)
		}
	}
	if len(list) == 0 {
		return latencies{}
	}
	slices.Sort(list)
	return latencies{list[len(list)/2].Milliseconds(), list[len(list)*99/100].Milliseconds(), len(list)}
}

// perSecond returns what was written in each of the last seconds, the current one last.
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

// rates are records a second, over the last seconds that are over.
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
