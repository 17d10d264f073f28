package autoscaling

import (
	"reflect"
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// TestAgain brings a second burst at every awkward moment: while pods are leaving, while the last one is about to be
// told to go, when it just was and is still there, and when it has gone. Each burst is judged as one alone is: none
// lost or sent twice, one rise and one fall, the lag's bound, a pod in time when there is none, and zero in the end.
func TestAgain(t *testing.T) {
	sc := world(t)
	sc.Rate, sc.Burst = 200, 5*time.Second
	alone := run(t, sc)
	zero := alone.Drained + alone.Zero // from the burst's end to the last pod being told to go
	var gaps []time.Duration
	for gap := 5 * time.Second; gap <= zero+drain+10*time.Second; gap += time.Second {
		gaps = append(gaps, gap+250*time.Millisecond)
	}
	for around := -20 * time.Millisecond; around <= 20*time.Millisecond; around += time.Millisecond {
		gaps = append(gaps, zero+around)
	}
	beside := 0 // wakings while the last pod was still there
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
			t.Errorf("after %v: there was no pod %d times, not %d: the last one was told to go after %v; %v", sc.Again,
				len(r.Wakes), wakes, zero, r.Decisions)
		}
		if sc.Again >= zero && sc.Again < zero+drain {
			beside++
		}
	}
	t.Logf("%d second bursts; zero %v after the first; %d woke the function while its last pod was still going", len(gaps),
		zero, beside)
	if beside < 30 {
		t.Errorf("only %d bursts came while the last pod was still going", beside)
	}
}

// TestActivator says that a simulation ends with an error where the activator does not stay in the path, and that it
// makes no difference whether it stays because of target-burst-capacity as shipped or as set.
func TestActivator(t *testing.T) {
	sc := world(t)
	always := sc
	always.Scale = sc.Scale.With(autoscaling.TargetBurstCapacityKey, "-1")
	if shipped, set := run(t, sc), run(t, always); !reflect.DeepEqual(shipped, set) {
		t.Error("target-burst-capacity -1 leads to other decisions")
	}
	sc.Scale = sc.Scale.With(autoscaling.TargetBurstCapacityKey, "0")
	if _, err := Simulate(sc); err == nil {
		t.Error("target-burst-capacity 0 is simulated as if the activator were always there")
	}
}
