package autoscaling

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestManifest says what the simulation reads from config/, and takes over from function/: a change there is one here.
func TestManifest(t *testing.T) {
	want := Source{Partitions: 10, Consumers: 2, Delivery: Delivery{Retry: 10, Backoff: 300 * time.Millisecond,
		Timeout: time.Minute, DeadLetter: true}}
	if got := world(t).Source; got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
	config, err := os.ReadFile("../../function/config.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(config), fmt.Sprintf("`envconfig:\"SINK_TIMEOUT\" default:\"%v\"", sinkTimeout)) {
		t.Errorf("the function's SINK_TIMEOUT is not %v unless set", sinkTimeout)
	}
	for _, text := range []string{"", "PT", "60S", "P1D", "PT-1S", "PT0S"} {
		if d, err := duration(text); err == nil {
			t.Errorf("%q is read as %v", text, d)
		}
	}
}

// TestPause wants the pauses that were measured on the source: the first of exponential ones is twice the delay.
func TestPause(t *testing.T) {
	exponential, linear := Delivery{Retry: 4, Backoff: 300 * time.Millisecond}, Delivery{Retry: 4,
		Backoff: 300 * time.Millisecond, Linear: true}
	var got []time.Duration
	for n := 1; n <= 4; n++ {
		got = append(got, exponential.pause(n), linear.pause(n))
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

// brief is a burst of a few seconds: what fails is the same as in a long one.
func brief(tb testing.TB) Scenario {
	sc := world(tb)
	sc.Rate, sc.Burst = 200, 10*time.Second
	return sc
}

// outcome has a scenario run, and checks what is so in every one: each record is in a topic or counted as lost, and the
// end is zero.
func outcome(t *testing.T, sc Scenario) Result {
	t.Helper()
	r := run(t, sc)
	t.Logf("%d records: %d answered, %d of them more than once, %d dead letters, %d lost; %d retries; last settled %v after the burst",
		r.Records, r.Answered, r.Repeated, r.Dead, r.Lost, r.Retried, r.Drained.Round(time.Second))
	if r.Records != sc.records() {
		t.Errorf("%d records came, not %d", r.Records, sc.records())
	}
	if settled := r.Answered + r.Lost; settled > r.Records || settled+r.Dead < r.Records {
		t.Error("the counts do not add up")
	}
	return r
}

// slowPods has pods take longer to come than the source waits for an answer.
func slowPods(tb testing.TB) Scenario {
	sc := brief(tb)
	sc.Pod = 90 * time.Second // an image of a gigabyte, a node that must be made first
	return sc
}

// TestSlowPods says that records which timed out before there was a pod are sent again, and none is lost.
func TestSlowPods(t *testing.T) {
	r := outcome(t, slowPods(t))
	if r.Retried == 0 || r.Answered != r.Records || r.Dead+r.Lost+r.Repeated > 0 {
		t.Error("want retries, and every record answered once")
	}
}

// hasty has a source that gives up before the first pod is there: after 0.5 s + 0.6 s + 0.5 s, when a pod takes 2 s.
func hasty(tb testing.TB) Scenario {
	sc := brief(tb)
	sc.Source.Consumers, sc.Source.Timeout, sc.Source.Retry = 1, 500*time.Millisecond, 1
	return sc
}

// TestHasty shows that the assertion "nothing lost" bites: what a hasty source has under way when the function wakes
// becomes dead letters; without a dead letter sink it is lost.
func TestHasty(t *testing.T) {
	sc := hasty(t)
	r := outcome(t, sc)
	if r.Dead != maxPoll || r.Lost > 0 || r.Answered != r.Records-maxPoll {
		t.Error("want those under way as dead letters, and all others answered")
	}
	if len(safe(sc, r)) == 0 {
		t.Error("what the grid asserts does not notice")
	}
	sc.Source.DeadLetter = false
	if r := outcome(t, sc); r.Lost != maxPoll || r.Dead > 0 {
		t.Error("want the same records lost")
	}
	sc.Source.Retry = 2
	if r := outcome(t, sc); r.Lost+r.Dead > 0 || r.Retried == 0 {
		t.Error("one retry more is enough")
	}
}

// TestImpatient has the source give up each attempt before the sink can have taken the prediction: it is written every
// time all the same, and in the end the record is a dead letter too.
func TestImpatient(t *testing.T) {
	sc := brief(t)
	sc.Burst = time.Second
	sc.Sink, sc.Source.Timeout, sc.Source.Retry = 2*time.Second, time.Second, 3
	r := outcome(t, sc)
	if r.Answered != r.Records || r.Repeated != r.Records || r.Dead != r.Records || r.Lost > 0 {
		t.Error("want every record answered, more than once, and a dead letter")
	}
}

// outages returns a scenario whose sink takes nothing from the burst's beginning for as long as the retries last, and
// one in which it is away for longer, by twice the function's own patience.
func outages(sc Scenario) (short, long Scenario) {
	sc.Outage = Outage{From: sc.Idle, For: sc.Pod + sc.Start + sc.Source.Budget(sinkTimeout)}
	short, long = sc, sc
	long.Outage.For += 2 * sinkTimeout
	return short, long
}

// TestOutage has the sink take nothing for a time. The function answers 503 when its patience ends. As long as the
// outage is shorter than the retries last, it costs time only; in a longer one the records that are under way become
// dead letters, and never lost.
func TestOutage(t *testing.T) {
	for _, ordered := range []bool{false, true} {
		sc := brief(t)
		sc.Source.Ordered = ordered
		short, long := outages(sc)
		underWay := sc.Source.Consumers * maxPoll // of the burst's beginning, when records come one by one
		if ordered {
			underWay = sc.Source.Partitions
		}
		for _, c := range []struct {
			name  string
			away  time.Duration
			dead  int
			again bool
		}{
			{"within the function's patience", sinkTimeout / 2, 0, false},
			{"a minute", time.Minute, 0, true},
			{"as long as the retries", short.Outage.For, 0, true},
			{"longer", long.Outage.For, underWay, true},
		} {
			t.Run(sc.Source.String()+", "+c.name, func(t *testing.T) {
				sc := sc
				sc.Outage = Outage{From: sc.Idle, For: c.away}
				t.Logf("no sink for %v", c.away.Round(time.Second))
				r := outcome(t, sc)
				if r.Lost > 0 || r.Repeated > 0 || r.Answered+r.Dead != r.Records {
					t.Error("a record is lost or answered more than once")
				}
				if r.Dead != c.dead || (r.Retried > 0) != c.again {
					t.Errorf("%d dead letters, %d retries; want %d, and some: %v", r.Dead, r.Retried, c.dead, c.again)
				}
			})
		}
	}
}
