package replay_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/replay"
)

// TestCount compares all metrics, with their names and help, before a replay, in its middle and after it.
func TestCount(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "errors")
	brokertest.Produce(t, client, fromSource("a", "not_text"))
	brokertest.Produce(t, client, fromSource("b", "no_data"))
	brokertest.Produce(t, client, &kgo.Record{Topic: "errors", Value: []byte("no dead letter")})
	r := &metrics.Registry{}
	c := replay.Config{Cluster: cluster, From: "errors", To: "in", Timeout: 10 * time.Second}
	c.Count(r)
	const counters = `# HELP reddit_classifier_replay_letters_total Dead letters that the replay has finished, by action: ` +
		`what happened to each.
# TYPE reddit_classifier_replay_letters_total counter
`
	const left = `# HELP reddit_classifier_replay_left_letters Dead letters that the replay has still to look at; none ` +
		`until they have been read.
# TYPE reddit_classifier_replay_left_letters gauge
reddit_classifier_replay_left_letters `
	text := func(replayed string) string {
		return counters + `reddit_classifier_replay_letters_total{action="data_omitted"} 0
reddit_classifier_replay_letters_total{action="foreign"} 0
reddit_classifier_replay_letters_total{action="refused_again"} 0
reddit_classifier_replay_letters_total{action="replayed"} ` + replayed + `
reddit_classifier_replay_letters_total{action="replayed_before"} 0
reddit_classifier_replay_letters_total{action="would_replay"} 0
`
	}
	want := []string{text("0"), left + "2\n" + text("0"), left + "1\n" + text("1"), left + "0\n" + text("2")}
	got := []string{string(r.AppendText(nil))}
	c.Progress = func(int, int) { got = append(got, string(r.AppendText(nil))) }
	if _, err := replay.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	got = append(got, string(r.AppendText(nil)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	problems, err := promlint.New(bytes.NewReader([]byte(got[3]))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
