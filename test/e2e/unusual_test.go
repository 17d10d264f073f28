package e2e

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"reddit-classifier/function"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/letter"
	"reddit-classifier/internal/local"
)

// TestUnusualRecords has none of them lost, with the function's own dead letters: each is in the output, or with its
// reason in the errors; and has a strict source lose what a KafkaSource loses, and no more.
func TestUnusualRecords(t *testing.T) {
	for _, strict := range []bool{false, true} {
		t.Run(fmt.Sprintf("strict %v", strict), func(t *testing.T) {
			s := start(t, func(h http.Handler) http.Handler { return h })
			config := function.Defaults()
			config.Sink, config.DeadLetter, config.LogLevel = s.sink+"/"+local.Output, local.Errors, 12
			host, err := local.StartHost(t.Context(), s.at, function.NewWith(config))
			if err != nil {
				t.Fatal(err)
			}
			defer host.Stop()
			all := UnusualRecords()
			outcomes := make(chan eventing.Outcome, len(all))
			source := s.source("g", false, func(o eventing.Outcome) { outcomes <- o })
			source.Strict, source.Delivery = strict, eventing.Delivery{Backoff: time.Millisecond, Timeout: 10 * time.Second}
			background(t, func(ctx context.Context) { source.Run(ctx) })
			wanted := 0
			for _, u := range all {
				u.Record.Topic = local.Input
				if err := s.client.ProduceSync(t.Context(), &u.Record).FirstErr(); err != nil {
					t.Fatal(err)
				}
				o := <-outcomes // one record a poll
				if o.Loss != u.Loss || o.Lost != (strict && u.Loss != "") || o.DeadLettered {
					t.Errorf("%s: %+v, want the loss %q", u.Name, o, u.Loss)
				}
				if !o.Lost {
					wanted += max(1, u.Events)
				}
			}
			ctx := t.Context()
			out, err := Records(ctx, s.brokers, local.Output)
			if err != nil {
				t.Fatal(err)
			}
			dead, err := Records(ctx, s.brokers, local.Errors)
			if err != nil {
				t.Fatal(err)
			}
			if len(out)+len(dead) != wanted {
				t.Errorf("%d predictions and %d letters, want %d together", len(out), len(dead), wanted)
			}
			for _, r := range dead {
				if l, ok := letter.Read(r); !ok || l.Reason == "" || l.Code == "" ||
					l.Origin == "" && l.Event.ID() == "" && l.Event.Source() == "" {
					t.Errorf("a letter without reason, code or origin: %+v", l)
				}
			}
		})
	}
}
