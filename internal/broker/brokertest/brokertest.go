// Package brokertest runs embedded Kafka brokers for tests, and writes and reads their records.
package brokertest

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
)

// Start starts an embedded broker with the topics given, each with that many partitions. It returns the cluster and a
// client of it. Both are closed at the end of the test.
func Start(tb testing.TB, partitions int32, topics ...string) (broker.Cluster, *kgo.Client) {
	tb.Helper()
	addr, stop, err := broker.Embedded(0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(stop)
	cluster := broker.At(addr)
	client := Connect(tb, cluster)
	var all []broker.Topic
	for _, name := range topics {
		all = append(all, broker.Topic{Name: name, Partitions: partitions})
	}
	if _, err := broker.Ensure(tb.Context(), client, all...); err != nil {
		tb.Fatal(err)
	}
	return cluster, client
}

// Connect returns a client of the cluster, which is closed at the end of the test.
func Connect(tb testing.TB, cluster broker.Cluster, opts ...kgo.Opt) *kgo.Client {
	tb.Helper()
	client, err := cluster.Connect(tb.Context(), opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	return client
}

// Producer returns a producer for the topics, which is closed at the end of the test.
func Producer(tb testing.TB, cluster broker.Cluster, timeout time.Duration, topics ...string) *broker.Producer {
	tb.Helper()
	producer, err := cluster.NewProducer(tb.Context(), timeout, topics...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(producer.Close)
	return producer
}

// Produce writes records and waits until they are acknowledged.
func Produce(tb testing.TB, client *kgo.Client, records ...*kgo.Record) {
	tb.Helper()
	if err := client.ProduceSync(tb.Context(), records...).FirstErr(); err != nil {
		tb.Fatal(err)
	}
}

// Consume returns the first n records of a topic. It waits for them, and fails the test after 30 seconds.
func Consume(tb testing.TB, cluster broker.Cluster, topic string, n int) []*kgo.Record {
	tb.Helper()
	client, err := cluster.Connect(tb.Context(), kgo.ConsumeTopics(topic))
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(tb.Context(), 30*time.Second)
	defer cancel()
	var all []*kgo.Record
	for len(all) < n && ctx.Err() == nil {
		all = append(all, client.PollFetches(ctx).Records()...)
	}
	if len(all) != n {
		tb.Fatalf("topic %s has %d records, want %d", topic, len(all), n)
	}
	return all
}

// Headers returns record headers from pairs of a key and a value.
func Headers(pairs ...string) []kgo.RecordHeader {
	var all []kgo.RecordHeader
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, kgo.RecordHeader{Key: pairs[i], Value: []byte(pairs[i+1])})
	}
	return all
}
