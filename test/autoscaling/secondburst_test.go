package autoscaling

import (
	"reflect"
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// A second burst is handled like the first one, whenever it comes: while pods terminate, just before and after the last
// pod is stopped, and after it has ended. For both bursts the conditions of safe and steady hold.
func TestSecondBurst(t *testing.T) {
	sc := projectScenario(t)
	sc.Rate, sc.Burst = 200, 5*time.Second
	alone := run(t, sc)
	zero := alone.Drained + alone.Zero // from the end of the burst to the stop of the last pod
	var gaps []time.Duration
	for gap := 5 * time.Second; gap <= zero+drain+10*time.Second; gap += time.Second {
		gaps = append(gaps, gap+250*time.Millisecond)
	}
	for around := -20 * time.Millisecond; around <= 20*time.Millisecond; around += time.Millisecond {
		gaps = append(gaps, zero+around)
	}
	whileTerminating := 0 // second bursts that found the last pod terminating
	for _, sc.Again = range gaps {
		r := run(t, sc)
		for _, p := range append(safe(sc, r), steady(sc, r)...) {
			t.Errorf("after %v: %s", sc.Again, p)
		}
		wakes := 1
		if sc.Again >= zero {
			wakes = 2
		}
		if len(r.Wakes) != wakes {
			t.Errorf("after %v: the function woke %d times, want %d; the last pod was stopped after %v; %v", sc.Again,
				len(r.Wakes), wakes, zero, r.Decisions)
		}
		if sc.Again >= zero && sc.Again < zero+drain {
			whileTerminating++
		}
	}
	t.Logf("%d second bursts; zero %v after the first; %d woke the function while its last pod terminated", len(gaps),
		zero, whileTerminating)
	if whileTerminating < 30 {
		t.Errorf("only %d bursts came while the last pod terminated", whileTerminating)
	}
}

// A simulation fails if the activator leaves the request path. It does not matter whether the activator stays because
// of the default target-burst-capacity or because of -1.
func TestActivator(t *testing.T) {
	sc := projectScenario(t)
	always := sc
	always.Scale = sc.Scale.With(autoscaling.TargetBurstCapacityKey, "-1")
	if shipped, set := run(t, sc), run(t, always); !reflect.DeepEqual(shipped, set) {
		t.Error("target-burst-capacity -1 leads to other decisions")
	}
	sc.Scale = sc.Scale.With(autoscaling.TargetBurstCapacityKey, "0")
	if _, err := Simulate(sc); err == nil {
		t.Error("target-burst-capacity 0 is simulated, although the activator leaves the request path")
	}
}
