package eventing_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
)

// post sends one request to a sink of the topic out and returns its answer.
func post(t *testing.T, sink http.Handler, method, path string, header map[string]string, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	sink.ServeHTTP(w, r)
	answer, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(answer)
}

func TestSink(t *testing.T) {
	addrs, _ := cluster(t, 1)
	producer, err := broker.At(addrs...).NewProducer(t.Context(), time.Minute, "out")
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	sink := &eventing.Sink{Producer: producer, Topics: []string{"out"}}
	event := map[string]string{
		"Ce-Specversion": "1.0", "Ce-Id": "7", "Ce-Source": "/me", "Ce-Type": "t", "Ce-Partitionkey": "50% ☃", "Content-Type": "text/plain",
	}
	without := func(name string) map[string]string {
		m := cloneWith(event, "X", "y")
		delete(m, name)
		return m
	}
	const whole = `{"specversion":"1.0","id":"8","source":"/me","type":"t","subject":"s","datacontenttype":"application/json","data":{"a":1}}`
	for _, test := range []struct {
		name, method, path string
		header             map[string]string
		body               string
		status             int
		says               string
	}{
		{"binary", "POST", "/out", event, "hello", 202, ""},
		{"structured", "POST", "/out/", map[string]string{"Content-Type": "application/cloudevents+json"}, whole, 202, ""},
		{"a batch", "POST", "/out", map[string]string{"Content-Type": "application/cloudevents-batch+json"}, "[" + whole + "]", 400, "batch"},
		{"no id", "POST", "/out", without("Ce-Id"), "hello", 400, "no id"},
		{"no version", "POST", "/out", without("Ce-Specversion"), "hello", 400, "specversion"},
		{"an old version", "POST", "/out", cloneWith(without("Ce-Specversion"), "Ce-Specversion", "0.3"), "hello", 400, "0.3"},
		{"broken JSON", "POST", "/out", map[string]string{"Content-Type": "application/cloudevents+json"}, whole[:40], 400, "JSON"},
		{"another topic", "POST", "/in", event, "hello", 404, "out"},
		{"GET", "GET", "/out", nil, "", 405, "post"},
		{"larger than the topic takes", "POST", "/out", event, strings.Repeat("x", 20<<20), 413, "max.message.bytes"},
		{"larger than anything", "POST", "/out", event, strings.Repeat("x", 33<<20), 413, "too large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, answer := post(t, sink, test.method, test.path, test.header, test.body)
			if code != test.status || !strings.Contains(answer, test.says) {
				t.Errorf("%d %q, want %d and something of %q", code, answer, test.status, test.says)
			}
		})
	}

	got := consume(t, addrs, "out", 2)
	type record struct {
		Key, Value string
		Headers    map[string]string
	}
	want := []record{
		{"50% ☃", "hello", map[string]string{"ce_specversion": "1.0", "ce_id": "7", "ce_source": "/me", "ce_type": "t", "ce_partitionkey": "50% ☃", "content-type": "text/plain"}},
		{"", `{"a":1}`, map[string]string{"ce_specversion": "1.0", "ce_id": "8", "ce_source": "/me", "ce_type": "t", "ce_subject": "s", "content-type": "application/json"}},
	}
	var records []record
	for _, r := range got {
		h := make(map[string]string)
		for _, header := range r.Headers {
			h[header.Key] = string(header.Value)
		}
		records = append(records, record{string(r.Key), string(r.Value), h})
	}
	if diff := cmp.Diff(want, records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// consume returns the first n records of a topic.
func consume(t *testing.T, addrs []string, topic string, n int) []*kgo.Record {
	t.Helper()
	client, err := broker.At(addrs...).Connect(t.Context(), kgo.ConsumeTopics(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var all []*kgo.Record
	for len(all) < n && ctx.Err() == nil {
		all = append(all, client.PollFetches(ctx).Records()...)
	}
	if len(all) != n {
		t.Fatalf("topic %s has %d records, want %d", topic, len(all), n)
	}
	return all
}

// A broker that does not answer makes a 503, in time.
func TestSinkWithoutBroker(t *testing.T) {
	addr, stop, err := broker.Embedded(0)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	client, err := broker.At(addr).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := broker.Ensure(t.Context(), client, broker.Topic{Name: "out", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	client.Close()
	producer, err := broker.At(addr).NewProducer(t.Context(), time.Second, "out")
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	stop()
	code, _ := post(t, &eventing.Sink{Producer: producer, Topics: []string{"out"}}, "POST", "/out", map[string]string{
		"Ce-Specversion": "1.0", "Ce-Id": "7", "Ce-Source": "/me", "Ce-Type": "t",
	}, "hello")
	if code != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", code)
	}
}
