package kafka

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/letter"
	"reddit-classifier/internal/local"
	"reddit-classifier/test/e2e"
)

// TestUnusualRecords has records of every unusual kind on a real Kafka, and an aborted transaction among them: none is
// lost, each is in the output or, with its reason, in the errors, and what was aborted is in neither.
func TestUnusualRecords(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Kafka")
	}
	_, addr := startKafka(t, local.Input, local.Output, local.Errors)
	program := build(t)
	sinkAt, _ := freeAddress(t)
	start(t, "sink", program, "sink", "--brokers", addr, "--listen", sinkAt)
	listening(t, sinkAt)
	functionAt, _ := freeAddress(t)
	t.Setenv("DEAD_LETTER_SINK", local.Errors)
	start(t, "function", program, "serve", "--listen", functionAt, "--sink", "http://"+sinkAt+"/"+local.Output)
	listening(t, functionAt)
	start(t, "source", program, "source", "--brokers", addr, "--sink", "http://"+functionAt, "--dead-letter",
		"http://"+sinkAt+"/"+local.Errors)

	writer, err := broker.At(addr).Connect(t.Context(), kgo.TransactionalID("writer"))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
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
				if err := writer.ProduceSync(t.Context(), &u.Record).FirstErr(); err != nil {
					t.Fatal(err)
				}
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
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Second) {
		if out, err = e2e.Records(t.Context(), []string{addr}, local.Output); err != nil {
			t.Fatal(err)
		}
		if dead, err = e2e.Records(t.Context(), []string{addr}, local.Errors); err != nil {
			t.Fatal(err)
		}
		if len(out)+len(dead) >= wanted || time.Now().After(end) {
			break
		}
	}
	time.Sleep(2 * time.Second) // what comes twice, or was aborted, would come now
	again, err := e2e.Records(t.Context(), []string{addr}, local.Output)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d predictions, %d letters", len(again), len(dead))
	if len(again)+len(dead) != wanted {
		t.Errorf("%d predictions and %d letters, want %d together", len(again), len(dead), wanted)
	}
	for _, r := range dead {
		if l, ok := letter.Read(r); !ok || l.Reason == "" || l.Code == "" {
			t.Errorf("a letter without reason or code: %+v", l)
		}
	}
}
