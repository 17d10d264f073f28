package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/deadletter"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/test/shared"
)

// TestUnusualRecords checks that every unusual record is in the output topic, or in the error topic with its reason. A
// strict source loses exactly those records that a KafkaSource loses. The function posts dead letters itself.
func TestUnusualRecords(t *testing.T) {
	for _, strict := range []bool{false, true} {
		t.Run(fmt.Sprintf("strict %v", strict), func(t *testing.T) {
			s := start(t, func(h http.Handler) http.Handler { return h })
			config := function.Defaults()
			config.Sink, config.DeadLetter, config.LogLevel = s.sink+"/"+local.Output, local.Errors, 12
			host, err := local.StartHost(t.Context(), s.addr, function.NewWith(config))
			if err != nil {
				t.Fatal(err)
			}
			defer host.Stop()
			all := UnusualRecords()
			outcomes := make(chan eventing.Outcome, len(all))
			source := s.source("g", false, func(o eventing.Outcome) { outcomes <- o })
			source.Strict, source.Delivery = strict, eventing.Delivery{Backoff: time.Millisecond, Timeout: 10 * time.Second}
			shared.Background(t, source.Run)
			wanted := 0
			for _, u := range all {
				u.Record.Topic = local.Input
				brokertest.Produce(t, s.client, &u.Record)
				o := <-outcomes // so that each poll has one record
				if o.Loss != u.Loss || o.Lost != (strict && u.Loss != "") || o.DeadLettered {
					t.Errorf("%s: %+v, want the loss %q", u.Name, o, u.Loss)
				}
				if !o.Lost {
					wanted += max(1, u.Events)
				}
			}
			ctx := t.Context()
			out, err := Records(ctx, s.cluster, local.Output)
			if err != nil {
				t.Fatal(err)
			}
			dead, err := Records(ctx, s.cluster, local.Errors)
			if err != nil {
				t.Fatal(err)
			}
			if len(out)+len(dead) != wanted {
				t.Errorf("%d predictions and %d dead letters, want %d together", len(out), len(dead), wanted)
			}
			for _, r := range dead {
				if l, ok := deadletter.Read(r); !ok || l.Reason == "" || l.Code == "" ||
					l.Origin == "" && l.Event.ID() == "" && l.Event.Source() == "" {
					t.Errorf("a dead letter without reason, code or origin: %+v", l)
				}
			}
		})
	}
}
