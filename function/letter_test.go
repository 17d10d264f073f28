package function_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reddit-classifier/function"
)

// letters returns a dead letter sink and the setting that uses it.
func letters(t *testing.T, statuses ...int) (*sink, func(*function.Config)) {
	s := newSink(t, statuses...)
	return s, func(c *function.Config) { c.DeadLetter = s.URL + "/errors" }
}

// letterOf returns the i-th letter of a sink, and checks its event.
func letterOf(t *testing.T, s *sink, i int) function.Letter {
	t.Helper()
	if i >= len(s.accepted) {
		t.Fatalf("there are %d letters", len(s.accepted))
	}
	e := s.accepted[i]
	var l function.Letter
	if err := json.Unmarshal(e.Data(), &l); err != nil {
		t.Fatal(err)
	}
	if err := e.Validate(); err != nil {
		t.Error(err)
	}
	x := e.Extensions()
	if e.Type() != function.ErrorType || e.Source() != "/reddit-classifier" || e.DataContentType() != asJSON ||
		x["reason"] != l.Reason || x["code"] != int32(l.Code) {
		t.Errorf("the event of the letter is %v", e)
	}
	if since := time.Since(l.Time); since < 0 || since > time.Minute {
		t.Errorf("the letter is of %v", l.Time)
	}
	return l
}

// TestLetters: a refused event is acknowledged once the dead letter sink has it, with all that delivers it again.
func TestLetters(t *testing.T) {
	one, zero := 1, int64(0)
	kafkaOrigin := function.Origin{
		Source: "/apis/v1/namespaces/default/kafkasources/comments#reddit-classifier-input", Topic: "reddit-classifier-input",
		Partition: &one, Offset: &zero,
		Key: "t1_abc", ID: "partition:1/offset:0", Time: "2026-11-22T16:09:00.123Z",
	}
	kafkaEvent := map[string]string{
		"specversion": "1.0", "id": "partition:1/offset:0", "type": "dev.knative.kafka.event", "source": kafkaOrigin.Source,
		"subject": "partition:1#0",
		"time":    "2026-11-22T16:09:00.123Z", "partitionkey": "t1_abc", "key": "t1_abc", "knativekafkapartition": "1",
		"knativekafkaoffset": "0", "kafkaheaderorigin": "test",
	}
	with := func(m map[string]string, more ...string) map[string]string {
		c := map[string]string{}
		for name, value := range m {
			c[name] = value
		}
		for i := 0; i < len(more); i += 2 {
			c[more[i]] = more[i+1]
		}
		return c
	}
	header := func(r *http.Request, more ...string) *http.Request {
		for i := 0; i < len(more); i += 2 {
			r.Header.Set(more[i], more[i+1])
		}
		return r
	}
	const structured = "application/cloudevents+json"
	const bare = `{"specversion":"1.0","id":"9","source":"/a","type":"b","partitionkey":"k","n":3,"data":{"data":{"ndarray":[1]}}}`
	for _, tt := range []struct {
		name string
		make func() *http.Request
		want function.Letter
	}{
		{"a record", func() *http.Request { return kafka(`{"data":{"ndarray":[1]}}`) },
			function.Letter{Reason: "not_text", Code: 422, Origin: kafkaOrigin, Event: kafkaEvent, Mode: "binary",
				Data: []byte(`{"data":{"ndarray":[1]}}`)}},
		{"a tombstone", func() *http.Request { return kafka("") },
			function.Letter{Reason: "no_data", Code: 422, Origin: kafkaOrigin, Event: kafkaEvent, Mode: "binary"}},
		{"bytes", func() *http.Request { return kafka("\x00\xff") },
			function.Letter{Reason: "binary_data", Code: 422, Origin: kafkaOrigin, Event: kafkaEvent, Mode: "binary",
				Data: []byte("\x00\xff")}},
		{"a content type", func() *http.Request { return header(kafka("a"), "Content-Type", "text/html") },
			function.Letter{Reason: "unsupported_content_type", Code: 415, Origin: kafkaOrigin,
				Event: with(kafkaEvent, "datacontenttype", "text/html"), Mode: "binary", Data: []byte("a")}},
		{"an event of Avro", func() *http.Request {
			return header(kafka("a"), "Content-Type",
				"application/cloudevents+avro")
		},
			function.Letter{Reason: "unsupported_content_type", Code: 415, Origin: kafkaOrigin,
				Event: with(kafkaEvent, "datacontenttype", "application/cloudevents+avro"), Mode: "binary", Data: []byte("a")}},
		{"a time", func() *http.Request { return header(kafka("a"), "Ce-Time", "noon") },
			function.Letter{Reason: "bad_attribute", Code: 400,
				Origin: func() function.Origin { o := kafkaOrigin; o.Time = "noon"; return o }(),
				Event:  with(kafkaEvent, "time", "noon"), Mode: "binary", Data: []byte("a")}},
		{"no id", func() *http.Request { return header(kafka("a"), "Ce-Id", "") },
			function.Letter{Reason: "not_a_cloudevent", Code: 400,
				Origin: func() function.Origin { o := kafkaOrigin; o.ID = ""; return o }(),
				Event:  func() map[string]string { m := with(kafkaEvent); delete(m, "id"); return m }(), Mode: "binary",
				Data: []byte("a")}},
		{"a Latin-1 key", func() *http.Request { return header(kafka(""), "Ce-Kafkaheaderorigin", "caf\xe9") },
			function.Letter{Reason: "no_data", Code: 422, Origin: kafkaOrigin,
				Event:       func() map[string]string { m := with(kafkaEvent); delete(m, "kafkaheaderorigin"); return m }(),
				EventBase64: map[string][]byte{"kafkaheaderorigin": []byte("caf\xe9")}, Mode: "binary"}},
		{"a structured event", func() *http.Request { return post(bare, "Content-Type", structured) },
			function.Letter{Reason: "not_text", Code: 422, Origin: function.Origin{Source: "/a", ID: "9", Key: "k"},
				Mode: "binary", Data: []byte(`{"data":{"ndarray":[1]}}`),
				Event: map[string]string{"specversion": "1.0", "id": "9", "source": "/a", "type": "b", "partitionkey": "k",
					"n": "3", "datacontenttype": asJSON}}},
		{"a broken structured event in a record", func() *http.Request {
			return header(kafka(`{"id":"9","sour`),
				"Content-Type", structured)
		},
			function.Letter{Reason: "invalid_json", Code: 400, Origin: kafkaOrigin, Event: map[string]string{"id": "9"},
				Mode: "structured", Data: []byte(`{"id":"9","sour`)}},
		{"a broken batch in a record", func() *http.Request {
			return header(kafka(`[{`), "Content-Type",
				"application/cloudevents-batch+json")
		},
			function.Letter{Reason: "invalid_json", Code: 400, Origin: kafkaOrigin,
				Event: with(kafkaEvent, "datacontenttype", "application/cloudevents-batch+json"), Mode: "batch",
				Data: []byte(`[{`)}},
		{"a long body", func() *http.Request { return kafka(strings.Repeat("a", 4<<20+1)) },
			function.Letter{Reason: "body_too_large", Code: 413, Origin: kafkaOrigin, Event: kafkaEvent, DataOmitted: true}},
		{"data that does not fit", func() *http.Request { return kafka(`{"data":[` + strings.Repeat(" ", 800_000)) },
			function.Letter{Reason: "invalid_json", Code: 400, Origin: kafkaOrigin, Event: kafkaEvent, Mode: "binary",
				DataOmitted: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, set := letters(t, 503, 202)
			f := start(t, set)
			for range 2 {
				if w := handle(f, tt.make()); w.Code != 202 || w.Body.Len() != 0 {
					t.Fatalf("answered %d %s", w.Code, w.Body)
				}
			}
			got := letterOf(t, s, 0)
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(function.Letter{}, "Time", "Error"),
				cmpopts.EquateEmpty()); diff != "" || got.Error == "" {
				t.Errorf("(-want +got) %s:\n%s", got.Error, diff)
			}
			if a, b := s.accepted[0].ID(), s.accepted[1].ID(); a != b {
				t.Errorf("a second delivery has the id %s, the first %s", b, a)
			}
			if key, _ := s.accepted[0].Extensions()["partitionkey"].(string); key != tt.want.Origin.Key {
				t.Errorf("the letter's key is %q", key)
			}
		})
	}
}

// TestLettersAreDistinct: events that cannot be told apart by source and id have letters of their own.
func TestLettersAreDistinct(t *testing.T) {
	s, set := letters(t, 202)
	f := start(t, set)
	for _, body := range []string{"[]", `{"id":"1"}`, `{"id":"1"} `, `[{},{},17,17]`} {
		contentType := "application/cloudevents+json"
		if strings.HasPrefix(body, "[{") {
			contentType = "application/cloudevents-batch+json"
		}
		if w := handle(f, post(body, "Content-Type", contentType)); w.Code != 202 {
			t.Errorf("%s: answered %d %s", body, w.Code, w.Body)
		}
	}
	seen := map[string]bool{}
	for _, e := range s.accepted {
		seen[e.ID()] = true
	}
	if len(s.accepted) != 7 || len(seen) != 7 {
		t.Errorf("%d letters have %d ids", len(s.accepted), len(seen))
	}
}

// TestWithoutLetter: what is not a refusal of an event, or would come back for ever, is answered as without a dead
// letter sink.
func TestWithoutLetter(t *testing.T) {
	s, set := letters(t, 202)
	f := start(t, set, func(c *function.Config) { c.REST = false })
	cut := kafka("a")
	cut.ContentLength = 5
	own := kafka("a")
	own.Header.Set("Ce-Type", function.ErrorType)
	for name, tt := range map[string]struct {
		r    *http.Request
		code int
	}{
		"a good event": {kafka("a"), 200}, "no event": {post("a"), 400}, "GET": {httptest.NewRequest("GET", "/", nil), 405},
		"half a body": {cut, 400}, "a letter": {own, 422},
	} {
		if w := handle(f, tt.r); w.Code != tt.code {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
		}
	}
	if s.posts != 0 {
		t.Errorf("%d letters were posted", s.posts)
	}
}

// TestLetterThatIsNotTaken: the event is not acknowledged, so that the source delivers it again.
func TestLetterThatIsNotTaken(t *testing.T) {
	for _, status := range []int{503, 400, 413, 302} {
		_, set := letters(t, status)
		w := handle(start(t, set, func(c *function.Config) { c.SinkTimeout = 200 * time.Millisecond }), kafka("\x00"))
		if w.Code != 503 || reasonOf(t, w) != "dead_letter_sink" || !strings.Contains(w.Body.String(), "binary_data") {
			t.Errorf("a dead letter sink that says %d: answered %d %s", status, w.Code, w.Body)
		}
	}
}

// TestLettersOfABatch: predictions go to the sink, refusals to the dead letter sink.
func TestLettersOfABatch(t *testing.T) {
	const head = `{"specversion":"1.0","source":"/s","type":"t","id":`
	const good, bad, none = head + `"1","data":{"instances":["hi"]}}`, head + `"2","data":{"comment":"hi"}}`, `{"id":"3","source":"/s","type":"t"}`
	out := newSink(t, 202)
	s, set := letters(t, 202)
	batch := func(body string) *http.Request {
		r := kafka(body)
		r.Header.Set("Content-Type", "application/cloudevents-batch+json")
		return r
	}
	f := start(t, set, to(out.URL, time.Second))
	if w := handle(f, batch("["+good+","+bad+",\n "+none+"]")); w.Code != 202 || len(out.accepted) != 1 ||
		len(s.accepted) != 2 {
		t.Fatalf("answered %d %s; %d predictions, %d letters", w.Code, w.Body, len(out.accepted), len(s.accepted))
	}
	first, second := letterOf(t, s, 0), letterOf(t, s, 1)
	if first.Reason != "unknown_shape" || first.Mode != "binary" || string(first.Data) != `{"comment":"hi"}` ||
		first.Event["id"] != "2" || *first.Origin.Offset != 0 || first.Origin.Topic != "reddit-classifier-input" {
		t.Errorf("the first letter is %+v", first)
	}
	if second.Reason != "not_a_cloudevent" || second.Mode != "structured" || string(second.Data) != none ||
		second.Event["id"] != "3" || second.Origin.Key != "t1_abc" {
		t.Errorf("the second letter is %+v", second)
	}
	if key := s.accepted[0].Extensions()["partitionkey"]; key != "t1_abc" {
		t.Errorf("the letter's key is %v", key)
	}
	if w := handle(start(t, set), batch("["+bad+"]")); w.Code != 202 || w.Body.Len() != 0 {
		t.Errorf("without K_SINK, all refused: answered %d %s", w.Code, w.Body)
	}
	if w := handle(start(t, set), batch("["+bad+","+good+"]")); w.Code != 200 ||
		strings.Count(w.Body.String(), `"specversion"`) != 1 {
		t.Errorf("without K_SINK, one refused: answered %d %s", w.Code, w.Body)
	}
	if w := handle(start(t, set), batch("[]")); w.Code != 200 || w.Body.String() != "[]" {
		t.Errorf("an empty batch: answered %d %s", w.Code, w.Body)
	}
	_, failing := letters(t, 400)
	if w := handle(start(t, failing, to(out.URL, time.Second)), batch("["+bad+"]")); w.Code != 503 ||
		reasonOf(t, w) != "dead_letter_sink" {
		t.Errorf("a dead letter sink that refuses: answered %d %s", w.Code, w.Body)
	}
}

// TestDeadLetterSink resolves the setting against K_SINK.
func TestDeadLetterSink(t *testing.T) {
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		paths = append(paths, r.Host+r.URL.Path)
		w.WriteHeader(202)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, tt := range []struct {
		sink, letters, want string
		code                int
	}{
		{server.URL + "/ns/output", "errors", host + "/ns/errors", 202},
		{server.URL + "/ns/output", "/other/errors", host + "/other/errors", 202},
		{"", server.URL + "/errors", host + "/errors", 202},
		{"http://127.0.0.1:1/ns/output", server.URL + "/errors", host + "/errors", 202},
		{"", "errors", "", 422},
	} {
		paths = nil
		w := handle(start(t, func(c *function.Config) { c.Sink, c.DeadLetter = tt.sink, tt.letters }), kafka(""))
		if got := strings.Join(paths, " "); w.Code != tt.code || got != tt.want {
			t.Errorf("%s, %s: %d, posted to %s, want %s", tt.sink, tt.letters, w.Code, got, tt.want)
		}
	}
	for _, bad := range []string{"ftp://secret@x", "http://", ":"} {
		c := function.Defaults()
		c.Sink, c.DeadLetter = "http://sink.example/a", bad
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "DEAD_LETTER_SINK") ||
			strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestLettersAlwaysFit: whatever an event's attributes are, its letter fits into a record of 1 MiB, and the dead letter
// sink takes it.
func TestLettersAlwaysFit(t *testing.T) {
	s, set := letters(t, 202)
	f := start(t, set)
	long := strings.Repeat("k", 300_000)
	for _, names := range [][]string{{"Ce-Partitionkey"}, {"Ce-Subject"}, {"Ce-Id"},
		{"Ce-Key", "Ce-Partitionkey", "Ce-Kafkaheaderx", "Ce-Kafkaheadery"}, {"Ce-Source"}} {
		r := kafka("\x00")
		for _, name := range names {
			value := long
			if name == "Ce-Source" {
				value = "/" + long
			}
			r.Header.Set(name, value)
		}
		for i := range 500 {
			r.Header.Set("Ce-X"+strconv.Itoa(i), "v")
		}
		before := len(s.accepted)
		if w := handle(f, r); w.Code != 202 {
			t.Fatalf("%v: answered %d %s", names, w.Code, w.Body)
		}
		size := 0
		for name, value := range s.accepted[before].Extensions() {
			text, _ := value.(string)
			size += len(name) + len(text)
		}
		key, _ := s.accepted[before].Extensions()["partitionkey"].(string)
		if size += len(s.accepted[before].Data()) + len(key) + len(s.accepted[before].Subject()); size > 1<<20 {
			t.Errorf("%v: a letter of %d bytes", names, size)
		}
		if l := letterOf(t, s, before); *l.Origin.Offset != 0 || l.Reason != "binary_data" {
			t.Errorf("%v: %+v", names, l)
		}
	}
}
