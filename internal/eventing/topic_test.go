package eventing_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
)

// lockedBuffer is a buffer that may be read while it is written to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A record of an aborted transaction is never delivered. The records after it are.
func TestSourceReadsCommittedRecords(t *testing.T) {
	addrs, client := cluster(t, 1)
	writer, err := broker.At(addrs...).Connect(t.Context(), kgo.TransactionalID("writer"))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	for text, commit := range map[string]kgo.TransactionEndTry{"aborted": kgo.TryAbort, "committed": kgo.TryCommit} {
		if err := writer.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		produce(t, writer, &kgo.Record{Topic: "in", Value: []byte(text)})
		if err := writer.EndTransaction(t.Context(), commit); err != nil {
			t.Fatal(err)
		}
	}
	produce(t, client, &kgo.Record{Topic: "in", Value: []byte("last")})
	function := serve(t, accept)
	start(t, addrs, &eventing.Source{Sink: function.URL, DeadLetter: function.URL})
	var bodies []string
	eventually(t, "the last record", func() bool {
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
	addrs, client := cluster(t, 2)
	admin := kadm.NewClient(client)
	function := serve(t, accept)
	var log lockedBuffer
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("logged %.3000s", log.String())
		}
	})
	stop := start(t, addrs, &eventing.Source{Sink: function.URL, DeadLetter: function.URL,
		Log: slog.New(slog.NewTextHandler(&log, nil))})
	produce(t, client, &kgo.Record{Topic: "in", Value: []byte("before")})
	eventually(t, "a delivery", func() bool { return len(function.got()) == 1 })
	for round := range 2 {
		if _, err := admin.DeleteTopic(t.Context(), "in"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if _, err := admin.CreateTopic(t.Context(), 2, -1, nil, "in"); err != nil {
			t.Fatal(err)
		}
		fresh, err := broker.At(addrs...).Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		produce(t, fresh, &kgo.Record{Topic: "in", Value: []byte("after")})
		fresh.Close()
		eventually(t, "a delivery after the topic was created again", func() bool { return len(function.got()) == 2+round })
	}
	stop()
	if lines := strings.Count(log.String(), "\n"); lines > 10 {
		t.Errorf("%d log lines:\n%.3000s", lines, log.String())
	}
}
