package replay_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/replay"
)

// fromSource returns a dead letter that a KafkaSource posted.
func fromSource(id, reason string, extra ...string) *kgo.Record {
	answer := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"error":"no","reason":%q}`, reason))
	a := map[string]string{
		"specversion": "1.0", "id": id, "source": "/me", "type": "t", eventing.ErrorDest: "http://f",
		eventing.ErrorCode: "422", eventing.ErrorData: answer,
	}
	for i := 0; i < len(extra); i += 2 {
		a[extra[i]] = extra[i+1]
	}
	return eventing.Event{Attributes: a, Data: []byte("x")}.Record("errors")
}

// fromFunction returns a dead letter that the function posted for an event that it could not read.
func fromFunction(data, reason string) *kgo.Record {
	b, err := json.Marshal(function.Letter{Reason: reason, Code: 400, Mode: function.ModeStructured, Data: []byte(data),
		Origin: function.Origin{Topic: "in", Key: "k"}})
	if err != nil {
		panic(err)
	}
	return eventing.Event{Attributes: map[string]string{"specversion": "1.0", "id": "x", "source": "/f",
		"type": function.ErrorType}, Data: b}.Record("errors")
}

// TestRefusedAgain checks that an event that was refused again is replayed if the reason is another one, and not if it
// is the same, unless Again is set.
func TestRefusedAgain(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "errors")
	config := replay.Config{Cluster: cluster, From: "errors", To: "in"}
	n := 0
	for _, step := range []struct {
		name    string
		letters []*kgo.Record
		again   bool
		want    map[replay.Action]int
	}{
		{"new dead letters, two of them for the same event", []*kgo.Record{
			fromSource("a", "not_text"), fromSource("a", "not_text"), fromSource("b", "not_text"),
			fromFunction("{", "invalid_json"), fromSource("", "no_id"), fromSource("", "no_id"),
		}, false, map[replay.Action]int{replay.Replayed: 5}},
		{"nothing new", nil, false, map[replay.Action]int{replay.AlreadyReplayed: 5}},
		{"refused again, one for another reason", []*kgo.Record{
			fromSource("a", "not_text", replay.ReplayOf, "errors/0/1"),
			fromSource("b", "no_data", replay.ReplayOf, "errors/0/2"), fromFunction("{", "invalid_json"),
			fromSource("", "no_id", replay.ReplayOf, "errors/0/4"),
		}, false, map[replay.Action]int{replay.RefusedAgain: 3, replay.Replayed: 1, replay.AlreadyReplayed: 1}},
		{"once more", nil, false, map[replay.Action]int{replay.RefusedAgain: 3, replay.AlreadyReplayed: 2}},
		{"again", nil, true, map[replay.Action]int{replay.Replayed: 3, replay.AlreadyReplayed: 2}},
		{"again, with nothing left", nil, true, map[replay.Action]int{replay.AlreadyReplayed: 5}},
	} {
		for _, l := range step.letters {
			l.Timestamp = time.Now().Add(time.Duration(n) * time.Millisecond)
			n++
			brokertest.Produce(t, client, l)
		}
		config.Again = step.again
		summary, err := replay.Run(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[replay.Action]int)
		for _, l := range summary.Letters {
			got[l.Action]++
		}
		if diff := cmp.Diff(step.want, got); diff != "" || summary.Others != 0 {
			t.Errorf("%s: %d others (-want +got):\n%s", step.name, summary.Others, diff)
		}
	}
}
