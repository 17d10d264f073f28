package eventing_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/test/shared"
)

// A record of an aborted transaction is never delivered. The records after it are.
func TestSourceReadsCommittedRecords(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "out")
	writer := brokertest.Connect(t, cluster, kgo.TransactionalID("writer"))
	for text, commit := range map[string]kgo.TransactionEndTry{"aborted": kgo.TryAbort, "committed": kgo.TryCommit} {
		if err := writer.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		brokertest.Produce(t, writer, &kgo.Record{Topic: "in", Value: []byte(text)})
		if err := writer.EndTransaction(t.Context(), commit); err != nil {
			t.Fatal(err)
		}
	}
	brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("last")})
	function := serve(t, accept)
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL})
	var bodies []string
	shared.Eventually(t, "the last record", func() bool {
		bodies = nil
		for _, r := range function.got() {
			bodies = append(bodies, r.Body)
		}
		return slices.Contains(bodies, "last")
	})
	if want := []string{"committed", "last"}; !slices.Equal(bodies, want) {
		t.Errorf("delivered %q, want %q", bodies, want)
	}
}

// A topic that is deleted and created again is consumed from its start, without a flood of log lines.
func TestSourceOutlivesItsTopic(t *testing.T) {
	cluster, client := brokertest.Start(t, 2, "in", "out")
	admin := kadm.NewClient(client)
	function := serve(t, accept)
	var log shared.Buffer
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("logged %.3000s", log.String())
		}
	})
	stop := start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL,
		Log: slog.New(slog.NewTextHandler(&log, nil))})
	brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("before")})
	shared.Eventually(t, "a delivery", func() bool { return len(function.got()) == 1 })
	for round := range 2 {
		if _, err := admin.DeleteTopic(t.Context(), "in"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if _, err := admin.CreateTopic(t.Context(), 2, -1, nil, "in"); err != nil {
			t.Fatal(err)
		}
		brokertest.Produce(t, brokertest.Connect(t, cluster), &kgo.Record{Topic: "in", Value: []byte("after")})
		shared.Eventually(t, "a delivery after the topic was created again", func() bool { return len(function.got()) == 2+round })
	}
	stop()
	if lines := strings.Count(log.String(), "\n"); lines > 10 {
		t.Errorf("%d log lines:\n%.3000s", lines, log.String())
	}
}
