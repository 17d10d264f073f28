package letter_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/letter"
)

// system is the function between a source and a sink, on an embedded Kafka, with its own dead letters or with those of
// the source.
func system(t *testing.T, own bool) (client *kgo.Client, letters func(n int) []*kgo.Record) {
	t.Helper()
	addr, stop, err := broker.Embedded(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	cluster := broker.At(addr)
	client, err = cluster.Connect(t.Context(), kgo.ConsumeTopics("errors"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if _, err := broker.Ensure(t.Context(), client, broker.Topic{Name: "in", Partitions: 1},
		broker.Topic{Name: "out", Partitions: 1},
		broker.Topic{Name: "errors", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	producer, err := cluster.NewProducer(t.Context(), time.Minute, "out", "errors")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(producer.Close)
	sink := httptest.NewServer(&eventing.Sink{Producer: producer, Topics: []string{"out", "errors"}})
	t.Cleanup(sink.Close)
	config, err := function.ReadConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.Sink = sink.URL + "/out"
	if own {
		config.DeadLetter = "errors"
	}
	f := function.NewWith(config)
	if err := f.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(f.Handle))
	t.Cleanup(server.Close)
	source := &eventing.Source{
		Client: cluster.Options(), Topic: "in", Group: "g", Sink: server.URL, DeadLetter: sink.URL + "/errors",
		Namespace: "ns", Name: "comments",
	}
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- source.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return client, func(n int) (all []*kgo.Record) {
		for len(all) < n {
			fetches := client.PollFetches(t.Context())
			if t.Context().Err() != nil {
				t.Fatal("no letters")
			}
			all = append(all, fetches.Records()...)
		}
		return all
	}
}

// TestForms has records of every kind refused, and both forms of letters give them back.
func TestForms(t *testing.T) {
	header := func(kv ...string) (h []kgo.RecordHeader) {
		for i := 0; i < len(kv); i += 2 {
			h = append(h, kgo.RecordHeader{Key: kv[i], Value: []byte(kv[i+1])})
		}
		return h
	}
	records := []*kgo.Record{
		{Topic: "in", Key: []byte("é"), Value: []byte(`{"data":{"ndarray":[1]}}`), Headers: header("X-Trace", "ü")},
		{Topic: "in", Key: []byte("tombstone")},
		{Topic: "in", Key: []byte("k"), Value: []byte("{"), Headers: header("content-type", "application/cloudevents+json")},
		{Topic: "in", Value: []byte("hello"), Headers: header("ce_specversion", "1.0", "ce_id", "", "ce_source", "/me",
			"ce_type", "t", "content-type", "text/plain")},
		{Topic: "in", Value: []byte("hello"), Headers: header("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/me",
			"ce_type", "", "ce_partitionkey", "p")},
		{Topic: "in", Key: []byte("upper"), Value: []byte("{"),
			Headers: header("content-type", "Application/CloudEvents+JSON")},
	}
	const plain = "/apis/v1/namespaces/ns/kafkasources/comments#in"
	for own, name := range map[bool]string{true: "the function's", false: "the source's"} {
		t.Run(name, func(t *testing.T) {
			client, letters := system(t, own)
			for _, r := range records {
				r.Context = nil // of the other one's test
				if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
					t.Fatal(err)
				}
			}
			for i, r := range letters(len(records)) {
				l, ok := letter.Read(r)
				if !ok || l.Reason == "" || l.Code[0] != '4' || l.Incomplete {
					t.Errorf("letter %d: %+v, %v", i, l, ok)
					continue
				}
				want := eventing.FromRecord(records[i], plain[:len(plain)-len("#in")], eventing.TextKeys)
				delete(want.Attributes, eventing.KafkaPartition)
				delete(want.Attributes, eventing.KafkaOffset)
				got := l.Record("in", "replayof", "errors/0/0")
				if l.Whole() {
					want := []kgo.RecordHeader{{Key: "content-type", Value: []byte("application/cloudevents+json")},
						{Key: "ce_replayof", Value: []byte("errors/0/0")}}
					if diff := cmp.Diff(want, got.Headers); diff != "" || string(got.Value) != string(records[i].Value) ||
						string(got.Key) != string(records[i].Key) {
						t.Errorf("record %d, as it was: %v (-want +got):\n%s", i, got, diff)
					}
					continue
				}
				wanted := want.With(map[string]string{"replayof": "errors/0/0"}).Record("in")
				if diff := cmp.Diff(wanted.Headers, got.Headers); diff != "" {
					t.Errorf("record %d: headers (-want +got):\n%s", i, diff)
				}
				if diff := cmp.Diff([][]byte{wanted.Key, wanted.Value}, [][]byte{got.Key, got.Value}); diff != "" {
					t.Errorf("record %d: key and value (-want +got):\n%s", i, diff)
				}
			}
		})
	}
}

// TestOthers are records that are no letters: predictions, refusals in the answer to a batch, and anything else.
func TestOthers(t *testing.T) {
	for _, e := range []eventing.Event{
		{Attributes: map[string]string{"type": function.PredictionType}},
		{Attributes: map[string]string{"type": function.ErrorType}, Data: []byte(`{"error":"x","reason":"not_text"}`)},
		{Attributes: map[string]string{"type": function.ErrorType}},
	} {
		for name, value := range map[string]string{"specversion": "1.0", "id": "7", "source": "/me"} {
			e.Attributes[name] = value
		}
		if l, ok := letter.Read(e.Record("errors")); ok {
			t.Errorf("%v is read as %v", e, l)
		}
	}
	if _, ok := letter.Read(&kgo.Record{Value: []byte("x")}); ok {
		t.Error("text is read as a letter")
	}
}
