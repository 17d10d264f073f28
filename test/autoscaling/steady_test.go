package autoscaling

import (
	"fmt"
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// settleTime is the time after which the backlog of the start is drained and its panic window is over.
const settleTime = 3 * time.Minute

// flowFor is the time for which records are written at a steady rate.
const flowFor = 6 * time.Minute

// flow runs a scenario at a steady rate. It returns how often the number of wanted pods changed after settleTime.
func flow(tb testing.TB, sc Scenario) (changes int, r Result) {
	tb.Helper()
	sc.Burst = flowFor + 10*time.Second // at random rates, the records can end a little earlier
	r = run(tb, sc)
	for _, d := range r.Decisions {
		if d.At > sc.Idle+settleTime && d.At < sc.Idle+flowFor {
			changes++
		}
	}
	return changes, r
}

// rates returns the rates to try, in records per second: ordinary ones, and those that keep 0.5, 1, 1.5 … pods busy.
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

// boundaryRates returns the rates at which the average number of requests in flight is exactly the target of a whole
// number of pods. At random rates the autoscaler sees sometimes more and sometimes fewer.
func boundaryRates(sc Scenario) []int {
	var rates []int
	for pods := 1.0; pods < number(sc.Scale, autoscaling.MaxScaleAnnotationKey); pods++ {
		if n := pods * sc.perPod() / sc.answer().Seconds(); n < 1/unorderedGap.Seconds()/2 {
			rates = append(rates, int(n+0.5))
		}
	}
	return rates
}

// With the target of func.yaml, the number of pods does not change while records are written at even intervals, for any
// rate and any work per record.
func TestSteady(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := projectScenario(t).of(w)
			for _, sc.Rate = range rates(sc) {
				changes, r := flow(t, sc)
				t.Logf("%d a second: %d pods at most, %d in the end", sc.Rate, r.MaxPods,
					r.Points[int((sc.Idle+5*time.Minute).Seconds())].Pods)
				if changes > 0 || r.Flaps() > 0 {
					t.Errorf("%d a second: the number of pods changes %d times at a steady rate: %v", sc.Rate, changes,
						r.Decisions)
				}
			}
		})
	}
}

// The same holds with more pods than func.yaml allows, whose limit could hide changes.
func TestMorePods(t *testing.T) {
	sc := projectScenario(t).of(works[len(works)-1])
	sc.Scale = sc.Scale.With(autoscaling.MaxScaleAnnotationKey, "10")
	for _, sc.Rate = range rates(sc) {
		if changes, r := flow(t, sc); changes > 0 || r.Flaps() > 0 {
			t.Errorf("%d a second: the number of pods changes %d times: %v", sc.Rate, changes, r.Decisions)
		}
	}
}

// At random intervals, up to 95 % of the capacity of all pods, the number of pods may change by one, and by more if a
// record takes longer on the processor than in the sink. But there are always enough pods that no record waits in the
// topic.
func TestRandom(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := projectScenario(t).of(w)
			sc.Seed = 1
			for _, sc.Rate = range rates(sc) {
				if float64(sc.Rate)*sc.work().Seconds() > 0.95*number(sc.Scale, autoscaling.MaxScaleAnnotationKey) {
					continue
				}
				changes, r := flow(t, sc)
				lag, most := steadyLag(sc, r), largestChange(sc, r)
				t.Logf("%d a second: %d changes, by %d pods at most; lag up to %d", sc.Rate, changes, most, lag)
				if lag > sc.Source.inFlight() || r.Lost+r.DeadLettered > 0 {
					t.Errorf("%d a second: the lag is up to %d, %d records are lost", sc.Rate, lag, r.Lost+r.DeadLettered)
				}
				if most > 1 && sc.work() <= sc.Sink {
					t.Errorf("%d a second: %d pods at once: %v", sc.Rate, most, r.Decisions)
				}
			}
		})
	}
}

// maxChanges is the limit of changes of the number of pods in three minutes, at random intervals.
const maxChanges = 20

// At random intervals and boundaryRates, the number of pods changes by one, seven times in three minutes on average. No
// record waits in the topic because of it.
func TestRandomBoundary(t *testing.T) {
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := projectScenario(t).of(w)
			for _, sc.Rate = range boundaryRates(sc) {
				for sc.Seed = 1; sc.Seed <= 3; sc.Seed++ {
					changes, r := flow(t, sc)
					lag, most := steadyLag(sc, r), largestChange(sc, r)
					t.Logf("%d a second, seed %d: %d changes, by %d pods at most; lag up to %d", sc.Rate, sc.Seed, changes, most, lag)
					if changes > maxChanges || most > 1 {
						t.Errorf("%d a second, seed %d: %d changes, by %d pods at most: %v", sc.Rate, sc.Seed, changes, most, r.Decisions)
					}
					if lag > sc.Source.inFlight() || r.Lost+r.DeadLettered+r.Retried+r.Repeated > 0 {
						t.Errorf("%d a second, seed %d: the lag is up to %d; %d records lost or dead, %d retries", sc.Rate, sc.Seed, lag,
							r.Lost+r.DeadLettered, r.Retried)
					}
				}
			}
		})
	}
}

// withScaleDownDelay returns the scenario with a scale-down-delay of a minute. The annotation belongs into
// config/service or config-autoscaler: func sets the annotations of func.yaml on the Service as well, where Serving
// refuses those of autoscaling (ValidateHasNoAutoscalingAnnotation).
func (s Scenario) withScaleDownDelay() Scenario {
	s.Scale = s.Scale.With(autoscaling.ScaleDownDelayAnnotationKey, "1m")
	return s
}

// mostChanges returns the most changes of the number of pods and the longest time to zero, at boundaryRates with three
// seeds each.
func (s Scenario) mostChanges(tb testing.TB) (changes int, zero time.Duration) {
	tb.Helper()
	for _, s.Rate = range boundaryRates(s) {
		for s.Seed = 1; s.Seed <= 3; s.Seed++ {
			n, r := flow(tb, s)
			changes, zero = max(changes, n), max(zero, r.Zero)
		}
	}
	return changes, zero
}

// A scale-down-delay of a minute reduces the changes, and delays the scale to zero.
func TestScaleDownDelay(t *testing.T) {
	changes, zero := projectScenario(t).withScaleDownDelay().mostChanges(t)
	if t.Logf("%d changes in three minutes at most, zero after %v at most", changes, zero); changes > 2 ||
		zero > 4*time.Minute {
		t.Errorf("%d changes, zero after %v", changes, zero)
	}
}

// largestChange returns the largest change of the number of pods after settleTime.
func largestChange(sc Scenario, r Result) int {
	most := int32(0)
	for i, d := range r.Decisions {
		if d.At > sc.Idle+settleTime && d.At < sc.Idle+flowFor {
			before := r.Decisions[i-1].Pods
			most = max(most, before-d.Pods, d.Pods-before)
		}
	}
	return int(most)
}

// steadyLag returns the largest lag after settleTime.
func steadyLag(sc Scenario, r Result) int {
	lag := 0
	for _, p := range r.Points[int((sc.Idle + settleTime).Seconds()):int((sc.Idle + flowFor).Seconds())] {
		lag = max(lag, p.Lag)
	}
	return lag
}

// The rule of func.yaml is needed: at a rate that keeps 2.5 pods busy, the number of pods flaps with a target of 1.5 ×
// answer time ÷ processor time, and does not flap with a target just below answer time ÷ processor time.
func TestAboveRule(t *testing.T) {
	for _, w := range works[4:] {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			sc := projectScenario(t).of(w)
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

// perPod returns the number of requests in flight per pod that the autoscaler aims at: target × utilization.
func (s Scenario) perPod() float64 {
	return number(s.Scale, autoscaling.TargetAnnotationKey) * number(s.Scale,
		autoscaling.TargetUtilizationPercentageKey) / 100
}

// keepsRule reports whether perPod is at most the number of requests in flight in a pod whose processor is just busy.
func (s Scenario) keepsRule() bool {
	return s.perPod() <= s.answer().Seconds()/s.work().Seconds()
}

// func.yaml follows its rule for any record: with a sink that takes no time, answer time ÷ processor time is 1. A
// single pod is enough for all that a source delivers of records of one comment.
func TestRule(t *testing.T) {
	if sc := projectScenario(t).of(work{100_000, 0}); !sc.keepsRule() {
		t.Errorf("func.yaml's target × utilization is above 1: %v", sc.Scale.Annotations)
	}
	if one, source := 1/projectScenario(t).work().Seconds(), 1/unorderedGap.Seconds(); one < source {
		t.Errorf("a pod answers %.0f records of one comment a second, a source delivers %.0f", one, source)
	}
}
