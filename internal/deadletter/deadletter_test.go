package deadletter_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/deadletter"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/test/shared"
)

// system starts the function with a source and a sink on an embedded Kafka. If own is true, the function posts dead
// letters itself; otherwise the source does.
func system(t *testing.T, own bool) (broker.Cluster, *kgo.Client) {
	t.Helper()
	cluster, client := brokertest.Start(t, 1, "in", "out", "errors")
	producer := brokertest.Producer(t, cluster, time.Minute, "out", "errors")
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
	shared.Background(t, source.Run)
	return cluster, client
}

// TestForms checks that dead letters of both forms restore refused records of every kind.
func TestForms(t *testing.T) {
	records := []*kgo.Record{
		{Topic: "in", Key: []byte("é"), Value: []byte(`{"data":{"ndarray":[1]}}`), Headers: brokertest.Headers("X-Trace", "ü")},
		{Topic: "in", Key: []byte("tombstone")},
		{Topic: "in", Key: []byte("k"), Value: []byte("{"), Headers: brokertest.Headers("content-type", "application/cloudevents+json")},
		{Topic: "in", Value: []byte("hello"), Headers: brokertest.Headers("ce_specversion", "1.0", "ce_id", "", "ce_source", "/me",
			"ce_type", "t", "content-type", "text/plain")},
		{Topic: "in", Value: []byte("hello"), Headers: brokertest.Headers("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/me",
			"ce_type", "", "ce_partitionkey", "p")},
		{Topic: "in", Key: []byte("upper"), Value: []byte("{"),
			Headers: brokertest.Headers("content-type", "Application/CloudEvents+JSON")},
	}
	const plain = "/apis/v1/namespaces/ns/kafkasources/comments#in"
	for own, name := range map[bool]string{true: "the function's", false: "the source's"} {
		t.Run(name, func(t *testing.T) {
			cluster, client := system(t, own)
			for _, r := range records {
				r.Context = nil // which the other subtest has set
				brokertest.Produce(t, client, r)
			}
			for i, r := range brokertest.Consume(t, cluster, "errors", len(records)) {
				l, ok := deadletter.Read(r)
				if !ok || l.Reason == "" || l.Code[0] != '4' || l.Incomplete {
					t.Errorf("dead letter %d: %+v, %v", i, l, ok)
					continue
				}
				want := eventing.FromRecord(records[i], plain[:len(plain)-len("#in")], eventing.TextKeys)
				delete(want.Attributes, eventing.KafkaPartition)
				delete(want.Attributes, eventing.KafkaOffset)
				got := l.Record("in", "replayof", "errors/0/0")
				if l.IsRaw() {
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

// TestOthers checks that other records are not read as dead letters: predictions, errors in the answer to a batch, and
// plain records.
func TestOthers(t *testing.T) {
	for _, e := range []eventing.Event{
		{Attributes: map[string]string{"type": function.PredictionType}},
		{Attributes: map[string]string{"type": function.ErrorType}, Data: []byte(`{"error":"x","reason":"not_text"}`)},
		{Attributes: map[string]string{"type": function.ErrorType}},
	} {
		for name, value := range map[string]string{"specversion": "1.0", "id": "7", "source": "/me"} {
			e.Attributes[name] = value
		}
		if l, ok := deadletter.Read(e.Record("errors")); ok {
			t.Errorf("%v is read as %v", e, l)
		}
	}
	if _, ok := deadletter.Read(&kgo.Record{Value: []byte("x")}); ok {
		t.Error("a plain record is read as a dead letter")
	}
}
