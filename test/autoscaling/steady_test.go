package autoscaling

import (
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// calm is when the backlog of a start is gone, and the panic over that it caused.
const calm = 3 * time.Minute

// evenFor is how long records come at one rate.
const evenFor = 6 * time.Minute

// even has records come at one rate, and returns how often the number of wanted pods changed once it should not.
func even(tb testing.TB, sc Scenario) (changes int, r Result) {
	tb.Helper()
	sc.Burst = evenFor + 10*time.Second // by chance they come a little faster or slower
	r = run(tb, sc)
	for _, d := range r.Decisions {
		if d.At > sc.Idle+calm && d.At < sc.Idle+evenFor {
			changes++
		}
	}
	return changes, r
}

// rates returns records a second to try: some of every day, and those that need so many pods, by halves.
func rates(sc Scenario) []int {
	rates := []int{1, 20, 200, 700}
	most := number(sc.Scale, autoscaling.MaxScaleAnnotationKey)
	for pods := 0.5; pods < most; pods += 0.5 {
		if n := pods / sc.work().Seconds(); n < 1/unorderedGap.Seconds()/2 {
			rates = append(rates, max(1, int(n+0.5)))
		}
	}
	return rates
}

// TestSteady says that the number of pods stays with func.yaml as it is, whatever is in a record and however many come.
func TestSteady(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := world(t).of(w)
			for _, sc.Rate = range rates(sc) {
				changes, r := even(t, sc)
				t.Logf("%d a second: %d pods at most, %d in the end", sc.Rate, r.MaxPods, r.Points[int((sc.Idle+5*time.Minute).Seconds())].Pods)
				if changes > 0 || r.Flaps() > 0 {
					t.Errorf("%d a second: the number of pods changes %d times though nothing else does: %v", sc.Rate, changes, r.Decisions)
				}
			}
		})
	}
}

// TestMorePods says the same of more pods than func.yaml allows, whose limit might hide that they come and go.
func TestMorePods(t *testing.T) {
	sc := world(t).of(works[len(works)-1])
	sc.Scale = sc.Scale.With(autoscaling.MaxScaleAnnotationKey, "10")
	for _, sc.Rate = range rates(sc) {
		if changes, r := even(t, sc); changes > 0 || r.Flaps() > 0 {
			t.Errorf("%d a second: the number of pods changes %d times: %v", sc.Rate, changes, r.Decisions)
		}
	}
}

// TestChance has records come by chance instead of evenly, as fast as all pods together can do with. There are never so few pods that
// records wait in the topic. Nor do they change, but for one or two more or less where a record takes the processor for longer than it
// waits for the sink: queues are long then, and differ.
func TestChance(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := world(t).of(w)
			sc.Seed = 1
			all := 0
			for _, sc.Rate = range rates(sc) {
				if float64(sc.Rate)*sc.work().Seconds() > 0.95*number(sc.Scale, autoscaling.MaxScaleAnnotationKey) {
					continue
				}
				changes, r := even(t, sc)
				all += changes
				if lag := calmLag(sc, r); lag > sc.Source.inFlight() || r.Lost+r.Dead > 0 {
					t.Errorf("%d a second: the lag is up to %d, %d records are lost", sc.Rate, lag, r.Lost+r.Dead)
				}
			}
			t.Logf("%d changes in all", all)
			if heavy := sc.work() > sc.Sink; heavy != (all > 0) {
				t.Errorf("%d changes; does it take the processor for longer than the sink? %v", all, heavy)
			}
		})
	}
}

// calmLag returns the greatest lag while records come, once that of the start is gone.
func calmLag(sc Scenario, r Result) int {
	lag := 0
	for _, p := range r.Points[int((sc.Idle + calm).Seconds()):int((sc.Idle + evenFor).Seconds())] {
		lag = max(lag, p.Lag)
	}
	return lag
}

// TestAboveRule says that the rule of func.yaml is needed: with a target above answer time ÷ processor time the pods come and go,
// and with one below they do not.
func TestAboveRule(t *testing.T) {
	for _, c := range []struct {
		work
		rate         int
		above, below string
	}{
		{work{1000, 10 * time.Millisecond}, 200, "7", "2"}, // the rule says 2.3
		{work{1000, 3 * time.Millisecond}, 130, "1.4", "1.3"},
		{work{4000, 3 * time.Millisecond}, 83, "1.4", "1"},
	} {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			sc := world(t).of(c.work)
			sc.Rate = c.rate
			if above, below := sc.target(c.above), sc.target(c.below); above.keepsRule() || !below.keepsRule() {
				t.Fatalf("the rule says %.2f: choose targets above and below", sc.answer().Seconds()/sc.work().Seconds())
			}
			for _, side := range []struct {
				target string
				flaps  bool
			}{{c.above, true}, {c.below, false}} {
				changes, r := even(t, sc.target(side.target))
				t.Logf("target %s: %d changes, 99 %% of answers within %v", side.target, changes, r.P99.Round(time.Millisecond))
				if (changes > 0) != side.flaps {
					t.Errorf("target %s: %d changes; does it flap? want %v", side.target, changes, side.flaps)
				}
			}
		})
	}
}

// keepsRule reports whether a scenario's target is not above what a pod has in flight when its processor is just full.
func (s Scenario) keepsRule() bool {
	target := number(s.Scale, autoscaling.TargetAnnotationKey) * number(s.Scale, autoscaling.TargetUtilizationPercentageKey) / 100
	return target <= s.answer().Seconds()/s.work().Seconds()
}

// TestRule says that func.yaml keeps to its rule whatever a record holds: a sink that takes no time at all leaves answer time ÷
// processor time at 1. Its other claim is that more than one pod is for records of many comments.
func TestRule(t *testing.T) {
	if sc := world(t).of(work{100_000, 0}); !sc.keepsRule() {
		t.Errorf("func.yaml's target × utilization is above 1: %v", sc.Scale.Annotations)
	}
	if one, source := 1/world(t).work().Seconds(), 1/unorderedGap.Seconds(); one < source {
		t.Errorf("a pod answers %.0f records of one comment a second, a source delivers %.0f", one, source)
	}
}
