package eventing_test

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/test/shared"
)

// A record that a KafkaSource loses is delivered and reported, or lost with Strict. Either way the next records are
// delivered.
func TestLosses(t *testing.T) {
	event := func(more ...kgo.RecordHeader) []kgo.RecordHeader {
		return append(brokertest.Headers("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/", "ce_type", "t"), more...)
	}
	for _, test := range []struct {
		name            string
		records         []*kgo.Record
		losses          []eventing.Loss // of each record, not Strict
		strictLosses    []eventing.Loss
		delivered       []string // values, not Strict
		strictDelivered []string
	}{
		{"a null header, polled together with plain records and an event",
			[]*kgo.Record{{Value: []byte("a")}, {Value: []byte("b"), Headers: []kgo.RecordHeader{{Key: "x"}}},
				{Value: []byte("c"), Headers: event()}},
			[]eventing.Loss{"", eventing.NullHeader, ""},
			[]eventing.Loss{eventing.PolledWithNullHeader, eventing.NullHeader, ""},
			[]string{"a", "b", "c"}, []string{"c"}},
		{"a null header of an event loses no other record",
			[]*kgo.Record{{Value: []byte("a")}, {Value: []byte("b"), Headers: event(kgo.RecordHeader{Key: "x"})}},
			[]eventing.Loss{"", eventing.NullHeader}, []eventing.Loss{"", eventing.NullHeader},
			[]string{"a", "b"}, []string{"a"}},
		{"control characters",
			[]*kgo.Record{{Key: []byte{0, 0, 0, 7}, Value: []byte("a")},
				{Value: []byte("b"), Headers: brokertest.Headers("x", "1\n2")}, {Key: []byte("a\tb"), Value: []byte("c")}},
			[]eventing.Loss{eventing.ControlCharacter, eventing.ControlCharacter, ""},
			[]eventing.Loss{eventing.ControlCharacter, eventing.ControlCharacter, ""},
			[]string{"a", "b", "c"}, []string{"c"}},
	} {
		for _, strict := range []bool{false, true} {
			t.Run(test.name+map[bool]string{true: ", strict"}[strict], func(t *testing.T) {
				cluster, client := brokertest.Start(t, 1, "in", "out")
				function := serve(t, accept)
				outcomes := make(chan eventing.Outcome, len(test.records))
				for _, r := range test.records {
					r.Topic, r.Context = "in", nil
				}
				brokertest.Produce(t, client, test.records...) // before the source starts, so that they are in one poll
				start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL, Strict: strict,
					Delivery: eventing.Delivery{Backoff: time.Microsecond}, After: func(o eventing.Outcome) { outcomes <- o }})
				var got []eventing.Loss
				for range test.records {
					o := <-outcomes
					got = append(got, o.Loss)
					if o.Lost != (strict && o.Loss != "") {
						t.Errorf("record %d: lost %v", o.Record.Offset, o.Lost)
					}
				}
				var bodies []string
				for _, r := range function.got() {
					bodies = append(bodies, r.Body)
				}
				want, delivered := test.losses, test.delivered
				if strict {
					want, delivered = test.strictLosses, test.strictDelivered
				}
				if diff := cmp.Diff(want, got) + cmp.Diff(delivered, bodies); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// A dead letter that the sink refuses is posted in structured mode, which the sink accepts. A strict source loses it.
// Either way the next records are delivered.
func TestRefusedDeadLetters(t *testing.T) {
	records := []*kgo.Record{
		// 400
		{Value: []byte("not an event"), Headers: []kgo.RecordHeader{{Key: "content-type",
			Value: []byte("application/cloudevents+json")}}},
		// 431
		{Value: []byte("large"), Headers: []kgo.RecordHeader{{Key: "x", Value: []byte(strings.Repeat("x", 8<<10))}}},
		{Value: []byte("fine")},
	}
	for _, strict := range []bool{false, true} {
		cluster, client := brokertest.Start(t, 1, "in", "errors")
		producer := brokertest.Producer(t, cluster, time.Minute, "errors")
		dead := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {})
		dead.Config.Handler = &eventing.Sink{Producer: producer, Topics: []string{"errors"}}
		function := serve(t, status(422))
		outcomes := make(chan eventing.Outcome, len(records))
		var log shared.Buffer
		for _, r := range records {
			r.Topic, r.Context = "in", nil
		}
		brokertest.Produce(t, client, records...)
		start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: dead.URL + "/errors", Strict: strict,
			Log: slog.New(slog.NewTextHandler(&log, nil)), After: func(o eventing.Outcome) { outcomes <- o }})
		var lost []bool
		for range records {
			o := <-outcomes
			lost = append(lost, o.Lost)
			if refused := o.Record.Offset < 2; refused != (o.Loss == eventing.DeadLetterRefused) || o.DeadLettered == o.Lost {
				t.Errorf("strict %v, record %d: %+v", strict, o.Record.Offset, o)
			}
		}
		if strings.Contains(log.String(), "does not accept") {
			t.Errorf("strict %v: a dead letter that is refused is not posted in structured mode at once:\n%s", strict, &log)
		}
		if want := []bool{strict, strict, false}; !slices.Equal(lost, want) {
			t.Errorf("strict %v: lost %v, want %v", strict, lost, want)
		}
		n := map[bool]int{false: 3, true: 1}[strict]
		for _, r := range brokertest.Consume(t, cluster, "errors", n) {
			e, err := eventing.UnpackDeadLetter(r)
			if err != nil || !e.IsDeadLetter() {
				t.Errorf("%v is not a dead letter: %v", r, err)
			}
			if i := slices.IndexFunc(records, func(in *kgo.Record) bool { return string(in.Value) == string(e.Data) }); i < 0 {
				t.Errorf("a dead letter with the data %q", e.Data)
			}
		}
	}
}
