package eventing

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestOffsets finishes records in other orders than theirs: what may be committed never passes an unfinished one.
func TestOffsets(t *testing.T) {
	tracker := &offsetTracker{}
	for _, offset := range []int64{3, 5, 9, 10} { // with gaps
		tracker.start(offset)
	}
	for _, step := range []struct {
		finish, last int64
		ok           bool
	}{{5, 0, false}, {3, 5, true}, {10, 0, false}, {9, 10, true}} {
		if last, ok := tracker.finish(step.finish); ok != step.ok || last != step.last {
			t.Errorf("after %d: up to %d, %v; want %d, %v", step.finish, last, ok, step.last, step.ok)
		}
	}
	if len(tracker.pending) != 0 || len(tracker.done) != 0 {
		t.Errorf("%d are pending and %d done", len(tracker.pending), len(tracker.done))
	}
}

// TestRefusal reads why an event was dead-lettered from the answer: the function's JSON, any text, or nothing.
func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		code, data string
		want       Refusal
	}{
		{"422", "eyJlcnJvciI6IndoeSIsInJlYXNvbiI6Im5vdF90ZXh0In0=", Refusal{"422", "not_text", "why"}}, // {"error":"why",…}
		{"500", "IG5vIEpTT04K", Refusal{"500", "status_500", "no JSON"}},
		{"500", "e30=", Refusal{"500", "status_500", ""}}, {"404", "", Refusal{"404", "status_404", ""}},
		{"", "", Refusal{"", "no_answer", ""}}, {"400", "?", Refusal{"400", "status_400", ""}},
	} {
		e := Event{Attributes: map[string]string{ErrorCode: tt.code, ErrorData: tt.data}}
		if got := e.Refusal(); got != tt.want {
			t.Errorf("%s %s: %+v, want %+v", tt.code, tt.data, got, tt.want)
		}
	}
}

// TestLossesAreLogged logs the first loss of each kind, and says whether the record is lost here too.
func TestLossesAreLogged(t *testing.T) {
	for isStrict, want := range map[bool][]string{
		false: {`msg="a real KafkaSource loses this record, and up to 49 others of its poll" why="a header without a value" id=1`,
			`msg="a real KafkaSource loses this record" why="its dead letter is refused" id=3`},
		true: {`msg="lost, as by a real KafkaSource" why="a header without a value" id=1`,
			`msg="lost, as by a real KafkaSource" why="its dead letter is refused" id=3`},
	} {
		var log bytes.Buffer
		l := &losses{log: slog.New(slog.NewTextHandler(&log, nil)), strict: isStrict}
		l.report("1", NullHeader)
		l.report("2", NullHeader)
		l.report("3", DeadLetterRefused)
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], want[0]) || !strings.Contains(lines[1], want[1]) {
			t.Errorf("strict %v: %s", isStrict, &log)
		}
		log.Reset()
		l.summarize()
		if !strings.Contains(log.String(), `why="a header without a value" count=2`) ||
			!strings.Contains(log.String(), `why="its dead letter is refused" count=1`) {
			t.Errorf("the summary is %s", &log)
		}
	}
}

func TestBackoff(t *testing.T) {
	for _, tt := range []struct {
		d    Delivery
		n    int
		want time.Duration
	}{
		{Delivery{Backoff: time.Second}, 1, 2 * time.Second}, {Delivery{Backoff: time.Second}, 3, 8 * time.Second},
		{Delivery{Backoff: time.Second, Linear: true}, 1, time.Second}, {Delivery{Backoff: time.Second, Linear: true}, 3,
			3 * time.Second},
		{Delivery{Backoff: time.Second}, 16, 65536 * time.Second}, {Delivery{Backoff: time.Second}, 17, 24 * time.Hour},
		{Delivery{Backoff: time.Second}, 1000, 24 * time.Hour},
	} {
		if got := tt.d.backoff(tt.n); got != tt.want {
			t.Errorf("%+v, retry %d: %v, want %v", tt.d, tt.n, got, tt.want)
		}
	}
}

// TestDefaults: settings that are not given have the values that their comments say.
func TestDefaults(t *testing.T) {
	s := &Source{Sink: "http://sink.example", DeadLetter: "http://sink.example/errors"}
	if err := s.prepare(); err != nil || s.Grace != 30*time.Second || cap(s.slots) != 100 {
		t.Errorf("grace %v, %d in flight: %v", s.Grace, cap(s.slots), err)
	}
	s.Grace, s.InFlight = time.Second, 7
	if err := s.prepare(); err != nil || s.Grace != time.Second || cap(s.slots) != 7 {
		t.Errorf("grace %v, %d in flight: %v", s.Grace, cap(s.slots), err)
	}
}
