package kafka

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/test/shared"
)

// request is a request that a listener got.
type request struct {
	Header http.Header
	Body   string
}

// listener starts a server that answers every request with 202, and returns the requests it got.
func listener(t *testing.T) (url string, got func() []request) {
	t.Helper()
	var mu sync.Mutex
	var all []request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, request{r.Header.Clone(), string(body)})
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []request {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// TestSendsAsVertx checks that Source sends the requests that the HTTP client of a KafkaSource sends, and refuses the
// events that it refuses.
func TestSendsAsVertx(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var records []javaRecord
	for len(records) < 400 {
		r := randomRecord(random)
		k := r.record()
		if _, err := eventing.Unpack(k); err != nil || slices.ContainsFunc(k.Headers,
			func(h kgo.RecordHeader) bool { return h.Value == nil }) {
			continue
		}
		if chance(random, 3) && r.Headers[len(r.Headers)-1][0][0] == 'c' && len(r.Headers) > 1 {
			value := one(random, []string{"a\x00", "\x01", "a\tb", "a\nb", "a\n b", "a\r\n\tb", "\r", "\n", "\x1b", "\x7f", "é",
				"€", "\u0080\u0085\u009f", "\u00a0", "😀", " a ", "\"a\"", "a;b", "\x0b"})
			r.Headers = append(r.Headers, [2][]byte{[]byte("ce_odd"), []byte(value)})
		}
		records = append(records, r)
	}
	vertxURL, vertx := listener(t)
	type answer struct {
		Status int
		Failed string
	}
	answers := ask[javaRecord, answer](t, oracle(t, "send", vertxURL), records)

	sourceURL, source := listener(t)
	cluster, client := brokertest.Start(t, 1, "in")
	outcomes := make(chan eventing.Outcome, len(records))
	s := &eventing.Source{
		Client: cluster.Options(), Topic: "in", Group: "g", Sink: sourceURL, DeadLetter: sourceURL, Namespace: "ns",
		Name: "n", Strict: true,
		Delivery: eventing.Delivery{Timeout: time.Minute}, After: func(o eventing.Outcome) { outcomes <- o },
	}
	shared.Background(t, s.Run)
	for _, r := range records {
		k := r.record()
		k.Topic = "in"
		brokertest.Produce(t, client, k)
	}
	a, b, lost := 0, 0, 0
	for i, r := range records {
		o := <-outcomes
		if o.Lost {
			lost++
		}
		if o.Lost != (answers[i].Failed != "") || o.Lost && o.Loss != eventing.ControlCharacter {
			t.Fatalf("%v: lost %v (%s), and Vert.x says %+v", r, o.Lost, o.Loss, answers[i])
		}
		if o.Lost {
			continue
		}
		got, want := source()[a], vertx()[b]
		a, b = a+1, b+1
		for _, h := range []http.Header{got.Header, want.Header} {
			h.Del("Ce-Knativekafkaoffset")
			if h.Get("Content-Length") == "0" {
				h.Del("Content-Length") // Vert.x omits it, net/http does not
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-Vert.x +source):\n%s", r, diff)
		}
	}
	if lost < 10 {
		t.Errorf("%d records are lost; the random records should have more of them", lost)
	}
}

// vertxServer starts an HTTP server of the libraries that the receiver of a KafkaSink uses, and returns its URL.
func vertxServer(t *testing.T) string {
	t.Helper()
	cmd := oracle(t, "serve")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	var port int
	if _, err := fmt.Fscan(bufio.NewReader(out), &port); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d/out", port)
}

func send(t *testing.T, url string, header http.Header, body []byte) (status int, answer []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, answer
}

// TestWritesAsVertx checks that Sink answers and writes what the libraries of a KafkaSink's receiver answer and write.
func TestWritesAsVertx(t *testing.T) {
	cluster, _ := brokertest.Start(t, 1, "out")
	client := brokertest.Connect(t, cluster, kgo.ConsumeTopics("out"))
	producer := brokertest.Producer(t, cluster, time.Minute, "out")
	server := httptest.NewUnstartedServer(&eventing.Sink{Producer: producer, Topics: []string{"out"}})
	server.Config.MaxHeaderBytes = 1 << 20
	server.Start()
	defer server.Close()
	sink, vertx := server.URL+"/out", vertxServer(t)
	defer http.DefaultClient.CloseIdleConnections()

	random := rand.New(rand.NewPCG(5, 6))
	statuses := make(map[int]int)
	for range 1500 {
		header, body := randomRequest(random)
		got, _ := send(t, sink, header, body)
		want, written := send(t, vertx, header, body)
		statuses[want]++
		if got != want {
			t.Errorf("%v %q: status %d, want %d", header, body, got, want)
		}
		var wanted javaRecord
		if want == http.StatusAccepted {
			if err := json.Unmarshal(written, &wanted); err != nil {
				t.Fatal(err)
			}
		}
		if got != http.StatusAccepted {
			continue
		}
		record := nextRecord(t, client)
		if diff := cmp.Diff(plain(wanted.record()), plain(record)); want == got && diff != "" {
			t.Errorf("%v %q (-Vert.x +sink):\n%s", header, body, diff)
		}
	}
	t.Logf("statuses %v", statuses)
	if statuses[202] < 300 || statuses[400] < 300 || statuses[503] == 0 {
		t.Errorf("statuses %v: the random requests should be a mix", statuses)
	}
	small := http.Header{"Ce-Specversion": {"1.0"}, "Ce-Id": {"7"}, "Ce-Source": {"/me"}, "Ce-Type": {"t"}}
	for n := 7900; n < 8192; n++ {
		small.Set("Ce-X", strings.Repeat("x", n))
		got, _ := send(t, sink, small, []byte("hello"))
		want, _ := send(t, vertx, small, []byte("hello"))
		if got != want {
			t.Fatalf("a header of %d bytes: status %d, want %d", n, got, want)
		}
		if want == http.StatusRequestHeaderFieldsTooLarge {
			return
		}
	}
	t.Error("no headers were too large")
}

func nextRecord(t *testing.T, client *kgo.Client) *kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	fetches := client.PollRecords(ctx, 1)
	if fetches.NumRecords() != 1 {
		t.Fatalf("no record: %v", fetches.Err())
	}
	return fetches.Records()[0]
}

// plain returns the key, the value and the headers of a record as text.
func plain(r *kgo.Record) map[string]string {
	m := map[string]string{"key": fmt.Sprintf("%#v", r.Key), "value": fmt.Sprintf("%#v", r.Value)}
	for _, h := range r.Headers {
		m["header "+h.Key] = string(h.Value)
	}
	return m
}

// randomRequest returns a request with an event, which is sometimes invalid.
func randomRequest(r *rand.Rand) (http.Header, []byte) {
	if chance(r, 3) {
		s := randomStructured(r)
		return http.Header{"Content-Type": {string(s.Headers[0][1])}}, s.Value
	}
	h := make(http.Header)
	clean := func(s string) string { // removes what a client cannot send
		return strings.Map(func(c rune) rune {
			if c < ' ' || c == 0x7f {
				return -1
			}
			return c
		}, s)
	}
	if !chance(r, 20) {
		h.Set("Ce-Specversion", usually(r, []string{"1.0", "0.3", "0.2", ""}))
	}
	for _, required := range []struct {
		name   string
		values []string
	}{{"Ce-Id", someIDs[:4]}, {"Ce-Source", someSources}, {"Ce-Type", someTypes}} {
		name, values := required.name, required.values
		if !chance(r, 20) {
			h.Set(name, clean(usually(r, values)))
		}
	}
	if chance(r, 3) {
		h.Set("Ce-Time", clean(usually(r, someTimes)))
	}
	if chance(r, 3) {
		h.Set("Content-Type", usually(r, append([]string{"text/plain"}, append(slices.Clone(someContent), structured...)...)))
	}
	for chance(r, 2) {
		h["Ce-"+one(r, []string{"X", "Partitionkey", "A-B", "A_b", "Subject", "Dataschema", "Datacontenttype",
			"Key"})] = []string{clean(one(r, someText)), "last"}[:1+r.IntN(2)]
	}
	return maps.Clone(h), one(r, [][]byte{[]byte("hello"), nil, {0xff, 0}})
}
