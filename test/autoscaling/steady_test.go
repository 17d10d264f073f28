package autoscaling

import (
	"fmt"
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// calm is when the backlog of a start is gone, and the panic over that it caused.
const calm = 3 * time.Minute

// flowFor is how long records come at one rate.
const flowFor = 6 * time.Minute

// flow has records come at one rate, and returns how often the number of wanted pods changed once it should not.
func flow(tb testing.TB, sc Scenario) (changes int, r Result) {
	tb.Helper()
	sc.Burst = flowFor + 10*time.Second // by chance they come a little faster or slower
	r = run(tb, sc)
	for _, d := range r.Decisions {
		if d.At > sc.Idle+calm && d.At < sc.Idle+flowFor {
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

// between returns the rates at which as many requests are in flight on average as a whole number of pods is for: by
// chance the autoscaler sees now a little more, now a little less.
func between(sc Scenario) []int {
	var rates []int
	for pods := 1.0; pods < number(sc.Scale, autoscaling.MaxScaleAnnotationKey); pods++ {
		if n := pods * sc.perPod() / sc.answer().Seconds(); n < 1/unorderedGap.Seconds()/2 {
			rates = append(rates, int(n+0.5))
		}
	}
	return rates
}

// TestSteady says that the number of pods stays with func.yaml as it is, whatever is in a record and however many come,
// if they come evenly.
func TestSteady(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := world(t).of(w)
			for _, sc.Rate = range rates(sc) {
				changes, r := flow(t, sc)
				t.Logf("%d a second: %d pods at most, %d in the end", sc.Rate, r.MaxPods,
					r.Points[int((sc.Idle+5*time.Minute).Seconds())].Pods)
				if changes > 0 || r.Flaps() > 0 {
					t.Errorf("%d a second: the number of pods changes %d times though nothing else does: %v", sc.Rate, changes,
						r.Decisions)
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
		if changes, r := flow(t, sc); changes > 0 || r.Flaps() > 0 {
			t.Errorf("%d a second: the number of pods changes %d times: %v", sc.Rate, changes, r.Decisions)
		}
	}
}

// TestChance has records come by chance instead of evenly, up to 95 % of what all pods together can do. A pod more or
// less may come and go, and more of them where a record takes the processor for longer than the sink, as queues differ
// then. But there are never so few pods that records wait in the topic.
func TestChance(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := world(t).of(w)
			sc.Seed = 1
			for _, sc.Rate = range rates(sc) {
				if float64(sc.Rate)*sc.work().Seconds() > 0.95*number(sc.Scale, autoscaling.MaxScaleAnnotationKey) {
					continue
				}
				changes, r := flow(t, sc)
				lag, most := calmLag(sc, r), leap(sc, r)
				t.Logf("%d a second: %d changes, by %d pods at most; lag up to %d", sc.Rate, changes, most, lag)
				if lag > sc.Source.inFlight() || r.Lost+r.Dead > 0 {
					t.Errorf("%d a second: the lag is up to %d, %d records are lost", sc.Rate, lag, r.Lost+r.Dead)
				}
				if most > 1 && sc.work() <= sc.Sink {
					t.Errorf("%d a second: %d pods at once: %v", sc.Rate, most, r.Decisions)
				}
			}
		})
	}
}

// mostChanges is how often the number of pods changes in three minutes at most, when records come by chance.
const mostChanges = 20

// TestChanceBetween has records come by chance at the rates where that matters most. One pod comes and goes, seven
// times in three minutes on average, and no record waits in the topic for it.
func TestChanceBetween(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := world(t).of(w)
			for _, sc.Rate = range between(sc) {
				for sc.Seed = 1; sc.Seed <= 3; sc.Seed++ {
					changes, r := flow(t, sc)
					lag, most := calmLag(sc, r), leap(sc, r)
					t.Logf("%d a second, seed %d: %d changes, by %d pods at most; lag up to %d", sc.Rate, sc.Seed, changes, most, lag)
					if changes > mostChanges || most > 1 {
						t.Errorf("%d a second, seed %d: %d changes, by %d pods at most: %v", sc.Rate, sc.Seed, changes, most, r.Decisions)
					}
					if lag > sc.Source.inFlight() || r.Lost+r.Dead+r.Retried+r.Repeated > 0 {
						t.Errorf("%d a second, seed %d: the lag is up to %d; %d records lost or dead, %d retries", sc.Rate, sc.Seed, lag,
							r.Lost+r.Dead, r.Retried)
					}
				}
			}
		})
	}
}

// calmed is the scenario with a delay before pods are told to go. It is for config/service or config-autoscaler: func
// puts func.yaml's annotations on the Service itself as well, where Serving refuses those of autoscaling
// (ValidateHasNoAutoscalingAnnotation).
func (s Scenario) calmed() Scenario {
	s.Scale = s.Scale.With(autoscaling.ScaleDownDelayAnnotationKey, "1m")
	return s
}

// coming returns the most changes of the number of pods at the rates of between, and the longest time to zero, with
// three seeds each.
func (s Scenario) coming(tb testing.TB) (changes int, zero time.Duration) {
	tb.Helper()
	for _, s.Rate = range between(s) {
		for s.Seed = 1; s.Seed <= 3; s.Seed++ {
			n, r := flow(tb, s)
			changes, zero = max(changes, n), max(zero, r.Zero)
		}
	}
	return changes, zero
}

// TestCalmed says what a scale-down-delay of a minute is good for, and what it costs.
func TestCalmed(t *testing.T) {
	changes, zero := world(t).calmed().coming(t)
	if t.Logf("%d changes in three minutes at most, zero after %v at most", changes, zero); changes > 2 ||
		zero > 4*time.Minute {
		t.Errorf("%d changes, zero after %v", changes, zero)
	}
}

// leap returns by how many pods a decision changed their number at most, when it should not.
func leap(sc Scenario, r Result) int {
	most := int32(0)
	for i, d := range r.Decisions {
		if d.At > sc.Idle+calm && d.At < sc.Idle+flowFor {
			before := r.Decisions[i-1].Pods
			most = max(most, before-d.Pods, d.Pods-before)
		}
	}
	return int(most)
}

// calmLag returns the greatest lag while records come, once that of the start is gone.
func calmLag(sc Scenario, r Result) int {
	lag := 0
	for _, p := range r.Points[int((sc.Idle + calm).Seconds()):int((sc.Idle + flowFor).Seconds())] {
		lag = max(lag, p.Lag)
	}
	return lag
}

// TestAboveRule says that the rule of func.yaml is needed: with a target half above answer time ÷ processor time the
// pods come and go under work for two and a half of them, and with one just below they do not.
func TestAboveRule(t *testing.T) {
	for _, w := range works[4:] {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := world(t).of(w)
			sc.Rate = int(2.5 / sc.work().Seconds())
			for _, times := range []float64{0.95, 1.5} {
				sc := sc.target(fmt.Sprintf("%.2f", times*sc.answer().Seconds()/sc.work().Seconds()))
				changes, r := flow(t, sc)
				t.Logf("%d a second, target %s: %d changes, %d flaps", sc.Rate,
					sc.Scale.Annotations[autoscaling.TargetAnnotationKey], changes, r.Flaps())
				if flaps, above := changes > 1, !sc.keepsRule(); flaps != above || above != (times > 1) {
					t.Errorf("%d changes: %v", changes, r.Decisions)
				}
			}
		})
	}
}

// perPod is how many requests in flight the autoscaler wants a pod for: target × utilization.
func (s Scenario) perPod() float64 {
	return number(s.Scale, autoscaling.TargetAnnotationKey) * number(s.Scale,
		autoscaling.TargetUtilizationPercentageKey) / 100
}

// keepsRule reports whether a scenario's target is not above what a pod has in flight when its processor is just full.
func (s Scenario) keepsRule() bool {
	return s.perPod() <= s.answer().Seconds()/s.work().Seconds()
}

// TestRule says that func.yaml keeps to its rule whatever a record holds: a sink that takes no time at all leaves
// answer time ÷ processor time at 1. Its other claim is that more than one pod is for records of many comments.
func TestRule(t *testing.T) {
	if sc := world(t).of(work{100_000, 0}); !sc.keepsRule() {
		t.Errorf("func.yaml's target × utilization is above 1: %v", sc.Scale.Annotations)
	}
	if one, source := 1/world(t).work().Seconds(), 1/unorderedGap.Seconds(); one < source {
		t.Errorf("a pod answers %.0f records of one comment a second, a source delivers %.0f", one, source)
	}
}
