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

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
)

// post sends one request to a sink and returns the status and the body of its answer.
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
	cluster, _ := brokertest.Start(t, 1, "in", "out")
	producer := brokertest.Producer(t, cluster, time.Minute, "out")
	sink := &eventing.Sink{Producer: producer, Topics: []string{"out"}}
	event := map[string]string{
		"Ce-Specversion": "1.0", "Ce-Id": "7", "Ce-Source": "/me", "Ce-Type": "t", "Ce-Partitionkey": "50% é\xe9",
		"Content-Type": "text/plain",
	}
	without := func(name string) map[string]string {
		m := cloneWith(event, "X", "y")
		delete(m, name)
		return m
	}
	const whole = `{"specversion":"1.0","id":"8","source":"/me","type":"t","subject":"s","datacontenttype":"application/json","data":{"a": 1.10}}`
	structured := map[string]string{"Content-Type": "application/cloudevents+json"}
	fill := 8<<10 - len("Host: example.com") - len("Ce-X: ") // up to the limit
	for name, value := range event {
		fill -= len(name) + len(": ") + len(value)
	}
	bare := func(member string) string { return strings.Replace(whole, `"subject"`, member+`,"subject"`, 1) }
	for _, test := range []struct {
		name, method, path string
		header             map[string]string
		body               string
		status             int
	}{
		{"binary", "POST", "/out", event, "hello", 202},
		{"structured", "POST", "/out/", structured, whole, 202},
		{"without data", "POST", "/out", event, "", 202},
		{"an empty id", "POST", "/out", cloneWith(event, "Ce-Id", ""), "hello", 202},
		{"an old version", "POST", "/out", cloneWith(event, "Ce-Specversion", "0.3"), "hello", 202},
		{"a trace", "POST", "/out", cloneWith(event, "Traceparent",
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), "hello", 202},
		{"a batch", "POST", "/out", map[string]string{"Content-Type": "application/cloudevents-batch+json"},
			"[" + whole + "]", 400},
		{"no id", "POST", "/out", without("Ce-Id"), "hello", 400},
		{"no version", "POST", "/out", without("Ce-Specversion"), "hello", 400},
		{"a bad time", "POST", "/out", cloneWith(event, "Ce-Time", "lunchtime"), "hello", 400},
		{"a bad source", "POST", "/out", cloneWith(event, "Ce-Source", "/a%zz"), "hello", 400},
		{"a name with a hyphen", "POST", "/out", cloneWith(event, "Ce-A-B", "x"), "hello", 400},
		{"a name with an underscore", "POST", "/out", cloneWith(event, "Ce-A_b", "x"), "hello", 400},
		{"broken JSON", "POST", "/out", structured, whole[:40], 400},
		{"an extension that is a fraction", "POST", "/out", structured, bare(`"x":1.5`), 400},
		{"a key that is a number", "POST", "/out", structured, bare(`"partitionkey":5`), 503},
		{"another topic", "POST", "/in", event, "hello", 404},
		{"GET", "GET", "/out", nil, "", 405},
		{"GET of another topic", "GET", "/in", nil, "", 405},
		{"headers of 8 KiB", "POST", "/out", cloneWith(event, "Ce-X", strings.Repeat("x", fill)), "hello", 202},
		{"headers of more", "POST", "/out", cloneWith(event, "Ce-X", strings.Repeat("x", fill+1)), "hello", 431},
		{"larger than the limit of the topic", "POST", "/out", event, strings.Repeat("x", 20<<20), 503},
		{"larger than the limit of the sink", "POST", "/out", event, strings.Repeat("x", 33<<20), 503},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, answer := post(t, sink, test.method, test.path, test.header, test.body)
			if code != test.status || answer != "" {
				t.Errorf("%d %q, want %d and nothing", code, answer, test.status)
			}
		})
	}

	got := brokertest.Consume(t, cluster, "out", 7)
	type record struct {
		Key     string
		Value   []byte // nil is not empty
		Headers map[string]string
	}
	headers := func(kv ...string) map[string]string {
		all := map[string]string{
			"ce_specversion": "1.0", "ce_id": "7", "ce_source": "/me", "ce_type": "t", "ce_partitionkey": "50% Ã©é",
			"content-type": "text/plain",
		}
		for i := 0; i < len(kv); i += 2 {
			all[kv[i]] = kv[i+1]
		}
		return all
	}
	want := []record{
		{"50% Ã©é", []byte("hello"), headers()},
		{"", []byte(`{"a":1.1}`), map[string]string{
			"ce_specversion": "1.0", "ce_id": "8", "ce_source": "/me", "ce_type": "t", "ce_subject": "s",
			"content-type": "application/json",
		}},
		{"50% Ã©é", nil, headers()},
		{"50% Ã©é", []byte("hello"), headers("ce_id", "")},
		{"50% Ã©é", []byte("hello"), headers("ce_specversion", "0.3")},
		{"50% Ã©é", []byte("hello"), headers("traceparent", "00-0af7651916cd43dd8448eb211c80319c-SPAN-01")},
		{"50% Ã©é", []byte("hello"), headers("ce_x", strings.Repeat("x", fill))},
	}
	var records []record
	for _, r := range got {
		h := make(map[string]string)
		for _, header := range r.Headers {
			h[header.Key] = string(header.Value)
		}
		if parts := strings.Split(h["traceparent"], "-"); len(parts) == 4 && parts[2] != "b7ad6b7169203331" &&
			len(parts[2]) == 16 {
			parts[2] = "SPAN" // the sink's own
			h["traceparent"] = strings.Join(parts, "-")
		}
		records = append(records, record{string(r.Key), r.Value, h})
	}
	if diff := cmp.Diff(want, records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// The sink answers 503 in time if the broker does not answer.
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

// An event is written even if its client disconnects meanwhile.
func TestSinkOutlivesItsClient(t *testing.T) {
	cluster, _ := brokertest.Start(t, 1, "in", "out")
	producer := brokertest.Producer(t, cluster, time.Minute, "out")
	gone, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(gone, http.MethodPost, "/out", strings.NewReader("hello"))
	for name, value := range map[string]string{"Specversion": "1.0", "Id": "7", "Source": "/me", "Type": "t"} {
		r.Header.Set("Ce-"+name, value)
	}
	w := httptest.NewRecorder()
	(&eventing.Sink{Producer: producer, Topics: []string{"out"}}).ServeHTTP(w, r)
	if w.Code != http.StatusAccepted {
		t.Errorf("status %d, want 202", w.Code)
	}
	if got := brokertest.Consume(t, cluster, "out", 1)[0]; string(got.Value) != "hello" {
		t.Errorf("written: %q", got.Value)
	}
}
