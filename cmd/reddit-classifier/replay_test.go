package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker/brokertest"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// kafka returns a client of a new broker with the topics in and errors, and its address.
func kafka(t *testing.T) (*kgo.Client, string) {
	t.Helper()
	cluster, client := brokertest.Start(t, 1, "in", "errors")
	return client, cluster.Addrs[0]
}

// TestReplaySaysWhatItDoes calls replay as a user does, on two dead letters and another record.
func TestReplaySaysWhatItDoes(t *testing.T) {
	client, addr := kafka(t)
	brokertest.Produce(t, client, letter("1", "422"), letter("2", "500"),
		&kgo.Record{Topic: "errors", Value: []byte("not a dead letter")})
	replay := func(code int, want []string, args ...string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		got := run(append([]string{"replay", "--brokers", addr, "--errors", "errors"}, args...), nil, &stdout, &stderr)
		if got != code {
			t.Errorf("%v: exit code %d, want %d", args, got, code)
		}
		for _, w := range want {
			if !strings.Contains(stdout.String()+stderr.String(), w) {
				t.Errorf("%v: nothing says %q:\n%s%s", args, w, &stdout, &stderr)
			}
		}
		if strings.Contains(stdout.String(), `"unsure":true`) != strings.Contains(stderr.String(), "may have been replayed before") {
			t.Errorf("%v: a letter is unsure, and the summary says nothing, or the other way round:\n%s%s", args, &stdout,
				&stderr)
		}
		if last := strings.Split(strings.TrimSpace(stderr.String()), "\n"); code == 0 &&
			!regexp.MustCompile(`^\d+ letters?: `).MatchString(last[len(last)-1]) {
			t.Errorf("%v: the summary is not last:\n%s", args, &stderr)
		}
		if code != 0 && regexp.MustCompile(`letters?: \d`).MatchString(stderr.String()) {
			t.Errorf("%v: a summary after a failure:\n%s", args, &stderr)
		}
	}
	replay(2, []string{`--errors and --to are the same topic, "errors"`}, "--to", "errors")
	replay(1, []string{"topic absent does not exist"}, "--to", "absent")
	replay(1, []string{"no Kafka broker answers"}, "--to", "in", "--brokers", "127.0.0.1:1")
	replay(0, []string{"0 letters: ", `no letter has the reason "other"; the reasons are status_422 (1), status_500 (1)`}, "--to", "in",
		"--reason", "other")
	replay(0, []string{"1 letter: 0 replayed, 1 to replay", "1 record of errors cannot be read as a dead letter"}, "--to",
		"in", "--dry-run", "--reason", "status_422")
	replay(0, []string{"2 letters: 2 replayed, 0 to replay, 0 already replayed"}, "--to", "in")
	replay(0, []string{"2 letters: 0 replayed, 0 to replay, 2 already replayed"}, "--to", "in")

	// The target topic loses records, so what was replayed is not known any more.
	gone := make(kadm.Offsets)
	gone.Add(kadm.Offset{Topic: "in", Partition: 0, At: 1})
	if _, err := kadm.NewClient(client).DeleteRecords(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	replay(0, []string{"2 letters: 0 replayed, 1 to replay, 1 already replayed",
		"1 letter may have been replayed before: in has no records left from before 2"}, "--to", "in", "--dry-run")
	gone.Add(kadm.Offset{Topic: "in", Partition: 0, At: 2})
	if _, err := kadm.NewClient(client).DeleteRecords(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	replay(0, []string{"2 letters: 2 replayed", "2 letters may have been replayed before"}, "--to", "in")
}

// TestReplayLeavesForeignLetters checks that dead letters that do not belong to the input topic are skipped.
func TestReplayLeavesForeignLetters(t *testing.T) {
	client, addr := kafka(t)
	of := func(id, source, kind string) *kgo.Record {
		r := letter(id, "422")
		for i, h := range r.Headers {
			switch h.Key {
			case "ce_source":
				r.Headers[i].Value = []byte(source)
			case "ce_type":
				r.Headers[i].Value = []byte(kind)
			}
		}
		return r
	}
	const record, kafkaSource = "dev.knative.kafka.event", "/apis/v1/namespaces/ns/kafkasources/comments"
	brokertest.Produce(t, client, letter("event", "422"), of("ours", kafkaSource+"#in", record),
		of("another", kafkaSource+"#orders", record), of("prediction", "/function", function.PredictionType),
		of("error", "/function", function.ErrorType))
	for _, test := range []struct{ flags, says, ids string }{
		{"--dry-run", "0 replayed, 2 to replay, 0 already replayed, 0 without data, 3 foreign", `"event" "ours"`},
		{"", "2 replayed, 0 to replay, 0 already replayed, 0 without data, 3 foreign", `"event" "ours"`},
		{"--foreign", "1 replayed, 0 to replay, 2 already replayed, 0 without data, 2 foreign", `"another"`},
	} {
		var stdout, stderr bytes.Buffer
		code := run(append([]string{"replay", "--brokers", addr, "--errors", "errors", "--to", "in"},
			strings.Fields(test.flags)...), nil, &stdout, &stderr)
		var ids []string
		for line := range strings.Lines(stdout.String()) {
			if _, rest, _ := strings.Cut(line, `"id":`); strings.Contains(line, `replayed"`) ||
				strings.Contains(line, "would_replay") {
				ids = append(ids, rest[:strings.Index(rest, ",")])
			}
		}
		if code != 0 || !strings.HasSuffix(stderr.String(), "5 letters: "+test.says+"\n") ||
			!strings.Contains(stderr.String(), " foreign letters are not replayed") ||
			strings.Join(ids, " ") != test.ids {
			t.Errorf("%q: exit code %d, replayed %v, and said %s", test.flags, code, ids, &stderr)
		}
	}
}

// letter returns the dead letter of an event.
func letter(id, code string) *kgo.Record {
	return &kgo.Record{Topic: "errors", Value: []byte("hello"), Headers: brokertest.Headers("ce_specversion", "1.0",
		"ce_id", id, "ce_source", "/me", "ce_type", "t", "ce_knativeerrordest", "http://f", "ce_knativeerrorcode", code)}
}
