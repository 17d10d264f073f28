package autoscaling

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The simulation has the settings of config/ and the default of SINK_TIMEOUT in function/. A change there must be made
// here as well.
func TestManifest(t *testing.T) {
	want := Source{Partitions: 10, Consumers: 2, Delivery: Delivery{Retry: 10, Backoff: 300 * time.Millisecond,
		Timeout: time.Minute, DeadLetter: true}}
	if got := projectScenario(t).Source; got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
	config, err := os.ReadFile("../../function/config.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(config), fmt.Sprintf("`envconfig:\"SINK_TIMEOUT\" default:\"%v\"", sinkTimeout)) {
		t.Errorf("the default of SINK_TIMEOUT is not %v", sinkTimeout)
	}
	for _, text := range []string{"", "PT", "60S", "P1D", "PT-1S", "PT0S"} {
		if d, err := duration(text); err == nil {
			t.Errorf("%q is read as %v", text, d)
		}
	}
}

// The backoff is that measured on the real source: the first exponential one is twice the delay.
func TestBackoff(t *testing.T) {
	exponential, linear := Delivery{Retry: 4, Backoff: 300 * time.Millisecond}, Delivery{Retry: 4,
		Backoff: 300 * time.Millisecond, Linear: true}
	var got []time.Duration
	for n := 1; n <= 4; n++ {
		got = append(got, exponential.backoff(n), linear.backoff(n))
	}
	const ms = time.Millisecond
	if want := []time.Duration{600 * ms, 300 * ms, 1200 * ms, 600 * ms, 2400 * ms, 900 * ms, 4800 * ms,
		1200 * ms}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := exponential.Budget(time.Second), 13*time.Second; got != want {
		t.Errorf("the budget is %v, not %v", got, want)
	}
}

// shortBurst returns a burst of a few seconds, in which the same can fail as in a long one.
func shortBurst(tb testing.TB) Scenario {
	sc := projectScenario(tb)
	sc.Rate, sc.Burst = 200, 10*time.Second
	return sc
}

// outcome runs a scenario, and checks that each record is in a topic or counted as lost.
func outcome(t *testing.T, sc Scenario) Result {
	t.Helper()
	r := run(t, sc)
	t.Logf("%d records: %d answered, %d of them more than once, %d dead letters, %d lost; %d retries; last commit %v after the burst",
		r.Records, r.Answered, r.Repeated, r.DeadLettered, r.Lost, r.Retried, r.Drained.Round(time.Second))
	if r.Records != sc.records() {
		t.Errorf("%d records, want %d", r.Records, sc.records())
	}
	if settled := r.Answered + r.Lost; settled > r.Records || settled+r.DeadLettered < r.Records {
		t.Error("the counts do not add up")
	}
	return r
}

// slowPods returns a scenario in which pods start later than the source times out.
func slowPods(tb testing.TB) Scenario {
	sc := shortBurst(tb)
	sc.Pod = 90 * time.Second // for example an image of a gigabyte, or a new node
	return sc
}

// Records that time out before a pod is ready are retried, and none is lost.
func TestSlowPods(t *testing.T) {
	r := outcome(t, slowPods(t))
	if r.Retried == 0 || r.Answered != r.Records || r.DeadLettered+r.Lost+r.Repeated > 0 {
		t.Error("want retries, and every record answered once")
	}
}

// hasty returns a scenario whose source gives up before the first pod is ready: after 0.5 s + 0.6 s + 0.5 s, while a
// pod takes 2 s.
func hasty(tb testing.TB) Scenario {
	sc := shortBurst(tb)
	sc.Source.Consumers, sc.Source.Timeout, sc.Source.Retry = 1, 500*time.Millisecond, 1
	return sc
}

// Records are dead-lettered or lost if the source gives up too early, and safe reports it.
func TestHasty(t *testing.T) {
	sc := hasty(t)
	r := outcome(t, sc)
	if r.DeadLettered != maxPoll || r.Lost > 0 || r.Answered != r.Records-maxPoll {
		t.Error("want the records in flight dead-lettered, and all others answered")
	}
	if len(safe(sc, r)) == 0 {
		t.Error("safe reports no problem")
	}
	sc.Source.DeadLetter = false
	if r := outcome(t, sc); r.Lost != maxPoll || r.DeadLettered > 0 {
		t.Error("want the same records lost")
	}
	sc.Source.Retry = 2
	if r := outcome(t, sc); r.Lost+r.DeadLettered > 0 || r.Retried == 0 {
		t.Error("one retry more is enough")
	}
}

// If the source times out before the sink accepts, every attempt writes a prediction, and the record is dead-lettered
// as well.
func TestTimeoutBelowSink(t *testing.T) {
	sc := shortBurst(t)
	sc.Burst = time.Second
	sc.Sink, sc.Source.Timeout, sc.Source.Retry = 2*time.Second, time.Second, 3
	r := outcome(t, sc)
	if r.Answered != r.Records || r.Repeated != r.Records || r.DeadLettered != r.Records || r.Lost > 0 {
		t.Error("want every record answered more than once, and dead-lettered")
	}
}

// outages returns two scenarios with an outage of the sink that begins with the burst: one that lasts as long as the
// retries, and one that lasts longer by twice sinkTimeout.
func outages(sc Scenario) (short, long Scenario) {
	sc.Outage = Outage{From: sc.Idle, For: sc.Pod + sc.Start + sc.Source.Budget(sinkTimeout)}
	short, long = sc, sc
	long.Outage.For += 2 * sinkTimeout
	return short, long
}

// In an outage of the sink the function answers 503 after sinkTimeout. No record is dead-lettered if the outage is
// shorter than the retries. In a longer one, the records in flight are dead-lettered, and none is lost.
func TestOutage(t *testing.T) {
	for _, ordered := range []bool{false, true} {
		sc := shortBurst(t)
		sc.Source.Ordered = ordered
		short, long := outages(sc)
		inFlight := sc.Source.Consumers * maxPoll // at the start of the burst
		if ordered {
			inFlight = sc.Source.Partitions
		}
		for _, c := range []struct {
			name         string
			outage       time.Duration
			deadLettered int
			retried      bool
		}{
			{"within sinkTimeout", sinkTimeout / 2, 0, false},
			{"a minute", time.Minute, 0, true},
			{"as long as the retries", short.Outage.For, 0, true},
			{"longer", long.Outage.For, inFlight, true},
		} {
			t.Run(sc.Source.String()+", "+c.name, func(t *testing.T) {
				sc := sc
				sc.Outage = Outage{From: sc.Idle, For: c.outage}
				t.Logf("no sink for %v", c.outage.Round(time.Second))
				r := outcome(t, sc)
				if r.Lost > 0 || r.Repeated > 0 || r.Answered+r.DeadLettered != r.Records {
					t.Error("a record is lost or answered more than once")
				}
				if r.DeadLettered != c.deadLettered || (r.Retried > 0) != c.retried {
					t.Errorf("%d dead letters, %d retries; want %d, and some: %v", r.DeadLettered, r.Retried, c.deadLettered, c.retried)
				}
			})
		}
	}
}
