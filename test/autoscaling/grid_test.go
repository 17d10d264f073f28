package autoscaling

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"testing"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

// Assumptions about the cluster.
const (
	podTime = 2 * time.Second // for scheduling, the image and the sandbox
	// records per second in the burst; the best rate of the original system, from Kafka to Kafka, was 635
	rate  = 600
	idle  = 30 * time.Second
	burst = time.Minute
)

// work is the work for a record.
type work struct {
	comments int
	sink     time.Duration
}

func (w work) String() string {
	return fmt.Sprintf("%d comments a record, sink takes %v", w.comments, w.sink)
}

// ordinary is the work in the figures of docs/scaling.md and in the drawing.
var ordinary = work{1, 10 * time.Millisecond}

// works ends with the work for a record of 983,040 bytes, the limit of the input topic.
var works = []work{
	{1, 3 * time.Millisecond}, ordinary, {1, 30 * time.Millisecond}, {20, 10 * time.Millisecond},
	{1000, 10 * time.Millisecond}, {1000, 3 * time.Millisecond}, {4000, 3 * time.Millisecond},
}

// projectScenario returns a burst with the settings of the project: measured.json, func.yaml, the KafkaSource and its
// topic.
func projectScenario(tb testing.TB) Scenario {
	tb.Helper()
	m, err := ReadMeasured("measured.json")
	if err != nil {
		tb.Fatal(err)
	}
	s, err := ReadScale("../../func.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	src, err := ReadSource("../../config/base/source.yaml", "../../config/topics/topics.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return Scenario{Source: src, Scale: s, Measured: m, Pod: podTime, Rate: rate, Idle: idle, Burst: burst}.of(ordinary)
}

func (s Scenario) of(w work) Scenario {
	s.Comments, s.Sink = w.comments, w.sink
	return s
}

// target returns the scenario with another target and a utilization of 100 %.
func (s Scenario) target(n string) Scenario {
	s.Scale = s.Scale.With(autoscaling.TargetAnnotationKey, n).With(autoscaling.TargetUtilizationPercentageKey, "100")
	return s
}

func run(tb testing.TB, sc Scenario) Result {
	tb.Helper()
	r, err := Simulate(sc)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// TestGrid runs the burst for every combination and prints the results. Every combination is safe. With the target of
// func.yaml it is also steady.
func TestGrid(t *testing.T) {
	own := projectScenario(t)
	for _, w := range works {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			var table strings.Builder
			fmt.Fprintf(&table, "%v; %d records a second for %v\n", w, rate, burst)
			table.WriteString("delivery   partitions  target  pods  greatest lag   bound  median     99 %       drained after  at zero after  flaps\n")
			for _, ordered := range []bool{true, false} {
				for _, partitions := range []int{1, 3, 10, 30} {
					for _, target := range []string{"", "2", "10"} {
						sc := own.of(w)
						if target != "" {
							sc = sc.target(target)
						}
						sc.Source.Partitions, sc.Source.Ordered = partitions, ordered
						r := run(t, sc)
						problems := safe(sc, r)
						if target == "" {
							problems = append(problems, steady(sc, r)...)
						}
						target = sc.Scale.Annotations[autoscaling.TargetAnnotationKey]
						for _, p := range problems {
							t.Errorf("%v, %d partitions, target %s: %s", sc.Source, partitions, target, p)
						}
						fmt.Fprintf(&table, "%-10v %10d %7s %5d %13d %7d  %-9v  %-9v  %-13v  %-13v  %d\n", sc.Source, partitions, target,
							r.MaxPods, r.MaxLag, maxLag(sc),
							r.P50.Round(time.Millisecond), r.P99.Round(time.Millisecond), r.Drained.Round(time.Second),
							r.Zero.Round(time.Second), r.Flaps())
					}
				}
			}
			t.Log("\n" + table.String())
		})
	}
}

// safe returns the violations of the conditions for all targets, if nothing fails: no record is lost or sent twice, the
// first pod is ready in time, the number of pods stays in its limit and ends at zero.
func safe(sc Scenario, r Result) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if want := sc.bursts() * sc.records(); r.Records != want || r.Answered != want ||
		r.Lost+r.DeadLettered+r.Retried+r.Repeated > 0 {
		say("of %d records %d were written, %d answered, %d lost, %d dead-lettered, %d answered more than once; %d retries", want,
			r.Records, r.Answered, r.Lost, r.DeadLettered, r.Repeated, r.Retried)
	}
	for _, wake := range r.Wakes {
		if limit := sc.Pod + sc.Start + unorderedGap; wake > limit {
			say("the first pod was ready after %v, later than %v", wake, limit)
		}
	}
	// First the stable window must pass without work, after a panic window of six seconds. Then each decision, every two
	// seconds, halves the number of pods down to zero.
	halvings := bits.Len(uint(number(sc.Scale, autoscaling.MaxScaleAnnotationKey)))
	if limit := time.Minute + 6*time.Second + reportEvery + time.Duration(1+halvings)*decideEvery; r.Zero > limit {
		say("the last pod was stopped %v after the last answer, later than %v", r.Zero, limit)
	}
	if most := int(number(sc.Scale, autoscaling.MaxScaleAnnotationKey)); r.MaxPods > most {
		say("there were %d pods, more than %d", r.MaxPods, most)
	}
	if n := len(r.Decisions); n == 0 || r.Decisions[n-1].Pods != 0 {
		say("the last decision is not zero: %v", r.Decisions)
	}
	return problems
}

// steady returns the violations of the further conditions for the target of func.yaml: the number of pods rises once
// per burst, and the lag stays below its bound.
func steady(sc Scenario, r Result) []string {
	var problems []string
	if n := r.Flaps(); n >= sc.bursts() {
		problems = append(problems, fmt.Sprintf("the number of pods rose again %d times after falling: %v", n, r.Decisions))
	}
	if bound := maxLag(sc); r.MaxLag > bound {
		problems = append(problems, fmt.Sprintf("the lag reached %d, more than %d", r.MaxLag, bound))
	}
	return problems
}

// maxLag returns a bound of the lag. It is the sum of the records that are written until the first pod is ready, of
// those that one pod cannot answer until more pods are decided on, and of those that the source or all pods together
// cannot handle.
func maxLag(sc Scenario) int {
	perPod := min(1/sc.work().Seconds(), float64(sc.Scale.Concurrency)/sc.answer().Seconds())
	all := min(sc.Source.Capacity(sc.answer()), number(sc.Scale, autoscaling.MaxScaleAnnotationKey)*perPod)
	short := func(capacity float64) float64 { return max(0, float64(sc.Rate)-capacity) }
	lag := float64(sc.Rate)*(sc.Pod+sc.Start).Seconds() + short(perPod)*(reportEvery+decideEvery).Seconds() +
		short(all)*sc.Burst.Seconds()
	// 5 %: the keys are not distributed evenly over the partitions.
	return int(math.Ceil(1.05*lag)) + sc.Source.inFlight()
}

// The lag in a burst of records of up to 1,000 comments stays below the records of five seconds, and the backlog is
// drained at the end of the burst. The figures do not depend on func.yaml.
func TestBound(t *testing.T) {
	for _, w := range works {
		if w.comments > 1000 {
			continue
		}
		r := run(t, projectScenario(t).of(w))
		if t.Logf("%v: lag %d, drained after %v", w, r.MaxLag, r.Drained); r.MaxLag > 5*rate || r.Drained > time.Second {
			t.Errorf("%v: the lag is %d, more than 5 s of %d records a second, or drained only after %v", w, r.MaxLag, rate,
				r.Drained)
		}
	}
}

// number returns a numeric annotation. The autoscaler has validated it.
func number(s Scale, key string) float64 {
	n, _ := strconv.ParseFloat(s.Annotations[key], 64)
	return n
}
