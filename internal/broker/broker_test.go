package broker_test

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEmbedded(t *testing.T) {
	_, client := brokertest.Start(t, 1)
	for _, test := range []struct{ want, created []string }{
		{[]string{"a", "b"}, []string{"a", "b"}},
		{[]string{"b", "c"}, []string{"c"}},
	} {
		created, err := broker.Ensure(t.Context(), client, topics(test.want...)...)
		if err != nil || !slices.Equal(created, test.created) {
			t.Errorf("%v: created %v, %v", test.want, created, err)
		}
	}
	if err := broker.Require(t.Context(), client, "a", "absent"); err == nil ||
		!strings.Contains(err.Error(), "topic absent does not exist") {
		t.Errorf("a topic that is absent: %v", err)
	}
	if err := broker.Require(t.Context(), client, "a", "b"); err != nil {
		t.Error(err)
	}
}

func topics(names ...string) (all []broker.Topic) {
	for _, name := range names {
		all = append(all, broker.Topic{Name: name, Partitions: 1})
	}
	return all
}

// A producer's limit is that of the topic, which may be above the default of the client.
func TestProducerHasTheLimitOfTheTopic(t *testing.T) {
	cluster, _ := brokertest.Start(t, 1, "a")
	producer := brokertest.Producer(t, cluster, time.Minute, "a")
	record := &kgo.Record{Topic: "a", Value: bytes.Repeat([]byte("0123456789"), 500_000)}
	if err := producer.ProduceSync(t.Context(), record).FirstErr(); err != nil {
		t.Errorf("5 MB: %v", err)
	}
}

// The limit of a topic overrides that of its broker.
func TestTopicWithALimit(t *testing.T) {
	cluster, client := brokertest.Start(t, 1)
	if _, err := broker.Ensure(t.Context(), client, broker.Topic{Name: "a", Partitions: 1, MaxBytes: 5000},
		broker.Topic{Name: "b", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	if limits := broker.MaxBytes(t.Context(), client, "a", "b"); limits["a"] != 5000 || limits["b"] != 16<<20 {
		t.Errorf("limits %v, want 5000 and 16 MiB", limits)
	}
	producer := brokertest.Producer(t, cluster, time.Minute, "a")
	for size, fits := range map[int]bool{4000: true, 6000: false} {
		record := &kgo.Record{Topic: "a", Value: make([]byte, size)}
		rand.Read(record.Value) // incompressible
		if err := producer.ProduceSync(t.Context(), record).FirstErr(); (err == nil) != fits {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestConnectSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ list, says string }{
		{"", "no Kafka address is given"},
		{"localhost", `"localhost" is not HOST:PORT`},
		{"127.0.0.1:1", "no Kafka broker answers at 127.0.0.1:1"},
		{"127.0.0.1:1, 127.0.0.1:2", "no Kafka broker answers at 127.0.0.1:1, 127.0.0.1:2"},
	} {
		if _, err := broker.At(broker.SplitAddrs(test.list)...).Connect(t.Context()); err == nil ||
			!strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v, want something of %q", test.list, err, test.says)
		}
	}
}
