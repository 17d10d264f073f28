package host

import (
	"slices"
	"testing"
	"time"
)

const (
	startRuns  = 21  // odd, so that the median is one of them
	startRatio = 1.5 // how much longer than func's empty template the function may take
)

// TestStart measures the time from starting the process to its first readiness, against func's own empty Go function built and
// started in the same run. The two take turns, so that what else the machine does meets both.
func TestStart(t *testing.T) {
	empty, err := template()
	if err != nil {
		t.Fatalf("build func's template: %v", err)
	}
	ours := own(built(t))
	var a, b []time.Duration
	for range startRuns {
		a = append(a, startTime(t, own(empty)))
		b = append(b, startTime(t, ours))
	}
	slices.Sort(a)
	slices.Sort(b)
	base, got := a[startRuns/2], b[startRuns/2]
	ratio := got.Seconds() / base.Seconds()
	t.Logf("start to readiness, median of %d: func's template %v, ours %v, ratio %.2f (limit %.1f)", startRuns, base, got, ratio, startRatio)
	if ratio > startRatio {
		t.Errorf("the function takes %.2f times as long as func's empty template to become ready, more than %.1f", ratio, startRatio)
	}
}

func startTime(t *testing.T, path string) time.Duration {
	t.Helper()
	began := time.Now()
	i := start(t, path, nil)
	i.ready(t)
	took := time.Since(began)
	i.kill()
	return took
}
