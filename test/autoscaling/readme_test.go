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
	"knative.dev/serving/pkg/autoscaler/config"
)

const (
	readme = "../../docs/scaling.md"
	begin  = "<!-- testdata/readme.md of test/autoscaling, with its figures: go test -run Readme -update -->\n"
	end    = "<!-- end of it -->\n"
)

// The figures in docs/scaling.md are those of the simulation.
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
		t.Fatalf("docs/scaling.md must have the lines\n%s%s", begin, end)
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
	t.Errorf("docs/scaling.md differs from the simulation; find out why, then run go test -run Readme -update here. It should have:\n%s", want.String())
}

// figures returns the figures of the page, by their names in the template.
func figures(t *testing.T) map[string]string {
	sc := projectScenario(t)
	r := run(t, sc)
	f := map[string]string{
		"Rate": count(rate), "Sink": text(sc.Sink), "Pod": text(sc.Pod), "Start": text(sc.Start), "Drain": text(drain),
		"Wake": strconv.FormatFloat(r.Wakes[0].Seconds(), 'f', 1, 64), "Zero": count(int(r.Zero.Seconds() + .5)),
		"InFlight": count(sc.Source.inFlight()), "Unordered": count(r.MaxLag), "Partitions": count(sc.Source.Partitions),
		"Target":      sc.Scale.Annotations[autoscaling.TargetAnnotationKey],
		"Utilization": sc.Scale.Annotations[autoscaling.TargetUtilizationPercentageKey],
		"Max":         sc.Scale.Annotations[autoscaling.MaxScaleAnnotationKey],
		"Consumer":    count(int(1 / unorderedGap.Seconds())),
		"Requests":    sc.Scale.Request,
	}
	perConsumer := maxPoll / pollEvery.Seconds()
	enough := int(math.Ceil(rate / perConsumer * 4 / 3))
	f["PerConsumer"], f["Consumers"], f["Enough"] = count(int(perConsumer)), count(sc.Source.consumers()), count(enough)
	f["OrderedOne"], f["Ordered"] = count(run(t, sc.ordered(1)).MaxLag), count(run(t,
		sc.ordered(sc.Source.Consumers)).MaxLag)
	f["OrderedEnough"] = count(run(t, sc.ordered(enough)).MaxLag)
	deliveries(t, f)
	targets(t, f)
	return f
}

// ordered returns the scenario with ordered delivery and that many consumers.
func (s Scenario) ordered(consumers int) Scenario {
	s.Source.Ordered, s.Source.Consumers = true, consumers
	return s
}

// deliveries adds the figures of TestSlowPods, TestOutage and TestHasty.
func deliveries(t *testing.T, f map[string]string) {
	slow := slowPods(t)
	f["SlowPod"], f["SlowRetried"] = text(slow.Pod), count(run(t, slow).Retried)
	short, _ := outages(shortBurst(t))
	f["Outage"] = text(short.Outage.For.Truncate(time.Second))
	if r := run(t, short); r.DeadLettered+r.Lost > 0 {
		t.Errorf("records are lost or dead-lettered in an outage of %v", short.Outage.For)
	}
	hasty := hasty(t)
	f["HastyTimeout"], f["HastyDead"] = text(hasty.Source.Timeout), count(run(t, hasty).DeadLettered)
}

// targets adds the figures for the target of func.yaml and for a target of 7.
func targets(t *testing.T, f map[string]string) {
	sc := projectScenario(t)
	many := sc.of(work{1000, sc.Sink})
	most := func(s Scenario) string {
		return count(int(number(s.Scale, autoscaling.MaxScaleAnnotationKey) / s.work().Seconds()))
	}
	rule := func(s Scenario) string { return fmt.Sprintf("%.2g", s.answer().Seconds()/s.work().Seconds()) }
	f["RuleOne"], f["RuleMany"], f["MostOne"], f["MostMany"] = rule(sc), rule(many), most(sc), most(many)
	many.Rate = 200
	changes, _ := flow(t, many.target("7"))
	f["FlapChanges"] = count(changes)
	changes, _ = sc.mostChanges(t)
	f["ChanceChanges"] = count(changes)
	changes, zero := sc.withScaleDownDelay().mostChanges(t)
	f["CalmChanges"], f["CalmZero"] = count(changes), text(zero.Round(time.Second))
	few := sc
	few.Rate, few.Burst = 5, 10*time.Second
	f["Few"] = fmt.Sprintf("%d records/s for %s make %d pods", few.Rate, text(few.Burst), run(t, few).MaxPods)
	f["PodsOwn"], f["PodsSeven"] = pods(t, sc), pods(t, sc.target("7"))
	shipped, err := config.NewConfigFromMap(nil)
	if err != nil {
		t.Fatal(err)
	}
	f["BurstCapacity"] = fmt.Sprint(shipped.TargetBurstCapacity)
}

// pods returns how many pods there are at steady rates of 1, 20, 200 and 700 records a second.
func pods(t *testing.T, sc Scenario) string {
	var pods []string
	for _, sc.Rate = range []int{1, 20, 200, 700} {
		_, r := flow(t, sc)
		pods = append(pods, count(r.Points[int((sc.Idle+5*time.Minute).Seconds())].Pods))
	}
	return strings.Join(pods[:3], ", ") + " and " + pods[3]
}

// count formats a number with commas.
func count(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%s,%03d", count(n/1000), n%1000)
	}
	return strconv.Itoa(n)
}

// text formats a duration with a space before each unit.
func text(d time.Duration) string {
	s := strings.TrimSuffix(d.String(), "m0s")
	if s != d.String() {
		s += "m"
	}
	return strings.NewReplacer("ms", " ms", "µs", " µs", "m", " min ", "s", " s").Replace(s)
}
