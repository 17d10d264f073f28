package eventing_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/test/shared"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// request is a request that a test server got.
type request struct {
	Header http.Header
	Body   string
}

// server is a test server that keeps the requests it gets.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

// serve starts a server that answers with handle. The first argument of handle is the number of the request, from 1.
func serve(t *testing.T, handle func(n int, w http.ResponseWriter, r *http.Request)) *server {
	s := new(server)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, request{r.Header.Clone(), string(body)})
		n := len(s.requests)
		s.mu.Unlock()
		handle(n, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) got() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.requests...)
}

func accept(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }

func status(code int) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// start runs a source until the test ends or stop is called.
func start(t *testing.T, cluster broker.Cluster, s *eventing.Source) (stop func()) {
	t.Helper()
	s.Client = cluster.Options()
	s.Topic, s.Namespace, s.Name = "in", "ns", "comments"
	if s.Group == "" {
		s.Group = "group"
	}
	return shared.Background(t, s.Run)
}

// eventHeader returns the headers that belong to the contract of a KafkaSource.
func eventHeader(h http.Header) map[string]string {
	all := make(map[string]string)
	for name := range h {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "ce-") || lower == "content-type" || lower == "prefer" ||
			lower == "kn-namespace" {
			all[lower] = h.Get(name)
		}
	}
	return all
}

func TestSourceFollowsTheContract(t *testing.T) {
	at := time.UnixMilli(1700000000120)
	const source = "/apis/v1/namespaces/ns/kafkasources/comments#in"
	plain := map[string]string{
		"prefer": "reply", "kn-namespace": "ns",
		"ce-specversion": "1.0", "ce-id": "partition:0/offset:0", "ce-source": source, "ce-type": "dev.knative.kafka.event",
		"ce-subject": "partition:0#0", "ce-time": "2023-11-14T22:13:20.12Z",
		"ce-knativekafkapartition": "0", "ce-knativekafkaoffset": "0",
	}
	with := func(extra map[string]string) map[string]string {
		all := make(map[string]string)
		for _, m := range []map[string]string{plain, extra} {
			for k, v := range m {
				all[k] = v
			}
		}
		return all
	}
	event := map[string]string{
		"prefer": "reply", "kn-namespace": "ns",
		"ce-specversion": "1.0", "ce-id": "7", "ce-source": "/me", "ce-type": "t", "ce-partitionkey": "p",
		"ce-knativekafkapartition": "0", "ce-knativekafkaoffset": "0",
	}
	for _, test := range []struct {
		name   string
		record kgo.Record
		want   map[string]string
		body   string
	}{
		{"no key: neither key extension nor content type", kgo.Record{Value: []byte("hello")}, plain, "hello"},
		{"a key becomes two extensions", kgo.Record{Key: []byte("t1_a"), Value: []byte("hello")},
			with(map[string]string{"ce-partitionkey": "t1_a", "ce-key": "t1_a"}), "hello"},
		{"an empty key counts as none", kgo.Record{Key: []byte{}, Value: []byte("hello")}, plain, "hello"},
		{"a key beyond Latin-1", kgo.Record{Key: []byte("50% \"é☃😀\"\t."), Value: []byte("hello")},
			with(map[string]string{"ce-partitionkey": "50% \"\xe9???\"\t.", "ce-key": "50% \"\xe9???\"\t."}), "hello"},
		{"a key that no KafkaSource can deliver", kgo.Record{Key: []byte("50%\n"), Value: []byte("hello")},
			with(map[string]string{"ce-partitionkey": "50%%0A", "ce-key": "50%%0A"}), "hello"},
		{"a header without a value", kgo.Record{Value: []byte("hello"), Headers: []kgo.RecordHeader{{Key: "x"}}},
			with(map[string]string{"ce-kafkaheaderx": ""}), "hello"},
		{"header names in upper case make no event", kgo.Record{Value: []byte("hello"),
			Headers: brokertest.Headers("CE_SPECVERSION", "1.0", "CE_ID", "7", "CE_SOURCE", "/me", "CE_TYPE", "t")},
			with(map[string]string{"ce-kafkaheadercespecversion": "1.0", "ce-kafkaheaderceid": "7",
				"ce-kafkaheadercesource": "/me", "ce-kafkaheadercetype": "t"}), "hello"},
		{"a bad time", kgo.Record{Value: []byte("hello"),
			Headers: brokertest.Headers("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/me", "ce_type", "t", "ce_time", "lunchtime")},
			with(map[string]string{"ce-kafkaheadercespecversion": "1.0", "ce-kafkaheaderceid": "7",
				"ce-kafkaheadercesource": "/me", "ce-kafkaheadercetype": "t",
				"ce-kafkaheadercetime": "lunchtime"}), "hello"},
		{"a bad source", kgo.Record{Value: []byte("hello"),
			Headers: brokertest.Headers("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/a%zz", "ce_type", "t")},
			with(map[string]string{"ce-kafkaheadercespecversion": "1.0", "ce-kafkaheaderceid": "7",
				"ce-kafkaheadercesource": "/a%zz", "ce-kafkaheadercetype": "t"}), "hello"},
		{"an old version and an empty id are events", kgo.Record{Value: []byte("hello"),
			Headers: brokertest.Headers("ce_specversion", "0.3", "ce_id", "", "ce_source", "/me", "ce_type", "t", "ce_partitionkey", "p")},
			cloneWith(cloneWith(event, "ce-specversion", "0.3"), "ce-id", ""), "hello"},
		{"a value that is not an event", kgo.Record{Value: []byte("hello"),
			Headers: brokertest.Headers("content-type", "application/cloudevents+json")},
			with(map[string]string{"content-type": "application/cloudevents+json"}), "hello"},
		{"a tombstone", kgo.Record{}, plain, ""},
		{"record headers", kgo.Record{Value: []byte("hello"),
			Headers: brokertest.Headers("X-Trace_Id", "1", "Content-Type", "Text/Plain")},
			with(map[string]string{"ce-kafkaheaderxtraceid": "1", "content-type": "text/plain"}), "hello"},
		{"a binary event is unpacked, without the record's key",
			kgo.Record{Key: []byte("k"), Value: []byte("hello"),
				Headers: brokertest.Headers("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/me", "ce_type", "t",
					"ce_partitionkey", "p", "content-type", "text/plain", "other", "dropped")},
			func() map[string]string { m := cloneWith(event, "content-type", "text/plain"); return m }(), "hello"},
		{"a structured event is unpacked",
			kgo.Record{Key: []byte("k"), Headers: brokertest.Headers("content-type", "application/cloudevents+json; charset=UTF-8"),
				Value: []byte(`{"specversion":"1.0","id":"7","source":"/me","type":"t","partitionkey":"p","time":"2024-01-01t00:00z","data":{ "a" : 1.10 }}`)},
			cloneWith(cloneWith(event, "ce-time", "2024-01-01T00:00:00Z"), "content-type", "application/json"), `{"a":1.1}`},
		{"half an event is a plain record", kgo.Record{Value: []byte("hello"), Headers: brokertest.Headers("ce_id", "7")},
			with(map[string]string{"ce-kafkaheaderceid": "7"}), "hello"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cluster, client := brokertest.Start(t, 1, "in", "out")
			function := serve(t, accept)
			start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: "http://unused.invalid"})
			test.record.Topic, test.record.Timestamp = "in", at
			brokertest.Produce(t, client, &test.record)
			shared.Eventually(t, "a delivery", func() bool { return len(function.got()) == 1 })
			got := function.got()[0]
			if diff := cmp.Diff(test.want, eventHeader(got.Header)); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if got.Body != test.body {
				t.Errorf("body %q, want %q", got.Body, test.body)
			}
			for name, want := range map[string]string{
				"User-Agent": "Vert.x-WebClient/4.5.27", "Accept-Encoding": "", "Content-Length": fmt.Sprint(len(test.body)),
			} {
				if value := got.Header.Get(name); value != want {
					t.Errorf("%s: %q, want %q", name, value, want)
				}
			}
		})
	}
}

func cloneWith(m map[string]string, key, value string) map[string]string {
	c := maps.Clone(m)
	c[key] = value
	return c
}

func TestSourceRetriesAndDeadLetters(t *testing.T) {
	quick := eventing.Delivery{Retry: 3, Backoff: time.Millisecond, Timeout: 200 * time.Millisecond}
	for _, test := range []struct {
		name     string
		handle   func(n int, w http.ResponseWriter, r *http.Request)
		attempts int
		dead     map[string]string // extensions of the dead letter, nil when there must be none
	}{
		{"accepted", accept, 1, nil},
		{"any 2xx", status(299), 1, nil},
		{"accepted by the last retry", func(n int, w http.ResponseWriter,
			_ *http.Request) {
			w.WriteHeader([]int{503, 429, 404, 200}[n-1])
		}, 4, nil},
		{"404", status(404), 4, map[string]string{"knativeerrorcode": "404"}},
		{"408", status(408), 4, map[string]string{"knativeerrorcode": "408"}},
		{"409", status(409), 4, map[string]string{"knativeerrorcode": "409"}},
		{"429", status(429), 4, map[string]string{"knativeerrorcode": "429"}},
		{"500", status(500), 4, map[string]string{"knativeerrorcode": "500"}},
		{"599", status(599), 4, map[string]string{"knativeerrorcode": "599"}},
		{"400 at once", status(400), 1, map[string]string{"knativeerrorcode": "400"}},
		{"422 at once", status(422), 1, map[string]string{"knativeerrorcode": "422"}},
		{"a redirect at once", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, 1,
			map[string]string{"knativeerrorcode": "302"}},
		{"a timeout has no code", func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 4,
			map[string]string{}},
		{"the body, and Kne- headers", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Kne-Hint", "shorter")
			w.WriteHeader(413)
			io.WriteString(w, strings.Repeat("x", 2000))
		}, 1, map[string]string{"knativeerrorcode": "413", "hint": "shorter",
			"knativeerrordata": base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 1024)))}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cluster, client := brokertest.Start(t, 1, "in", "out")
			function, dead := serve(t, test.handle), serve(t, accept)
			outcomes := make(chan eventing.Outcome, 1)
			start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: dead.URL, Delivery: quick,
				After: func(o eventing.Outcome) { outcomes <- o }})
			brokertest.Produce(t, client, &kgo.Record{Topic: "in", Key: []byte("k"), Value: []byte("hello")})
			o := <-outcomes
			if o.DeadLettered != (test.dead != nil) || o.Attempts != test.attempts {
				t.Errorf("dead-lettered: %v after %d attempts, want %v after %d", o.DeadLettered, o.Attempts, test.dead != nil, test.attempts)
			}
			if !o.DeadLettered {
				return
			}
			letter := dead.got()[0]
			want := cloneWith(test.dead, "knativeerrordest", function.URL)
			got := make(map[string]string)
			for name, value := range eventHeader(letter.Header) {
				name = strings.TrimPrefix(name, "ce-")
				if strings.HasPrefix(name, "knativeerror") || name == "hint" {
					got[name] = value
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("extensions (-want +got):\n%s", diff)
			}
			if letter.Body != "hello" || letter.Header.Get("Ce-Id") != "partition:0/offset:0" ||
				letter.Header.Get("Ce-Partitionkey") != "k" {
				t.Errorf("the dead letter is not the event: %v", letter)
			}
		})
	}
}

// A record is not lost while the dead letter sink is unavailable. A KafkaSource loses it.
func TestSourceWaitsForItsDeadLetterSink(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "out")
	function := serve(t, status(422))
	dead := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(map[bool]int{true: 503, false: 202}[n < 8])
	})
	var done sync.WaitGroup
	done.Add(1)
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: dead.URL,
		Delivery: eventing.Delivery{Retry: 1, Backoff: time.Microsecond},
		After:    func(eventing.Outcome) { done.Done() }})
	brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("hello")})
	done.Wait()
	if n := len(dead.got()); n != 8 {
		t.Errorf("posted %d times, want 8", n)
	}
}

// A source that is stopped while it waits for the next attempt commits nothing: the next one delivers the record.
func TestSourceStopsWhileItRetries(t *testing.T) {
	for name, tt := range map[string]struct{ function, dead int }{
		"the function": {503, 202}, "the dead letter sink": {422, 503},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, client := brokertest.Start(t, 1, "in", "out")
			function, dead := serve(t, status(tt.function)), serve(t, status(tt.dead))
			waits := dead
			if tt.function == 503 {
				waits = function
			}
			var log shared.Buffer
			delivery := eventing.Delivery{Retry: 10, Backoff: time.Hour, Timeout: time.Minute}
			stop := start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: dead.URL, Delivery: delivery,
				Log:   slog.New(slog.NewTextHandler(&log, nil)),
				After: func(o eventing.Outcome) { t.Errorf("the record counts as delivered: %+v", o) }})
			brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("x")})
			shared.Eventually(t, "a warning that the source waits", func() bool {
				return strings.Contains(log.String(), "retrying") || strings.Contains(log.String(), "does not accept")
			})
			stop()
			if n := len(waits.got()); n != 1 || committed(t, client) > 0 {
				t.Errorf("%d attempts, and offset %d is committed", n, committed(t, client))
			}
			accepting, outcomes := serve(t, accept), make(chan eventing.Outcome, 1)
			start(t, cluster, &eventing.Source{Sink: accepting.URL, DeadLetter: dead.URL,
				After: func(o eventing.Outcome) { outcomes <- o }})
			shared.Eventually(t, "the record at the next source", func() bool { return len(outcomes) > 0 })
			if o := <-outcomes; o.Record.Offset != 0 || o.DeadLettered || len(accepting.got()) != 1 {
				t.Errorf("the next source: %+v", o)
			}
		})
	}
}

// A group without offsets reads a topic from its start, or from its end.
func TestSourceStartsAtEitherEnd(t *testing.T) {
	for fromEnd, want := range map[bool]string{false: "old", true: "new"} {
		cluster, client := brokertest.Start(t, 1, "in", "out")
		brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("old")})
		function := serve(t, accept)
		start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL, FromEnd: fromEnd})
		shared.Eventually(t, "an event", func() bool {
			brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("new")})
			return len(function.got()) > 0
		})
		if got := function.got()[0].Body; got != want {
			t.Errorf("from the end %v: the first event is %q", fromEnd, got)
		}
	}
}

// The log of a source shows events that are retried and refused, with one line per event instead of one per attempt.
func TestSourceLogsOncePerEvent(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "out")
	function := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader([]int{503, 503, 503, 422, 200, 422}[n-1])
	})
	dead := serve(t, accept)
	var settled sync.WaitGroup
	settled.Add(3)
	var log bytes.Buffer
	stop := start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: dead.URL,
		Delivery: eventing.Delivery{Retry: 5, Backoff: time.Microsecond},
		Log:      slog.New(slog.NewTextHandler(&log, nil)), After: func(eventing.Outcome) { settled.Done() }})
	brokertest.Produce(t, client, &kgo.Record{Topic: "in"}, &kgo.Record{Topic: "in"}, &kgo.Record{Topic: "in"})
	settled.Wait()
	stop()
	said := log.String()
	retries, letters := strings.Count(said,
		"level=WARN msg=retrying id=partition:0/offset:0 attempt=1 "), strings.Count(said, `level=WARN msg="dead letter"`)
	if retries != 1 || letters != 2 || strings.Count(said, "\n") != 3 {
		t.Errorf("logged:\n%s", said)
	}
	line := regexp.MustCompile(`msg="dead letter" id=partition:0/offset:\d source=\S+#in attempts=\d reason=status_\d+ answer=`)
	if got := len(line.FindAllString(said, -1)); got != 2 {
		t.Errorf("%d of them with id, source and reason:\n%s", got, said)
	}
}

// A dead letter that seems too large for its topic is posted without its data. The sink only says that it is not
// available.
func TestSourceOmitsTheDataOfALargeDeadLetter(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "out")
	function := serve(t, status(422))
	dead := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(map[bool]int{true: 503, false: 202}[n <= 3])
	})
	var log shared.Buffer
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: dead.URL,
		Delivery: eventing.Delivery{Backoff: time.Microsecond}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	data := strings.Repeat("x", 950<<10)
	brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte(data)})
	shared.Eventually(t, "a dead letter without data", func() bool { return len(dead.got()) == 4 })
	if got := dead.got(); got[2].Body != data || got[3].Body != "" || got[3].Header.Get("Ce-Subject") != "partition:0#0" ||
		got[3].Header.Get("Ce-Dataomitted") != "true" {
		t.Errorf("dead letters of %d and %d bytes, the last with %v", len(got[2].Body), len(got[3].Body), got[3].Header)
	}
	if n := strings.Count(log.String(), "the dead letter sink does not accept"); n != 2 { // the third one's answer is used
		t.Errorf("it waited %d times:\n%s", n, &log)
	}
}

// committed returns the group's offset in partition 0 of the input topic, or -1 if there is none.
func committed(t *testing.T, client *kgo.Client) int64 {
	t.Helper()
	offsets, err := kadm.NewClient(client).FetchOffsets(t.Context(), "group")
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := offsets.Lookup("in", 0); ok {
		return o.At
	}
	return -1
}

func TestOrderedDeliveryHasOneInFlightPerPartition(t *testing.T) {
	cluster, client := brokertest.Start(t, 2, "in", "out")
	var mu sync.Mutex
	inFlight, most := make(map[string]int), 0
	var order []string
	function := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		p := r.Header.Get("Ce-Knativekafkapartition")
		mu.Lock()
		inFlight[p]++
		most = max(most, inFlight[p])
		if p == "0" {
			order = append(order, r.Header.Get("Ce-Knativekafkaoffset"))
		}
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		inFlight[p]--
		mu.Unlock()
		w.WriteHeader(202)
	})
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL})
	for i := range 200 {
		brokertest.Produce(t, client, &kgo.Record{Topic: "in", Key: fmt.Append(nil, i), Value: []byte("x")})
	}
	shared.Eventually(t, "all delivered", func() bool { return len(function.got()) == 200 })
	mu.Lock()
	defer mu.Unlock()
	if most != 1 {
		t.Errorf("%d in flight in one partition", most)
	}
	for i, offset := range order {
		if offset != fmt.Sprint(i) {
			t.Fatalf("delivery %d of partition 0 is offset %s", i, offset)
		}
	}
}

// An offset is not committed while an earlier record is unfinished.
func TestUnorderedDeliveryCommitsWithoutGaps(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "out")
	release := make(chan struct{})
	function := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Ce-Knativekafkaoffset") == "3" {
			<-release
		}
		w.WriteHeader(202)
	})
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL, Unordered: true})
	for range 20 {
		brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("x")})
	}
	shared.Eventually(t, "all sent", func() bool { return len(function.got()) == 20 })
	shared.Eventually(t, "a commit", func() bool { return committed(t, client) == 3 })
	time.Sleep(300 * time.Millisecond)
	if at := committed(t, client); at != 3 {
		t.Errorf("committed %d while record 3 is in flight", at)
	}
	close(release)
	shared.Eventually(t, "the rest committed", func() bool { return committed(t, client) == 20 })
}

// A source commits what was accepted before it stops, and the next source continues there.
func TestSourceContinuesWhereItStopped(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "out")
	function := serve(t, accept)
	stop := start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL})
	for range 50 {
		brokertest.Produce(t, client, &kgo.Record{Topic: "in", Value: []byte("x")})
	}
	shared.Eventually(t, "some delivered", func() bool { return len(function.got()) > 10 })
	stop()
	n := len(function.got())
	if at := committed(t, client); at != int64(n) {
		t.Errorf("committed %d of %d", at, n)
	}
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL})
	shared.Eventually(t, "all delivered", func() bool { return len(function.got()) >= 50 })
	time.Sleep(50 * time.Millisecond)
	if n := len(function.got()); n != 50 {
		t.Errorf("%d deliveries of 50 records", n)
	}
}

// A source pauses fetching while the function hangs and the queue of a partition is full. Then it resumes, and no
// record is lost.
func TestSourcePausesWhenTheFunctionIsSlow(t *testing.T) {
	cluster, client := brokertest.Start(t, 1, "in", "out")
	release := make(chan struct{})
	function := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		<-release
		w.WriteHeader(http.StatusAccepted)
	})
	const n = 2 * eventing.MaxQueue
	var records []*kgo.Record
	for range n {
		records = append(records, &kgo.Record{Topic: "in", Value: []byte("x")})
	}
	brokertest.Produce(t, client, records...)
	s := &eventing.Source{Sink: function.URL, DeadLetter: function.URL}
	start(t, cluster, s)
	shared.Eventually(t, "a full queue", func() bool { return s.Queued() >= eventing.MaxQueue })
	time.Sleep(500 * time.Millisecond)
	if queued := s.Queued(); queued > eventing.MaxQueue+500 {
		t.Errorf("%d records are queued: fetching does not pause", queued)
	}
	close(release)
	for end := time.Now().Add(time.Minute); len(function.got()) < n &&
		time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
	}
	shared.Eventually(t, "all delivered and committed", func() bool {
		return len(function.got()) == n &&
			committed(t, client) == n
	})
}

// A source commits a revoked partition up to the last delivered record, so that the next owner repeats none.
func TestSourceCommitsRevokedPartitions(t *testing.T) {
	cluster, client := brokertest.Start(t, 2, "in", "out")
	function, second := serve(t, accept), serve(t, accept)
	start(t, cluster, &eventing.Source{Sink: function.URL, DeadLetter: function.URL})
	write := func(n int) {
		for i := range n {
			brokertest.Produce(t, client, &kgo.Record{Topic: "in", Key: fmt.Append(nil, i), Value: []byte("x")})
		}
	}
	write(40)
	shared.Eventually(t, "40 deliveries", func() bool { return len(function.got()) == 40 })
	start(t, cluster, &eventing.Source{Sink: second.URL, DeadLetter: second.URL})
	all := 40
	shared.Eventually(t, "a delivery by the second source", func() bool {
		if len(second.got()) > 0 {
			return true
		}
		write(20)
		all += 20
		time.Sleep(50 * time.Millisecond)
		return false
	})
	shared.Eventually(t, "all delivered", func() bool { return len(function.got())+len(second.got()) >= all })
	time.Sleep(200 * time.Millisecond)
	seen := make(map[string]int)
	for _, r := range append(function.got(), second.got()...) {
		seen[r.Header.Get("Ce-Id")]++
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s is delivered %d times", id, n)
		}
	}
}

func TestSourceNeedsADeadLetterSink(t *testing.T) {
	if err := (&eventing.Source{Sink: "http://function.invalid"}).Run(t.Context()); err == nil {
		t.Error("a source without one runs")
	}
}
