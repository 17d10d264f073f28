package autoscaling

import (
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// idleSimulation returns a simulation with ready pods and no records. A test schedules all its events.
func idleSimulation(t *testing.T, sc Scenario, pods int) *simulation {
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

// send sends n records to the activator.
func (s *simulation) send(n int) {
	for range n {
		s.active = true // so that the activator does not wake the autoscaler
		s.attempt(&record{})
	}
}

// until executes the events up to a time.
func (s *simulation) until(at time.Duration) {
	for len(s.events) > 0 && s.events[0].at <= at {
		s.step()
	}
	s.now = at
}

// The activator assigns requests to the pods in turn, up to containerConcurrency each. The others wait.
func TestConcurrency(t *testing.T) {
	sc := projectScenario(t)
	s := idleSimulation(t, sc, 2)
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

// The newest pod is stopped first. It gets no more requests, answers those it has however long that takes, and ends
// after 30 s at the earliest.
func TestTermination(t *testing.T) {
	const drained, answered = 30 * time.Second, 40 * time.Second
	for _, c := range []struct{ sink, gone time.Duration }{{time.Second, drained}, {answered, answered}} {
		sc := projectScenario(t)
		sc.Sink = c.sink
		s := idleSimulation(t, sc, 2)
		oldest, newest := s.pods[0], s.pods[1]
		s.send(2)
		s.stop()
		s.send(10)
		if len(s.pods) != 1 || s.pods[0] != oldest || s.terminating != 1 {
			t.Fatalf("%d pods remain, %d terminate; the oldest remains: %t", len(s.pods), s.terminating, s.pods[0] == oldest)
		}
		if oldest.inFlight != 11 || newest.inFlight != 1 {
			t.Errorf("the remaining pod has %d requests, want 11; the terminating one %d, want 1", oldest.inFlight,
				newest.inFlight)
		}
		if s.until(c.gone - time.Millisecond); s.terminating != 1 {
			t.Errorf("sink %v: ended before %v", c.sink, c.gone)
		}
		if s.until(c.gone + 10*time.Millisecond); s.terminating != 0 || newest.inFlight != 0 {
			t.Errorf("sink %v: not ended after %v, with %d requests", c.sink, c.gone, newest.inFlight)
		}
		if s.committed != 12 || s.result.Retried != 0 {
			t.Errorf("sink %v: %d of 12 requests are answered, %d sent again", c.sink, s.committed, s.result.Retried)
		}
	}
}

// A pod that is not ready is stopped before one that is.
func TestStarting(t *testing.T) {
	s := idleSimulation(t, projectScenario(t), 1)
	p := &pod{}
	s.starting = append(s.starting, p)
	s.stop()
	if s.ready(p); len(s.pods) != 1 || len(s.starting) != 0 || s.terminating != 0 {
		t.Errorf("%d pods, %d starting, %d terminating", len(s.pods), len(s.starting), s.terminating)
	}
}

// The number of wanted pods never exceeds max-scale, and reaches it if there is enough work.
func TestMax(t *testing.T) {
	for max, n := range map[string]int{"1": 1, "2": 2, "5": 5} {
		sc := projectScenario(t).of(work{1000, 10 * time.Millisecond})
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

// scaleToZero does what handleScaleToZero does for a revision without requests.
func TestScaleToZero(t *testing.T) {
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
		s := idleSimulation(t, projectScenario(t), 0)
		s.scaler.state, s.scaler.since, s.scaler.wanted = c.state, time.Hour, 3
		if got := s.scaler.scaleToZero(time.Hour + c.spent); got != c.given || s.scaler.wanted != c.wanted {
			t.Errorf("%s for %v: %d, %d pods; want %d, %d pods", c.state, c.spent, got, s.scaler.wanted, c.given, c.wanted)
		}
	}
}

// func.yaml must not have annotations that Serving refuses on a Service.
func TestAnnotations(t *testing.T) {
	if _, err := ReadScale("testdata/annotations.yaml"); err == nil {
		t.Error("deploy.annotations of func.yaml may have scale-down-delay")
	}
}
