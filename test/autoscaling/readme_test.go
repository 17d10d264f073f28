package autoscaling

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
)

const (
	readme = "../../README.md"
	begin  = "<!-- testdata/readme.md of test/autoscaling, with its figures: go test -run Readme -update -->\n"
	end    = "<!-- end of it -->\n"
)

// TestReadme wants every figure of README's advice to be what the simulation gives today.
func TestReadme(t *testing.T) {
	var want strings.Builder
	if err := template.Must(template.ParseFiles("testdata/readme.md")).Execute(&want, figures(t)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	got, after, ends := strings.Cut(rest, end)
	if !ok || !ends {
		t.Fatalf("README.md must have the lines\n%s%s", begin, end)
	}
	if got == want.String() {
		return
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+begin+want.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("README.md differs from what the simulation says; look why, then run go test -run Readme -update here. It should say:\n%s", want.String())
}

// figures runs what the README speaks of.
func figures(t *testing.T) map[string]string {
	sc := world(t)
	r := run(t, sc)
	f := map[string]string{
		"Rate": count(rate), "Sink": text(sc.Sink), "Pod": text(sc.Pod), "Start": text(sc.Start), "Drain": text(drain),
		"Wake": strconv.FormatFloat(r.Wakes[0].Seconds(), 'f', 1, 64), "Zero": count(int(r.Zero.Seconds() + .5)),
		"InFlight": count(sc.Source.inFlight()), "Unordered": count(r.MaxLag), "Partitions": count(sc.Source.Partitions),
		"Target": sc.Scale.Annotations[autoscaling.TargetAnnotationKey], "Utilization": sc.Scale.Annotations[autoscaling.TargetUtilizationPercentageKey],
		"Max": sc.Scale.Annotations[autoscaling.MaxScaleAnnotationKey],
	}
	for _, n := range []int{1, 3, 10} {
		f[fmt.Sprint("Ordered", n)] = count(run(t, sc.ordered(n)).MaxLag)
	}
	enough := int(math.Ceil(rate * (orderedGap + sc.answer()).Seconds() * 4 / 3))
	f["Enough"], f["OrderedEnough"] = count(enough), count(run(t, sc.ordered(enough)).MaxLag)
	deliveries(t, f)
	targets(t, f)
	return f
}

func (s Scenario) ordered(partitions int) Scenario {
	s.Source.Ordered, s.Source.Partitions = true, partitions
	return s
}

// deliveries adds the figures of TestSlowPods, TestOutage and TestHasty.
func deliveries(t *testing.T, f map[string]string) {
	slow := slowPods(t)
	f["SlowPod"], f["SlowRetried"] = text(slow.Pod), count(run(t, slow).Retried)
	short, long := outages(brief(t))
	f["Outage"], f["LongOutage"] = text(short.Outage.For.Truncate(time.Second)), text(long.Outage.For.Round(time.Second))
	if r := run(t, short); r.Dead+r.Lost > 0 {
		t.Errorf("an outage of %v is not survived", short.Outage.For)
	}
	f["OutageDead"] = count(run(t, long).Dead)
	hasty := hasty(t)
	f["HastyTimeout"], f["HastyDead"] = text(hasty.Source.Timeout), count(run(t, hasty).Dead)
}

// targets adds what func.yaml's target and one of 7 lead to.
func targets(t *testing.T, f map[string]string) {
	sc := world(t)
	many, fast := sc.of(work{1000, sc.Sink}), sc.of(work{1000, 3 * time.Millisecond})
	most := func(s Scenario) float64 {
		return number(s.Scale, autoscaling.MaxScaleAnnotationKey) / s.work().Seconds()
	}
	rule := func(s Scenario) string { return fmt.Sprintf("%.2g", s.answer().Seconds()/s.work().Seconds()) }
	f["RuleOne"], f["RuleMany"], f["MostOne"], f["MostMany"] = rule(sc), rule(many), count(int(most(sc))), count(int(most(many)))
	many.Rate = 200
	changes, _ := flow(t, many.target("7"))
	f["FlapChanges"] = count(changes)
	fast.Rate, fast.Seed = int(0.9*most(fast)), 1
	f["ChanceRate"] = count(fast.Rate)
	for name, sc := range map[string]Scenario{"Own": sc, "Seven": sc.target("7")} {
		fast.Scale = sc.Scale
		_, r := flow(t, fast)
		f["Chance"+name] = count(calmLag(fast, r))
		var pods []string
		for _, sc.Rate = range []int{1, 20, 200, 700} {
			_, r := flow(t, sc)
			pods = append(pods, count(r.Points[int((sc.Idle+5*time.Minute).Seconds())].Pods))
			if sc.Rate == 20 {
				f["Wake"+name] = count(r.MaxPods)
			}
		}
		f["Pods"+name] = strings.Join(pods[:3], ", ") + " and " + pods[3]
	}
}

// count writes a number with commas.
func count(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%s,%03d", count(n/1000), n%1000)
	}
	return strconv.Itoa(n)
}

// text writes a duration with spaces between number and unit, as prose does.
func text(d time.Duration) string {
	s := strings.TrimSuffix(d.String(), "m0s")
	if s != d.String() {
		s += "m"
	}
	return strings.NewReplacer("ms", " ms", "µs", " µs", "m", " min ", "s", " s").Replace(s)
}
