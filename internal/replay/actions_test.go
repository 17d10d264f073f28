package replay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/replay"
)

// TestActions has a dead letter for each outcome, and replays them with each setting.
func TestActions(t *testing.T) {
	const of = "/apis/v1/namespaces/ns/kafkasources/comments#"
	letters := []*kgo.Record{
		fromSource("good", "not_text"),
		fromSource("plain", "no_data", "type", eventing.RecordType, "source", of+"in"),
		fromSource("other topic", "no_data", "type", eventing.RecordType, "source", of+"elsewhere"),
		fromSource("prediction", "loop", "type", function.PredictionType),
		fromSource("error", "loop", "type", function.ErrorType),
		fromSource("no data", "not_text", eventing.DataOmitted, "true"),
		{Topic: "errors", Value: []byte("no dead letter")},
	}
	for i, l := range letters {
		l.Timestamp = time.Now().Add(time.Duration(i) * time.Millisecond)
	}
	ids := []string{"good", "plain", "other topic", "prediction", "error", "no data"}
	const yes, would, foreign, none = replay.Replayed, replay.WouldReplay, replay.Foreign, replay.Incomplete
	for _, tt := range []struct {
		name    string
		config  replay.Config
		want    []replay.Action // in the order of ids; empty: not selected
		written []string        // ids of the records that are replayed
	}{
		{"all", replay.Config{}, []replay.Action{yes, yes, foreign, foreign, foreign, none}, []string{"good", "plain"}},
		{"foreign ones, too", replay.Config{Foreign: true}, []replay.Action{yes, yes, yes, foreign, foreign, none},
			[]string{"good", "plain", "other topic"}},
		{"one reason", replay.Config{Reason: "not_text"}, []replay.Action{yes, "", "", "", "", none}, []string{"good"}},
		{"dry", replay.Config{DryRun: true}, []replay.Action{would, would, foreign, foreign, foreign, none}, nil},
		{"another reason", replay.Config{Reason: "no_such_reason"}, []replay.Action{"", "", "", "", "", ""}, nil},
	} {
		cluster, client := brokertest.Start(t, 1, "in", "errors")
		for _, l := range letters {
			l.Context = nil
			brokertest.Produce(t, client, l)
		}
		c := tt.config
		c.Cluster, c.From, c.To = cluster, "errors", "in"
		steps := 0
		c.Progress = func(done, _ int) {
			if done != steps {
				t.Errorf("%s: %d are done, after %d", tt.name, done, steps)
			}
			steps++
		}
		summary, err := replay.Run(t.Context(), c)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		got := make([]replay.Action, len(ids))
		for _, l := range summary.Letters {
			got[l.Offset] = l.Action
			if l.ID != ids[l.Offset] || l.Unsure {
				t.Errorf("%s: %+v, want %s", tt.name, l, ids[l.Offset])
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || steps != len(summary.Letters) || summary.Others != 1 {
			t.Errorf("%s: %d others, %d steps (-want +got):\n%s", tt.name, summary.Others, steps, diff)
		}
		reasons := map[string]int{"not_text": 2, "no_data": 2, "loop": 2}
		if diff := cmp.Diff(reasons, summary.Reasons); diff != "" {
			t.Errorf("%s: reasons (-want +got):\n%s", tt.name, diff)
		}
		if len(tt.written) == 0 {
			continue
		}
		var written []string
		for _, r := range brokertest.Consume(t, cluster, "in", len(tt.written)) {
			e, err := eventing.Unpack(r)
			if err != nil || e.Attributes[replay.ReplayOf] == "" || e.IsDeadLetter() {
				t.Errorf("%s: wrote %v, %v", tt.name, e, err)
			}
			written = append(written, e.ID())
		}
		if diff := cmp.Diff(tt.written, written); diff != "" {
			t.Errorf("%s: written (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestTopicsThatAreNotThere names the topic.
func TestTopicsThatAreNotThere(t *testing.T) {
	cluster, _ := brokertest.Start(t, 1, "in")
	for _, c := range []replay.Config{{From: "nowhere", To: "in"}, {From: "in", To: "nowhere"}} {
		c.Cluster, c.Timeout = cluster, 5*time.Second
		if _, err := replay.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("from %s to %s: %v", c.From, c.To, err)
		}
	}
}
