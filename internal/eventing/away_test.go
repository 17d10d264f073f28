package eventing_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/replay"
	"reddit-classifier/test/shared"
)

// A broker fails in two ways: it goes away, or it hangs and does not answer.
var failures = map[string]func(c *kfake.Cluster, release <-chan struct{}){
	"gone":  func(c *kfake.Cluster, _ <-chan struct{}) { go c.Close() },
	"hangs": func(_ *kfake.Cluster, release <-chan struct{}) { <-release },
}

var errCut = errors.New("the connection is cut")

// failing starts a broker with the topics in, out and errors. After arm(n), it fails during the n-th write, and failed
// is closed.
func failing(t *testing.T, fail func(*kfake.Cluster, <-chan struct{})) (cluster broker.Cluster, arm func(n int64),
	failed <-chan struct{}) {
	t.Helper()
	kafka, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "in", "out", "errors"))
	if err != nil {
		t.Fatal(err)
	}
	release, writing := make(chan struct{}), make(chan struct{})
	var left atomic.Int64
	kafka.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		kafka.KeepControl()
		if left.Add(-1) == 0 {
			close(writing)
			fail(kafka, release)
			return nil, errCut, true
		}
		return nil, nil, false
	})
	t.Cleanup(func() {
		close(release)
		kafka.Close()
	})
	return broker.At(kafka.ListenAddrs()...), left.Store, writing
}

// A replay ends in time if the brokers fail while it writes, and says what it did. kgo by itself waits for ever to
// learn whether a record was written.
func TestReplayWithoutBrokers(t *testing.T) {
	for how, fail := range failures {
		for _, interrupted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, interrupted %v", how, interrupted), func(t *testing.T) {
				cluster, arm, failed := failing(t, fail)
				writeDeadLetters(t, cluster, 20)
				arm(6)
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				config := replay.Config{Cluster: cluster, From: "errors", To: "in", Timeout: 2 * time.Second}
				if interrupted {
					config.Timeout = time.Hour
					go func() {
						<-failed
						interrupt()
					}()
				}
				begin := time.Now()
				summary, err := replay.Run(ctx, config)
				took := time.Since(begin)
				replayed := 0
				for _, l := range summary.Letters {
					if l.Action == replay.Replayed {
						replayed++
					}
				}
				if err == nil || errors.Is(err, context.Canceled) != interrupted ||
					!strings.Contains(err.Error(), "run it again, nothing is replayed twice") {
					t.Errorf("ended with %v", err)
				}
				if len(summary.Letters) != 20 || replayed != 5 {
					t.Errorf("%d of %d letters are replayed, want 5 of 20", replayed, len(summary.Letters))
				}
				if limit := map[bool]time.Duration{true: time.Second, false: 4 * time.Second}[interrupted]; took > limit {
					t.Errorf("took %v, more than %v", took, limit)
				}
			})
		}
	}
}

// writeDeadLetters writes n dead letters.
func writeDeadLetters(t *testing.T, cluster broker.Cluster, n int) {
	t.Helper()
	var letters []*kgo.Record
	for i := range n {
		letters = append(letters, deadLetter(fmt.Sprint(i)))
	}
	brokertest.Produce(t, brokertest.Connect(t, cluster), letters...)
}

// deadLetter returns a dead letter.
func deadLetter(id string) *kgo.Record {
	e := eventing.Event{Data: []byte("hello"), Attributes: map[string]string{
		"specversion": "1.0", "id": id, "source": "/me", "type": "t", eventing.ErrorDest: "http://f",
		eventing.ErrorCode: "422",
	}}
	return e.Record("errors")
}

// A record for which it is unknown whether it was written gets 503 in time.
func TestSinkWithARecordInFlight(t *testing.T) {
	for how, fail := range failures {
		t.Run(how, func(t *testing.T) {
			cluster, arm, _ := failing(t, fail)
			producer := brokertest.Producer(t, cluster, time.Second, "out")
			sink := &eventing.Sink{Producer: producer, Topics: []string{"out"}}
			event := map[string]string{"Ce-Specversion": "1.0", "Ce-Id": "7", "Ce-Source": "/me", "Ce-Type": "t"}
			if code, said := post(t, sink, "POST", "/out", event, "hello"); code != http.StatusAccepted {
				t.Fatalf("before the failure: %d %s", code, said)
			}
			arm(1)
			for range 2 { // the record in flight, and the next one
				begin := time.Now()
				code, said := post(t, sink, "POST", "/out", event, "hello")
				if took := time.Since(begin); code != http.StatusServiceUnavailable || took > 3*time.Second {
					t.Errorf("%d after %v: %s", code, took, said)
				}
			}
		})
	}
}

// A source stops even if the brokers hang.
func TestSourceStopsWithoutBrokers(t *testing.T) {
	kafka, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "in"))
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	t.Cleanup(func() {
		close(release)
		kafka.Close()
	})
	cluster := broker.At(kafka.ListenAddrs()...)
	brokertest.Produce(t, brokertest.Connect(t, cluster), &kgo.Record{Topic: "in", Value: []byte("x")})
	function := serve(t, accept)
	stop := start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL})
	shared.Eventually(t, "a delivery", func() bool { return len(function.got()) == 1 })
	kafka.Control(func(kmsg.Request) (kmsg.Response, error, bool) {
		<-release
		return nil, errCut, true
	})
	begin := time.Now()
	stop()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
