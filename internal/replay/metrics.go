package replay

import (
	"sync/atomic"

	"reddit-classifier/internal/metrics"
)

// Count counts the dead letters of a replay in metrics of r. It must be called before [Run].
func (c *Config) Count(r *metrics.Registry) {
	letters := r.Counters(
		"reddit_classifier_replay_letters_total",
		"Dead letters that the replay has finished, by action: what happened to each.",
		"action",
	)
	for _, a := range []Action{Replayed, WouldReplay, Foreign, AlreadyReplayed, RefusedAgain, Incomplete} {
		letters.With(string(a))
	}
	var left atomic.Int64
	left.Store(-1)
	const help = "Dead letters that the replay has still to look at; none until they have been read."
	r.Register(metrics.KindGauge, "reddit_classifier_replay_left_letters", help, func(s *metrics.Samples) {
		if n := left.Load(); n >= 0 {
			s.Add(float64(n))
		}
	})
	c.finished = func(l *Letter, n int) {
		left.Store(int64(n))
		if l != nil {
			letters.With(string(l.Action)).Inc()
		}
	}
}
