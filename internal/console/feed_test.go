package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/internal/drift"
	"reddit-classifier/model"
)

func newTestFeed(t *testing.T) *Feed { return newServer(t, Config{}).Feed }

// state returns the first update that a newly opened page gets.
func state(t *testing.T, f *Feed) (s tick) {
	t.Helper()
	first, next, ok := f.watch()
	if !ok {
		t.Fatal("too many pages")
	}
	f.unwatch(next)
	if err := json.Unmarshal(first, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCounts(t *testing.T) {
	f := newTestFeed(t)
	now := time.Now()
	for i := range 4 {
		f.Input(Input{ID: fmt.Sprint(i), Key: "k", At: now, Comments: []string{fmt.Sprintf("comment %d", i)}})
	}
	f.Answer(Event{EventID: "0", At: now.Add(10 * time.Millisecond)}, [][]float64{{0.9, 0.1}, {0.2, 0.8}})
	f.Answer(Event{EventID: "1", At: now.Add(30 * time.Millisecond)}, [][]float64{{0.6761, 0.3239}})
	f.Answer(Event{EventID: "1", At: now.Add(50 * time.Millisecond)}, [][]float64{{0.7, 0.3}}) // delivered twice
	f.DeadLetter(Event{EventID: "2", At: now}, Refusal{Code: "422", Reason: "not_text"})
	f.SetLag(Lag{"g", 7})
	f.Notice("warn", "one", now)
	f.Notice("warn", "two", now)
	f.Notice("warn", "one", now)
	s := state(t, f)
	type totals struct {
		Inputs, Answers, Comments, Letters, Flagged uint64
		Waiting                                     int
		P50, P99                                    int64
	}
	want := totals{4, 3, 4, 1, 2, 1, 30, 50}
	if diff := cmp.Diff(want, totals{s.Inputs, s.Answers, s.Comments, s.Letters, s.Flagged, s.Waiting, s.Latency.P50,
		s.Latency.P99}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]reason{{"not_text", 1}}, s.Reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	scores := [model.ScoreBins]uint64{1: 1, 5: 1, 6: 1, 15: 1}
	if diff := cmp.Diff(scores, s.Scores[1]); diff != "" {
		t.Errorf("scores of the second class (-want +got):\n%s", diff)
	}
	if len(s.Notices) != 2 || s.Notices[1].Text != "one" || s.Notices[1].Times != 2 {
		t.Errorf("notices %+v", s.Notices)
	}
	if s.Lag == nil || *s.Lag != (Lag{"g", 7}) {
		t.Errorf("lag %+v", s.Lag)
	}
	var texts []string
	for _, r := range s.Rows {
		texts = append(texts, r.Text)
	}
	if diff := cmp.Diff([]string{"comment 1", "comment 1", "comment 0"}, texts); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	var in, out, dead uint32
	for _, second := range s.PerSecond {
		in, out, dead = in+second[0], out+second[1], dead+second[2]
	}
	if in != 4 || out != 3 || dead != 1 {
		t.Errorf("over the last seconds: %d, %d, %d", in, out, dead)
	}
}

// An answer that arrives before its input is joined with it later.
func TestAnswerBeforeInput(t *testing.T) {
	f := newTestFeed(t)
	now := time.Now()
	f.Answer(Event{EventID: "a", At: now}, [][]float64{{0.5, 0.5}})
	f.Input(Input{ID: "a", At: now.Add(-time.Second), Comments: []string{"late"}})
	s := state(t, f)
	if s.Waiting != 0 || s.Rows[0].Text != "late" || s.Rows[0].Millis == nil || *s.Rows[0].Millis != 1000 {
		t.Errorf("waiting %d, row %+v", s.Waiting, s.Rows[0])
	}
}

func TestChangeThreshold(t *testing.T) {
	f := newTestFeed(t)
	for i, p := range []float64{0.1, 0.3, 0.33, 0.5, 0.9} {
		f.Answer(Event{EventID: fmt.Sprint(i), Key: fmt.Sprint(p), At: time.Now()}, [][]float64{{1 - p, p}})
	}
	got := f.changeThreshold(0.5)
	if got.Comments != 5 || got.Flagged != 2 || got.Now != 3 || len(got.Rows) != 1 || got.Rows[0].Key != "0.33" {
		t.Errorf("%+v", got)
	}
	if got := f.changeThreshold(0.2); got.Flagged != 4 || len(got.Rows) != 1 || got.Rows[0].Key != "0.3" {
		t.Errorf("%+v", got)
	}
}

// The memory of a feed stays bounded with large and hostile records.
func TestMemory(t *testing.T) {
	f := newTestFeed(t)
	large := strings.Repeat("\xff<é>", 200_000)
	data := []byte(large)
	attributes := make(map[string]string)
	for i := range 80 {
		attributes[fmt.Sprint(large[:2000], i)] = large
	}
	for i := range 1200 {
		id := fmt.Sprint(i)
		f.Input(Input{ID: id, Key: large, At: time.Now(), Comments: []string{large, large}})
		f.Answer(Event{EventID: id, Key: large, At: time.Now(), Data: data, Attributes: attributes}, [][]float64{{0.5, 0.5}})
		f.DeadLetter(Event{EventID: id, Key: large, At: time.Now(), Data: data},
			Refusal{Reason: id, Message: clip(large, 100)})
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 220<<20 {
		t.Errorf("%d MB are kept", m.HeapAlloc>>20)
	}
	s := state(t, f)
	if len(s.Reasons) != keptReasons+1 || s.Reasons[0].Reason != others {
		t.Errorf("%d reasons, first %v", len(s.Reasons), s.Reasons[0])
	}
	if s.Letters != 1200 || len(s.Rows) != firstRows {
		t.Errorf("%d dead letters, %d rows", s.Letters, len(s.Rows))
	}
	runtime.KeepAlive(f)
}

// Early and late entries are equally likely to be in a sample.
func TestSampleIsFair(t *testing.T) {
	early := 0
	for range 2000 {
		var s sample
		for i := range 120 {
			s.add(&entry{row: row{N: uint64(i)}})
		}
		list := s.take()
		if len(list) != sampleSize {
			t.Fatalf("%d of %d", len(list), sampleSize)
		}
		for i, e := range list {
			if i > 0 && e.N >= list[i-1].N {
				t.Fatal("not in order")
			}
			if e.N < 60 {
				early++
			}
		}
	}
	if share := float64(early) / (2000 * sampleSize); share < 0.48 || share > 0.52 {
		t.Errorf("%.3f of the samples are from the first half, want 0.5", share)
	}
}

func TestQueue(t *testing.T) {
	var q queue[int]
	next := 0
	for i := range 1000 {
		q.push(i)
		if i%3 == 2 {
			if got := q.pop(); got != next {
				t.Fatalf("%d, want %d", got, next)
			}
			next++
		}
		if q.len() != i+1-next || q.all()[0] != next || len(q.items) > 2*q.len()+2 {
			t.Fatalf("after %d: %d items, %d in memory", i, q.len(), len(q.items))
		}
	}
}

// Answers that all have the same score make a finding of drift.
func TestDriftIsFound(t *testing.T) {
	f := newTestFeed(t)
	for i := range drift.Fewest {
		if got := state(t, f).Findings; len(got) != 0 {
			t.Fatalf("after %d: %v", i, got)
		}
		f.Answer(Event{EventID: fmt.Sprint(i), At: time.Now()}, [][]float64{{0.05, 0.95}})
	}
	if got := state(t, f).Findings; len(got) != 1 || !strings.Contains(got[0].Text,
		"The scores of the last 200 comments differ from those in training") {
		t.Errorf("%v", got)
	}
}

// findings returns the findings at a time, a line each.
func findings(f *Feed, now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []string
	for _, x := range f.tick(now, nil, nil).Findings {
		list = append(list, x.Level+": "+x.Text)
	}
	return strings.Join(list, "\n")
}

func TestFindings(t *testing.T) {
	f := newTestFeed(t)
	now := time.Now()
	if got := findings(f, now.Add(time.Hour)); got != "" {
		t.Errorf("without records: %s", got)
	}
	f.Input(Input{ID: "1", At: now})
	if got := findings(f, now.Add(5*time.Second)); got != "" {
		t.Errorf("too early: %s", got)
	}
	const hint = " No pod of the function runs, or it cannot answer: look at its log, and whether its sink accepts events."
	want := "bad: Nothing has been answered for 30 seconds, although 1 record is waiting." + hint
	if got := findings(f, now.Add(30*time.Second)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	f.Answer(Event{EventID: "1", At: now}, [][]float64{{0.5, 0.5}})
	if got := findings(f, now.Add(30*time.Second)); got != "" {
		t.Errorf("answered: %s", got)
	}
	f.SetLag(Lag{"g", 12})
	f.DeadLetter(Event{EventID: "2", Key: "sensor", At: now}, Refusal{Code: "422", Reason: "not_text", Message: "no\ntext",
		Source: "/apis/v1/source#in, partition 1, offset 5"})
	f.Notice("warn", "retrying", now)
	want = "bad: Nothing has been answered for 20 seconds, although 12 records are waiting." + hint +
		"\nbad: 1 record was refused in the last minute. All: not_text: no text. The last one came from topic in, " +
		"partition 1, offset 5, with the key \"sensor\". Its sender has to send something else." +
		"\nwarn: The log has a new warning: retrying"
	later := f.counts.lastOutput.Add(20 * time.Second)
	if got := findings(f, later); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	f.DeadLetter(Event{EventID: "3", At: now}, Refusal{Code: "503", Reason: "sink_refused", Source: "/somewhere"})
	f.DeadLetter(Event{EventID: "4", At: now}, Refusal{Code: "503", Reason: "sink_refused", Source: "/somewhere"})
	want = "bad: 3 records were given up in the last minute. 67 % of them: sink_refused. The last one came from /somewhere. " +
		"Replay them when the cause is fixed."
	if got := findings(f, now.Add(20*time.Second)); !strings.Contains(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	f = newTestFeed(t)
	f.DeadLetter(Event{EventID: "5", At: now}, Refusal{Code: "400", Reason: "not_a_cloudevent", Message: "no id"})
	want = "bad: 1 record was refused in the last minute. All: not_a_cloudevent: no id. " +
		"Its sender has to send something else."
	if got := findings(f, now); got != want {
		t.Errorf("without an origin: %q, want %q", got, want)
	}
}

// A dead letter that is a sample of dead letters does not alarm; one beside it does.
func TestSampleFindings(t *testing.T) {
	f := newTestFeed(t)
	f.samples = []string{"numbers", "empty", "broken-json"}
	now := time.Now()
	f.DeadLetter(Event{EventID: "1", Key: "numbers", At: now}, Refusal{Code: "422", Reason: "not_text"})
	f.DeadLetter(Event{EventID: "2", Key: "empty", At: now}, Refusal{Code: "422", Reason: "no_data"})
	want := "warn: 2 records were refused in the last minute, as intended: 3 of the samples that up feeds are there to " +
		"show what dead letters look like."
	if got := findings(f, now); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	f.DeadLetter(Event{EventID: "3", Key: "mine", At: now}, Refusal{Code: "422", Reason: "not_text"})
	if got := findings(f, now); !strings.HasPrefix(got, "bad: 3 records were refused in the last minute. 67 % of them: ") {
		t.Errorf("with another: %q", got)
	}
}

// Log records about events that are not accepted make findings until an event is answered.
func TestTroubles(t *testing.T) {
	f := newTestFeed(t)
	log := slog.New(f.Handler(slog.DiscardHandler))
	texts := func() (list []string) {
		for _, x := range state(t, f).Findings {
			list = append(list, x.Text)
		}
		return list
	}
	for range 2 {
		log.Error("refused", "code", 503, "reason", "sink_timeout", "error", "the sink did not accept", "id", "1")
	}
	log.Warn("refused", "path", "/out", "status", 503, "error", errors.New("no such topic"))
	log.Error("refused", "code", 503, "reason", "sink_refused", "error", "the sink answered 503", "id", "2")
	log.Warn("refused", "code", 422, "reason", "not_text", "error", "no text", "id", "3")
	const again = " The source delivers these events again."
	want := []string{
		"The sink does not answer in time (sink_timeout: the sink did not accept), 2 times within 1 second." + again,
		"The sink refuses events (sink_refused: 503 for /out, no such topic), 1 time within 1 second." + again,
	}
	if diff := cmp.Diff(want, texts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, x := range f.troubles {
		x.last = x.last.Add(-2 * stuckAfter)
	}
	if got := texts(); len(got) != 2 {
		t.Errorf("nothing was answered since: %q", got)
	}
	f.Answer(Event{EventID: "1", At: time.Now()}, [][]float64{{0.5, 0.5}})
	if got := texts(); len(got) != 1 || !strings.HasPrefix(got[0], "The log has a new warning") {
		t.Errorf("after an answer: %q", got)
	}
}

// Drift is that of the last comments.
func TestDriftEnds(t *testing.T) {
	f := newTestFeed(t)
	index := func() float64 {
		f.mu.Lock()
		defer f.mu.Unlock()
		v, _ := f.drift()
		return v
	}
	for range 3 * windowSize {
		f.Answer(Event{At: time.Now()}, [][]float64{{0.05, 0.95}})
	}
	before := index()
	var scores []float64 // as many of each as in training
	for bin, n := range f.model.trained.Counts[1] {
		scores = append(scores, slices.Repeat([]float64{(float64(bin) + 0.5) / model.ScoreBins}, int(n))...)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 6 * windowSize {
		p := scores[random.IntN(len(scores))]
		f.Answer(Event{At: time.Now()}, [][]float64{{1 - p, p}})
	}
	if after := index(); before < 1 || after > drift.Stable || f.counts.window.comments >= windowSize {
		t.Errorf("before %v, after %v, of %d comments", before, after, f.counts.window.comments)
	}
}
