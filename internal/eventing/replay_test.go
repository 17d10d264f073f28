package eventing_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/replay"
	"reddit-classifier/test/shared"
)

// A replayed record is delivered as it was the first time. Only the reference to its dead letter is new.
func TestReplayedEventIsTheOriginal(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "errors")
	producer := brokertest.Producer(t, cluster, 0, "errors")
	dead := httptest.NewServer(&eventing.Sink{Producer: producer, Topics: []string{"errors"}})
	t.Cleanup(dead.Close)
	function := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n > 4 {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		http.Error(w, `{"error":"the model is the wrong one","reason":"wrong_model"}`, http.StatusUnprocessableEntity)
	})
	settled := make(chan eventing.Outcome, 8)
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: dead.URL + "/errors",
		After: func(o eventing.Outcome) { settled <- o }})
	originals := []*kgo.Record{
		{Topic: "in", Key: []byte("t1_a"), Value: []byte(`{"data":{"ndarray":["“☃”"]}}`)},
		{Topic: "in", Value: []byte{0, 0xff, '\n'}, Headers: brokertest.Headers("X-Trace", "1", "Content-Type",
			"application/octet-stream")},
		{Topic: "in", Key: []byte("k"), Value: []byte("hello"),
			Headers: brokertest.Headers("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/me", "ce_type", "t",
				"ce_partitionkey", "p", "ce_mine", "stays", "content-type", "text/plain")},
		{Topic: "in"},
	}
	brokertest.Produce(t, client, originals...)
	shared.Eventually(t, "four dead letters", func() bool { return len(settled) == 4 })
	summary, err := replay.Run(t.Context(), replay.Config{Cluster: cluster, From: "errors", To: "in"})
	if err != nil || len(summary.Letters) != 4 {
		t.Fatalf("%v, %v", summary, err)
	}
	shared.Eventually(t, "four more deliveries", func() bool { return len(settled) == 8 })

	const source = "/apis/v1/namespaces/ns/kafkasources/comments"
	for i, r := range brokertest.Consume(t, cluster, "in", 8)[4:] {
		original := originals[i]
		want := eventing.FromRecord(original, source, eventing.TextKeys)
		delete(want.Attributes, eventing.KafkaPartition)
		delete(want.Attributes, eventing.KafkaOffset)
		want.Attributes[replay.ReplayOf] = fmt.Sprintf("errors/0/%d", i)
		if diff := cmp.Diff(want.Record("in").Headers, r.Headers); diff != "" {
			t.Errorf("record %d: headers (-want +got):\n%s", i, diff)
		}
		if string(r.Value) != string(original.Value) || string(r.Key) != string(want.Record("in").Key) {
			t.Errorf("record %d: key %q, value %q, want those of %v", i, r.Key, r.Value, original)
		}
	}
	// The function gets the same requests again.
	requests := function.got()
	for i, first := range requests[:4] {
		again := requests[4+i]
		ignored := cmpopts.IgnoreMapEntries(func(name, _ string) bool {
			return name == "ce-replayof" || name == "ce-knativekafkaoffset" || name == "ce-knativekafkapartition"
		})
		if diff := cmp.Diff(eventHeader(first.Header), eventHeader(again.Header), ignored); diff != "" ||
			first.Body != again.Body {
			t.Errorf("request %d: body %q, then %q; headers (-first +again):\n%s", i, first.Body, again.Body, diff)
		}
	}
}
