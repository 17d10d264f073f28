package kafka

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/deadletter"
	"reddit-classifier/internal/local"
	"reddit-classifier/test/e2e"
)

// TestUnusualRecords checks on a real Kafka that every unusual record is in the output topic, or in the error topic
// with its reason. The records of an aborted transaction are in neither.
func TestUnusualRecords(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Kafka")
	}
	_, addr := startKafka(t, local.Input, local.Output, local.Errors)
	program := build(t)
	sinkAddr, _ := freeAddress(t)
	start(t, "sink", program, "sink", "--brokers", addr, "--listen", sinkAddr)
	listening(t, sinkAddr)
	functionAddr, _ := freeAddress(t)
	t.Setenv("DEAD_LETTER_SINK", local.Errors)
	start(t, "function", program, "serve", "--listen", functionAddr, "--sink", "http://"+sinkAddr+"/"+local.Output)
	listening(t, functionAddr)
	start(t, "source", program, "source", "--brokers", addr, "--sink", "http://"+functionAddr, "--dead-letter",
		"http://"+sinkAddr+"/"+local.Errors)

	cluster := broker.At(addr)
	writer := brokertest.Connect(t, cluster, kgo.TransactionalID("writer"))
	wanted := 0
	for _, step := range []struct {
		commit kgo.TransactionEndTry
		times  int
	}{{kgo.TryAbort, 1}, {kgo.TryCommit, 20}} {
		if err := writer.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for range step.times {
			for _, u := range e2e.UnusualRecords() {
				u.Record.Topic = local.Input
				brokertest.Produce(t, writer, &u.Record)
				if step.commit {
					wanted += max(1, u.Events)
				}
			}
		}
		if err := writer.EndTransaction(t.Context(), step.commit); err != nil {
			t.Fatal(err)
		}
	}
	var out, dead []*kgo.Record
	var err error
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Second) {
		if out, err = e2e.Records(t.Context(), cluster, local.Output); err != nil {
			t.Fatal(err)
		}
		if dead, err = e2e.Records(t.Context(), cluster, local.Errors); err != nil {
			t.Fatal(err)
		}
		if len(out)+len(dead) >= wanted || time.Now().After(end) {
			break
		}
	}
	time.Sleep(2 * time.Second) // time for duplicates and aborted records, of which there must be none
	again, err := e2e.Records(t.Context(), cluster, local.Output)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d predictions, %d dead letters", len(again), len(dead))
	if len(again)+len(dead) != wanted {
		t.Errorf("%d predictions and %d dead letters, want %d together", len(again), len(dead), wanted)
	}
	for _, r := range dead {
		if l, ok := deadletter.Read(r); !ok || l.Reason == "" || l.Code == "" {
			t.Errorf("a dead letter without reason or code: %+v", l)
		}
	}
}
