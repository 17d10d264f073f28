package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/test/shared"
)

// The page shows the answer to a comment, a dead letter, and records from before the watch.
func TestWatch(t *testing.T) {
	s := newServer(t, Config{})
	m := s.models[0].model
	config := function.Defaults()
	system, err := local.Start(t.Context(), local.Config{
		Listen: "127.0.0.1:0", Delivery: eventing.DefaultDelivery,
		Function: func(sink string) (fn.Handler, error) {
			config.Sink = sink
			config.LogLevel = 100
			return function.NewWith(config), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	feed := func(messages ...local.Message) {
		t.Helper()
		if err := system.Feed(t.Context(), local.Sequence(messages...), func(string) {}); err != nil {
			t.Fatal(err)
		}
	}
	const comment = "Only an idiot would pay for <b>this</b>."
	feed(local.NewMessage("early", "before the watch"))
	watch := Watch{Cluster: system.Cluster, Topics: Topics{local.Input, local.Output, local.Errors}, Group: local.Group,
		Last: 10}
	stop, err := watch.Start(t.Context(), s.Feed)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	feed(local.NewMessage("a", comment), local.Message{Key: "n", Value: `{"data":{"ndarray":[5]}}`})
	var now tick
	shared.Eventually(t, "two answers, a dead letter and no lag", func() bool {
		now = state(t, s.Feed)
		return now.Answers == 2 && now.Letters == 1 && now.Inputs == 3 && now.Lag != nil && now.Lag.Records == 0
	})
	if now.Waiting != 0 || now.Latency.Count != 3 {
		t.Errorf("waiting %d, latency %+v", now.Waiting, now.Latency)
	}
	var answer row
	for _, r := range now.Rows {
		if r.Key == "a" {
			answer = r
		}
	}
	p := m.PredictProba(comment)
	if answer.Text != comment || len(answer.Numbers) != 1 || answer.Numbers[0][1] != p[1] || answer.Millis == nil {
		t.Errorf("%+v, want %v", answer, p)
	}
	if len(now.Notices) > 0 {
		t.Errorf("notices %+v", now.Notices)
	}
	deadLetter := now.Dead[0]
	if deadLetter.Key != "n" || deadLetter.Code != "422" || deadLetter.Reason != "not_text" ||
		deadLetter.Text != `{"data":{"ndarray":[5]}}` {
		t.Errorf("%+v", deadLetter)
	}
}

// A group that does not exist yet has committed nothing, so that its lag is all records of the topic.
func TestLagOfNewGroup(t *testing.T) {
	_, client := brokertest.Start(t, 2, "in")
	brokertest.Produce(t, client, &kgo.Record{Topic: "in"}, &kgo.Record{Topic: "in"}, &kgo.Record{Topic: "in"})
	behind, err := lag(t.Context(), kadm.NewClient(client), "new", "in")
	if behind != 3 || err != nil {
		t.Errorf("%d, %v; want 3", behind, err)
	}
}

// The page tells that the sink cannot be reached.
func TestSinkDown(t *testing.T) {
	if testing.Short() {
		t.Skip("waits until the page is sure")
	}
	s := newServer(t, Config{})
	log := slog.New(s.Feed.Handler(slog.DiscardHandler))
	config := function.Defaults()
	config.Sink, config.SinkTimeout, config.Log = "http://127.0.0.1:1/", 100*time.Millisecond, log
	system, err := local.Start(t.Context(), local.Config{
		Listen: "127.0.0.1:0", Delivery: eventing.DefaultDelivery, Log: log,
		Function: func(string) (fn.Handler, error) { return function.NewWith(config), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	watch := Watch{Cluster: system.Cluster, Topics: Topics{local.Input, local.Output, local.Errors}, Group: local.Group}
	stop, err := watch.Start(t.Context(), s.Feed)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	err = system.Feed(t.Context(), local.Sequence(local.NewMessage("a", "a comment")), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	shared.Eventually(t, "findings and notices of the sink", func() bool {
		text := fmt.Sprint(state(t, s.Feed).Findings, state(t, s.Feed).Notices)
		return strings.Contains(text, "Nothing has been answered for") && strings.Contains(text, "1 record is waiting") &&
			strings.Contains(text, "sink_unreachable")
	})
}

func TestWatchFails(t *testing.T) {
	s := newServer(t, Config{})
	system, err := local.Start(t.Context(), local.Config{Listen: "127.0.0.1:0",
		Function: func(string) (fn.Handler, error) { return function.NewWith(function.Defaults()), nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	watch := Watch{Cluster: system.Cluster, Topics: Topics{local.Input, "no-such-topic", local.Errors}}
	if _, err := watch.Start(t.Context(), s.Feed); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a topic that does not exist: %v", err)
	}
}
