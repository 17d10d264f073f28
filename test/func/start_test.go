package host

import (
	"slices"
	"testing"
	"time"
)

const (
	startRuns   = 21  // odd, so that the median is one of them
	startRounds = 5   // what else the machine does makes a round worse, never better: one good round is enough
	startRatio  = 1.5 // how much longer than func's empty template the function may take
)

// TestStart compares the time from the start of the process until it is ready with that of func's own empty Go
// function. The two take turns, so that other processes of the machine affect both.
func TestStart(t *testing.T) {
	empty, err := template()
	if err != nil {
		t.Fatalf("build func's template: %v", err)
	}
	ours, theirs := own(built(t)), own(empty)
	var ratio float64
	for range startRounds {
		var a, b []time.Duration
		for range startRuns {
			a = append(a, startTime(t, theirs))
			b = append(b, startTime(t, ours))
		}
		base, got := median(a), median(b)
		ratio = got.Seconds() / base.Seconds()
		t.Logf("start to readiness, median of %d: func's template %v, ours %v, ratio %.2f (limit %.1f)",
			startRuns, base.Round(10*time.Microsecond), got.Round(10*time.Microsecond), ratio, startRatio)
		if ratio <= startRatio {
			return
		}
	}
	t.Errorf("the function takes %.2f times as long as func's empty template to become ready, more than %.1f", ratio,
		startRatio)
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// startTime returns the time from the start of a function until it is ready.
func startTime(t *testing.T, path string) time.Duration {
	t.Helper()
	began := time.Now()
	i := start(t, path, nil)
	i.ready(t)
	took := time.Since(began)
	i.kill()
	return took
}
