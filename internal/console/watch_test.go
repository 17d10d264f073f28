package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
)

// TestWatch shows what the whole system does with a comment, with numbers, and with an event that was refused already.
func TestWatch(t *testing.T) {
	s := newServer(t, Config{})
	m := s.judges[0].model
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
		next := func() (local.Message, error) {
			if len(messages) == 0 {
				return local.Message{}, io.EOF
			}
			first := messages[0]
			messages = messages[1:]
			return first, nil
		}
		if err := system.Feed(t.Context(), next, func(string) {}); err != nil {
			t.Fatal(err)
		}
	}
	const comment = "Only an idiot would pay for <b>this</b>."
	feed(local.NewMessage("early", "before anybody watches"))
	watch := Watch{Cluster: system.Cluster, Topics: Topics{local.Input, local.Output, local.Errors}, Group: local.Group,
		Last: 10}
	stop, err := watch.Start(t.Context(), s.Feed)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	feed(local.NewMessage("a", comment), local.Message{Key: "n", Value: `{"data":{"ndarray":[5]}}`})
	var now tick
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		now = state(t, s.Feed)
		if now.Answers == 2 && now.Letters == 1 && now.Inputs == 3 && now.Lag != nil && now.Lag.Records == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v", now)
		}
	}
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
	letter := now.Dead[0]
	if letter.Key != "n" || letter.Code != "422" || letter.Reason != "not_text" ||
		letter.Text != `{"data":{"ndarray":[5]}}` {
		t.Errorf("%+v", letter)
	}
}

// TestSinkDown finds from the page alone that the sink is not there.
func TestSinkDown(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as it takes to be sure")
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
	sent := false
	err = system.Feed(t.Context(), func() (local.Message, error) {
		if sent {
			return local.Message{}, io.EOF
		}
		sent = true
		return local.NewMessage("a", "a comment"), nil
	}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	var said string
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		said = fmt.Sprint(state(t, s.Feed).Findings, state(t, s.Feed).Notices)
		if strings.Contains(said, "Nothing has been answered for") && strings.Contains(said, "1 record waits") &&
			strings.Contains(said, "sink_unreachable") {
			return
		}
	}
	t.Errorf("the page says %s", said)
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
