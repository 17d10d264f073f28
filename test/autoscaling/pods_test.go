package autoscaling

import (
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// still is a world with so many ready pods and nothing to do, in which a test says what comes.
func still(t *testing.T, sc Scenario, pods int) *simulation {
	t.Helper()
	s, err := newSimulation(sc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.scaler.close)
	for range pods {
		s.pods = append(s.pods, &pod{})
	}
	return s
}

// send has so many records come to the activator.
func (s *simulation) send(n int) {
	for range n {
		s.known = true // so that the autoscaler is not asked
		s.attempt(&record{})
	}
}

// until has everything happen up to a time.
func (s *simulation) until(at time.Duration) {
	for len(s.events) > 0 && s.events[0].at <= at {
		s.step()
	}
	s.now = at
}

// TestConcurrency says that a pod has as many requests as containerConcurrency allows, in turns with the others, and
// the rest wait.
func TestConcurrency(t *testing.T) {
	sc := world(t)
	s := still(t, sc, 2)
	s.send(7)
	if a, b := s.pods[0].inFlight, s.pods[1].inFlight; a != 4 || b != 3 {
		t.Errorf("of 7 requests one pod has %d, the other %d", a, b)
	}
	s.send(2*sc.Scale.Concurrency + 50 - 7)
	for _, p := range s.pods {
		if p.inFlight != sc.Scale.Concurrency {
			t.Errorf("a pod has %d requests, not %d", p.inFlight, sc.Scale.Concurrency)
		}
	}
	if len(s.waiting) != 50 {
		t.Errorf("%d requests wait, not 50", len(s.waiting))
	}
	if s.until(sc.Sink + sc.work()); len(s.waiting) != 48 {
		t.Errorf("%d requests wait after each pod's first answer, not 48", len(s.waiting))
	}
}

// TestLeaving says what becomes of a pod that is told to go: it is the newest, gets nothing more, answers what it has
// however long that takes, and has gone 30 s later at the earliest.
func TestLeaving(t *testing.T) {
	const drained, answered = 30 * time.Second, 40 * time.Second
	for _, c := range []struct{ sink, gone time.Duration }{{time.Second, drained}, {answered, answered}} {
		sc := world(t)
		sc.Sink = c.sink
		s := still(t, sc, 2)
		oldest, newest := s.pods[0], s.pods[1]
		s.send(2)
		s.stop()
		s.send(10)
		if len(s.pods) != 1 || s.pods[0] != oldest || s.leaving != 1 {
			t.Fatalf("%d pods stay, %d leave; the oldest stays: %t", len(s.pods), s.leaving, s.pods[0] == oldest)
		}
		if oldest.inFlight != 11 || newest.inFlight != 1 {
			t.Errorf("the pod that stays has %d requests, not 11; the one that leaves %d, not 1", oldest.inFlight,
				newest.inFlight)
		}
		if s.until(c.gone - time.Millisecond); s.leaving != 1 {
			t.Errorf("sink %v: gone before %v", c.sink, c.gone)
		}
		if s.until(c.gone + 10*time.Millisecond); s.leaving != 0 || newest.inFlight != 0 {
			t.Errorf("sink %v: not gone after %v, with %d requests", c.sink, c.gone, newest.inFlight)
		}
		if s.settled != 12 || s.result.Retried != 0 {
			t.Errorf("sink %v: %d of 12 requests are answered, %d sent again", c.sink, s.settled, s.result.Retried)
		}
	}
}

// TestStarting says that a pod that is not ready yet is the first to be given up.
func TestStarting(t *testing.T) {
	s := still(t, world(t), 1)
	p := &pod{}
	s.starting = append(s.starting, p)
	s.stop()
	if s.ready(p); len(s.pods) != 1 || len(s.starting) != 0 || s.leaving != 0 {
		t.Errorf("%d pods, %d starting, %d leaving", len(s.pods), len(s.starting), s.leaving)
	}
}

// TestMax says that there are never more pods than max-scale, nor wanted, and as many where there is work for more.
func TestMax(t *testing.T) {
	for max, n := range map[string]int{"1": 1, "2": 2, "5": 5} {
		sc := world(t).of(work{1000, 10 * time.Millisecond})
		sc.Scale = sc.Scale.With(autoscaling.MaxScaleAnnotationKey, max)
		r := run(t, sc)
		if r.MaxPods != n {
			t.Errorf("max-scale %s: %d pods", max, r.MaxPods)
		}
		for _, d := range r.Decisions {
			if int(d.Pods) > n {
				t.Errorf("max-scale %s: %d pods are wanted", max, d.Pods)
			}
		}
	}
}

// TestToZero says what handleScaleToZero does with a revision that nothing is to be done for.
func TestToZero(t *testing.T) {
	const window = time.Minute
	for _, c := range []struct {
		state         activity
		spent         time.Duration
		wanted, given int32 // pods after, and as returned
	}{
		{activating, 0, 3, unknown},
		{activating, 2 * window, 3, unknown},
		{active, 0, 1, 1},
		{active, window - time.Nanosecond, 1, 1},
		{active, window, 3, 0}, // marked inactive first
		{inactive, 0, 0, 0},
		{inactive, 2 * window, 0, 0},
	} {
		s := still(t, world(t), 0)
		s.scaler.state, s.scaler.since, s.scaler.wanted = c.state, time.Hour, 3
		if got := s.scaler.toZero(time.Hour + c.spent); got != c.given || s.scaler.wanted != c.wanted {
			t.Errorf("%s for %v: %d, %d pods; want %d, %d pods", c.state, c.spent, got, s.scaler.wanted, c.given, c.wanted)
		}
	}
}

// TestAnnotations says that an annotation which Serving would refuse on the Service cannot stand in func.yaml.
func TestAnnotations(t *testing.T) {
	if _, err := ReadScale("testdata/annotations.yaml"); err == nil {
		t.Error("func.yaml may have scale-down-delay among deploy.annotations")
	}
}
