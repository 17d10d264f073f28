package autoscaling

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// What is assumed, as it depends on the cluster and not on the function.
const (
	podTime = 2 * time.Second // to schedule a pod, have its image and set up its sandbox
	rate    = 600             // records a second in the burst: what the original managed at best from Kafka to Kafka was 635
	idle    = 30 * time.Second
	burst   = time.Minute
)

// work is what a record asks for.
type work struct {
	name     string
	comments int
	sink     time.Duration
}

var works = []work{
	{"one comment, sink takes 3 ms", 1, 3 * time.Millisecond},
	{"one comment, sink takes 30 ms", 1, 30 * time.Millisecond},
	{"20 comments, sink takes 3 ms", 20, 3 * time.Millisecond},
	{"1,000 comments, sink takes 10 ms", 1000, 10 * time.Millisecond},
}

var targets = []string{"2", "5", "10", "20", "50"}

func inputs(tb testing.TB) (Measured, Scale) {
	tb.Helper()
	m, err := ReadMeasured("measured.json")
	if err != nil {
		tb.Fatal(err)
	}
	s, err := ReadScale("../../func.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return m, s
}

func scenario(m Measured, s Scale, src Source, w work) Scenario {
	return Scenario{Source: src, Scale: s, Measured: m, Comments: w.comments, Sink: w.sink, Pod: podTime, Rate: rate, Idle: idle, Burst: burst}
}

// TestGrid runs the burst for every combination and prints what came of it.
func TestGrid(t *testing.T) {
	m, scale := inputs(t)
	for _, w := range works {
		var table strings.Builder
		fmt.Fprintf(&table, "%s; %d records a second for %v\n", w.name, rate, burst)
		table.WriteString("delivery   partitions  target  pods  greatest lag  median     99 %       drained after  at zero after  flaps\n")
		for _, ordered := range []bool{true, false} {
			for _, partitions := range []int{1, 3, 10, 30} {
				for _, target := range targets {
					sc := scenario(m, scale.With(target), Source{partitions, ordered}, w)
					r, err := Simulate(sc)
					if err != nil {
						t.Fatalf("%v, %d partitions, target %s: %v", sc.Source, partitions, target, err)
					}
					for _, p := range judge(sc, r) {
						t.Errorf("%s, %v, %d partitions, target %s: %s", w.name, sc.Source, partitions, target, p)
					}
					fmt.Fprintf(&table, "%-10v %10d %7s %5d %13d  %-9v  %-9v  %-13v  %-13v  %d\n", sc.Source, partitions, target, r.MaxPods, r.MaxLag,
						r.P50.Round(time.Millisecond), r.P99.Round(time.Millisecond), r.Drained.Round(time.Second), r.Zero.Round(time.Second), r.Flaps())
				}
			}
		}
		t.Log("\n" + table.String())
	}
}

// judge returns what a burst must not do.
func judge(sc Scenario, r Result) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if want := sc.records(); r.Records != want || r.Answered != want || r.Repeated != 0 {
		say("%d of %d records answered, %d more than once", r.Answered, want, r.Repeated)
	}
	if r.FirstPod > sc.Pod+sc.Start+decideEvery {
		say("the first pod was ready only after %v", r.FirstPod)
	}
	if n := r.Flaps(); n > 0 && keeps(sc) {
		say("the number of pods rose again %d times after falling: %v", n, r.Decisions)
	}
	if bound := maxLag(sc, r); r.MaxLag > bound {
		say("the lag reached %d, more than %d", r.MaxLag, bound)
	}
	// The stable window must be free of work, and the revision inactive for the grace period; the rest is looking every two seconds.
	if limit := 60*time.Second + 30*time.Second + 2*decideEvery; r.Zero > limit {
		say("the last pod left %v after the last answer, later than %v", r.Zero, limit)
	}
	if n := len(r.Decisions); n == 0 || r.Decisions[n-1].Pods != 0 {
		say("the last decision is not zero: %v", r.Decisions)
	}
	return problems
}

// keeps reports whether a scenario's target keeps to the rule that is written in func.yaml.
func keeps(sc Scenario) bool {
	return number(sc.Scale, autoscaling.TargetAnnotationKey) <= sc.MaxTarget(number(sc.Scale, autoscaling.TargetUtilizationPercentageKey)/100)
}

func number(s Scale, key string) float64 {
	n, err := strconv.ParseFloat(s.Annotations[key], 64)
	if err != nil {
		panic(err)
	}
	return n
}

// maxLag bounds the lag: what arrives until the first pod is there; then what arrives and one pod cannot do, until the autoscaler
// has seen it (a panic window of 6 s), decided (2 s) and more pods are there; then what the source or all pods cannot do.
func maxLag(sc Scenario, r Result) int {
	perPod := min(1/sc.work().Seconds(), float64(sc.Scale.Concurrency)/sc.answer().Seconds())
	all := min(sc.Source.Capacity(sc.answer()), float64(r.MaxPods)*perPod)
	short := func(capacity float64) float64 { return max(0, float64(sc.Rate)-capacity) }
	rising := (6*time.Second + decideEvery + sc.Pod + sc.Start).Seconds()
	// 5 %: the keys do not fill the partitions evenly, and what one partition lacks another cannot make up for.
	lag := float64(sc.Rate)*r.FirstPod.Seconds() + short(perPod)*rising + short(all)*sc.Burst.Seconds()
	return int(math.Ceil(1.05*lag)) + unorderedInFlight
}

// TestAgain brings a second burst at every awkward moment: while pods are leaving, while the last one is about to, and when it
// just has. Nothing may be lost, and the end is zero again.
func TestAgain(t *testing.T) {
	m, scale := inputs(t)
	for gap := 5 * time.Second; gap <= 120*time.Second; gap += time.Second {
		sc := scenario(m, scale, Source{10, false}, works[1])
		sc.Rate, sc.Burst, sc.Again = 200, 5*time.Second, gap
		r, err := Simulate(sc)
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 * sc.records(); r.Answered != want || r.Records != want || r.Repeated != 0 {
			t.Errorf("after %v: %d of %d answered, %d more than once", gap, r.Answered, want, r.Repeated)
		}
	}
}

// TestSteady has records come evenly for eight minutes. Where the target keeps to the rule, the number of pods stays once
// the backlog of the start is gone, whatever the rate. The default keeps to it but for records of very many comments; what happens
// then is shown too, as is that a lower target ends it.
func TestSteady(t *testing.T) {
	m, scale := inputs(t)
	for _, w := range works {
		for _, target := range []string{scale.Annotations[autoscaling.TargetAnnotationKey], "2"} {
			for _, perSecond := range []int{1, 20, 200, 700} {
				sc := scenario(m, scale.With(target), Source{10, false}, w)
				sc.Rate, sc.Burst = perSecond, 8*time.Minute
				r, err := Simulate(sc)
				if err != nil {
					t.Fatal(err)
				}
				changes := 0
				for _, d := range r.Decisions {
					if d.At > idle+3*time.Minute && d.At < idle+sc.Burst {
						changes++
					}
				}
				t.Logf("%s, target %s, %d a second: %d pods at most, %d changes after 3 minutes", w.name, target, perSecond, r.MaxPods, changes)
				if changes > 0 && keeps(sc) {
					t.Errorf("the number of pods changes though nothing else does: %v", r.Decisions)
				}
			}
		}
	}
}

// TestDefault says that func.yaml's own target is in the grid, and keeps to the rule for records of one comment and of 20.
func TestDefault(t *testing.T) {
	m, scale := inputs(t)
	if target := scale.Annotations[autoscaling.TargetAnnotationKey]; !slices.Contains(targets, target) {
		t.Errorf("func.yaml's target %s is not in the grid", target)
	}
	for _, w := range works {
		sc := scenario(m, scale, Source{10, false}, w)
		t.Logf("%s: targets up to %.1f", w.name, sc.MaxTarget(number(scale, autoscaling.TargetUtilizationPercentageKey)/100))
		if w.comments <= 20 && !keeps(sc) {
			t.Errorf("%s: func.yaml's target is too high", w.name)
		}
	}
}
