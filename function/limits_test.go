package function

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/cloudevent"
	"reddit-classifier/model"
)

// TestBodies has bodies at the limits: what is read of each, and the memory that is held for it then.
func TestBodies(t *testing.T) {
	const free = freeBytes
	for _, tt := range []struct {
		maxBody, length int64
		isKnown         bool
		held            int64 // -1: the body is too long
	}{
		{4 * free, 0, true, 0}, {4 * free, 1, true, 0}, {4 * free, free, true, 0}, {4 * free, free + 1, true, free + 1},
		{4 * free, 4 * free, true, 4 * free}, {4 * free, 4*free + 1, true, -1},
		{4 * free, 0, false, 0}, {4 * free, free - 1, false, 0}, {4 * free, free, false, free},
		{4 * free, free + 1, false, free + 1}, {4 * free, 4 * free, false, 4 * free}, {4 * free, 4*free + 1, false, -1},
		{free, free, true, 0}, {free, free + 1, true, -1}, {free, free, false, free}, {free, free + 1, false, -1},
		{free - 1, free - 1, false, 0}, {free - 1, free, false, -1}, {1000, 1000, false, 0}, {1000, 1001, false, -1},
	} {
		r := &servingState{memory: newMemory(tt.maxBody, time.Second, silent), maxBody: tt.maxBody, observer: silent}
		body := bytes.Repeat([]byte("0123456789abcde"), int(tt.length/15+1))[:tt.length]
		req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		if !tt.isKnown {
			req.ContentLength = -1
		}
		b := &buffers{memory: reservation{memory: r.memory}}
		err := r.readBody(req, b)
		held := b.memory.held[bodyMemory]
		if tt.held < 0 {
			if reason(err) != "body_too_large" || held != 0 {
				t.Errorf("%+v: %v, %d bytes are held", tt, err, held)
			}
			continue
		}
		if err != nil || held != tt.held || !bytes.Equal(b.body.Bytes(), body) {
			t.Errorf("%+v: %v, %d bytes are read and %d held", tt, err, b.body.Len(), held)
		}
	}
}

// TestWorkIsReserved: a request that weighs much waits for memory, whichever way it comes, and a short one does not.
func TestWorkIsReserved(t *testing.T) {
	c := Defaults()
	c.LogLevel = 100
	f := NewWith(c)
	if err := f.Start(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	r := f.state.Load()
	r.memory.patience = 0
	all := reservation{memory: r.memory}
	if err := all.Grow(context.Background(), workMemory, workBytes); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a word ", 5000) // half of what counts as a long body
	const head = `[{"specversion":"1.0","id":"1","source":"/a","type":"b","data":"`
	contents := "\xb8\x88\x00\x00" + long // 35,000 bytes
	const binary = `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":35004}}]}`
	requests := func(text string) map[string]*http.Request {
		event := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text))
		for _, name := range []string{"Ce-Specversion", "Ce-Id", "Ce-Source", "Ce-Type"} {
			event.Header.Set(name, "1.0")
		}
		return map[string]*http.Request{
			"an event": event,
			"a batch":  batchOf(head + text + `"}]`),
			"REST":     httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text)),
		}
	}
	waiting := requests(long)
	waiting["tensors"] = httptest.NewRequest(http.MethodPost, "/v2/models/"+r.classifier.name+"/infer",
		strings.NewReader(binary+contents))
	waiting["tensors"].Header.Set(binaryHeader, "97")
	for name, req := range waiting {
		w := httptest.NewRecorder()
		if f.Handle(w, req); w.Code != 503 || !strings.Contains(w.Body.String(), `"busy"`) {
			t.Errorf("%s is answered %d %.100s", name, w.Code, w.Body)
		}
	}
	for name, req := range requests("a") {
		w := httptest.NewRecorder()
		if f.Handle(w, req); w.Code != 200 {
			t.Errorf("%s, short, is answered %d %.100s", name, w.Code, w.Body)
		}
	}
	all.Release()
	for name, req := range requests(long) {
		w := httptest.NewRecorder()
		if f.Handle(w, req); w.Code != 200 {
			t.Errorf("%s, once there is memory, is answered %d %.100s", name, w.Code, w.Body)
		}
	}
	if err := f.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if left := r.memory.budgets[workMemory].free; left != workBytes {
		t.Errorf("%d bytes of %d are left", left, workBytes)
	}
}

// TestKeepWork: while a long answer is sent its length stays reserved, and nothing of a short one's.
func TestKeepWork(t *testing.T) {
	m := newMemory(1<<20, time.Second, silent)
	for n, want := range map[int]int64{0: 0, 1: 0, freeBytes: 0, freeBytes + 1: freeBytes + 1, 1 << 20: 1 << 20,
		3 << 20: 2 << 20} {
		b := &buffers{memory: reservation{memory: m}}
		if err := reserveWork(context.Background(), b, 2<<20); err != nil {
			t.Fatal(err)
		}
		if shrinkWork(b, n); b.memory.held[workMemory] != want || m.budgets[workMemory].free != workBytes-want {
			t.Errorf("of an answer of %d bytes %d are held and %d left", n, b.memory.held[workMemory],
				m.budgets[workMemory].free)
		}
		b.memory.Release()
	}
	for weight, want := range map[int64]int64{freeBytes: 0, freeBytes + 1: freeBytes + 1, workBytes: workBytes,
		workBytes + 1: workBytes} {
		b := &buffers{memory: reservation{memory: m}}
		if err := reserveWork(context.Background(), b, weight); err != nil || b.memory.held[workMemory] != want {
			t.Errorf("of a weight of %d, %d are held: %v", weight, b.memory.held[workMemory], err)
		}
		b.memory.Release()
	}
}

// TestForget: before a slow sink is asked, what is large of a request is let go, and only that.
func TestForget(t *testing.T) {
	for _, tt := range []struct {
		held     int64
		comments int
		want     bool
	}{{0, 1, false}, {0, maxPooledComments, false}, {0, maxPooledComments + 1, true}, {1 << 20, 1, true},
		{1 << 20, maxPooledComments + 1, true}} {
		m := newMemory(1<<20, time.Second, silent)
		b := &buffers{memory: reservation{memory: m}}
		if err := b.memory.Grow(context.Background(), bodyMemory, tt.held); err != nil {
			t.Fatal(err)
		}
		b.body.WriteString("data")
		b.in = cloudevent.Event{ID: "1", Data: b.body.Bytes()}
		b.request.comments = make([]string, 1, tt.comments)
		b.predictions.numbers = []float64{1}
		got := b.releaseBody()
		isKept := b.in.Data != nil && b.body.Cap() > 0 && cap(b.request.comments) > 0 && len(b.predictions.numbers) > 0
		isGone := b.in.Data == nil && b.body.Cap() == 0 && cap(b.request.comments) == 0 && b.predictions.numbers == nil
		if got != tt.want || !tt.want && !isKept || tt.want && !isGone || b.in.ID != "1" ||
			tt.want && m.budgets[bodyMemory].free != bodyBytes {
			t.Errorf("%+v: %v, kept %v, gone %v, %d bytes are left", tt, got, isKept, isGone, m.budgets[bodyMemory].free)
		}
	}
}

// TestPooled: buffers up to the sizes named are used again, larger ones are not.
func TestPooled(t *testing.T) {
	sized := func(body, response, comments, numbers int) *buffers {
		b := &buffers{response: make([]byte, 1, response)}
		b.body = *bytes.NewBuffer(make([]byte, 0, body))
		b.request.comments = make([]string, 1, comments)
		b.predictions.numbers = make([]float64, 1, numbers)
		return b
	}
	const size, comments, numbers = maxPooled, maxPooledComments, maxPooledNumbers
	for _, tt := range []struct {
		b    *buffers
		want bool
	}{
		{sized(size, size, comments, numbers), true}, {sized(size+1, size, comments, numbers), false},
		{sized(size, size+1, comments, numbers), false}, {sized(size, size, comments+1, numbers), false},
		{sized(size, size, comments, numbers+1), false},
	} {
		tt.b.recycle() // empties what it keeps
		if isReset := len(tt.b.response) == 0; isReset != tt.want {
			t.Errorf("buffers of %d and %d bytes, %d comments, %d numbers are kept: %v", tt.b.body.Cap(),
				cap(tt.b.response), cap(tt.b.request.comments), cap(tt.b.predictions.numbers), isReset)
		}
	}
}

// TestAnswerLimit: an answer may be as long as the limit, and no longer; attributes count beyond the room they have.
func TestAnswerLimit(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	c := &classifier{model: m, form: outputFormOf(m, m.Threshold()), source: "/us", digest: m.Digest(), limit: maxAnswer}
	in := &cloudevent.Event{ID: "1", Source: "/a", Type: "b", Data: []byte(`{"strData":"a"}`)}
	out, err := c.answer(context.Background(), &buffers{}, in)
	if err != nil {
		t.Fatal(err)
	}
	length, attributes := len(out.Data), out.AttributesSize()
	for limit, want := range map[int]string{length: "", length - 1: "answer_too_large"} {
		c.limit = limit
		if _, err := c.answer(context.Background(), &buffers{}, in); reason(err) != want {
			t.Errorf("of %d bytes with a limit of %d: %v", length, limit, err)
		}
	}
	const name = "correlationid"
	room := attributesRoom - attributes
	c.limit = length
	for n, want := range map[int]string{room - 100: "", room + 1: "answer_too_large"} {
		in.Extensions = []cloudevent.Extension{{Name: name, Value: strings.Repeat("x", n)}}
		if _, err := c.answer(context.Background(), &buffers{}, in); reason(err) != want {
			t.Errorf("with an extension of %d bytes: %v, want %q", n, err, want)
		}
	}
	in.Extensions = []cloudevent.Extension{{Name: "partitionkey", Value: strings.Repeat("x", room/2+1)}}
	if _, err := c.answer(context.Background(), &buffers{}, in); reason(err) != "answer_too_large" {
		t.Errorf("a partition key, which is the record's key as well: %v", err)
	}
}

// TestLetterKey: a letter has the key of the event, else that of the record which the event came in.
func TestLetterKey(t *testing.T) {
	c := &classifier{source: "/us", digest: strings.Repeat("0", 64)}
	carrier := &cloudevent.Event{ID: "1", Source: "/a", Type: "b"}
	carrier.Set("partitionkey", "of the record")
	own := &cloudevent.Event{ID: "2", Source: "/a", Type: "b"}
	own.Set("partitionkey", "of the event")
	for _, tt := range []struct {
		in, carrier *cloudevent.Event
		want        string
	}{
		{own, carrier, "of the event"}, {&cloudevent.Event{ID: "2"}, carrier, "of the record"},
		{own, &cloudevent.Event{}, "of the event"}, {&cloudevent.Event{ID: "2"}, &cloudevent.Event{}, ""},
	} {
		u := &rejectedEvent{event: tt.in, carrier: tt.carrier, mode: ModeBinary, refusal: errNotReady}
		e := c.letter(context.Background(), u)
		if got := e.Extension("partitionkey"); got != tt.want || e.Has("partitionkey") != (tt.want != "") {
			t.Errorf("the key is %q, want %q", got, tt.want)
		}
	}
}

// TestTooLong: a letter and its attributes have a room each, and the partition key, which is the record's key too,
// counts twice.
func TestTooLong(t *testing.T) {
	e := &cloudevent.Event{Data: make([]byte, maxLetter)}
	e.Set("partitionkey", strings.Repeat("k", 100))
	rest := attributesRoom - e.AttributesSize() - 100 - len("subject")
	if e.Subject = strings.Repeat("s", rest); exceedsRecord(e) {
		t.Error("a letter that just fits is too long")
	}
	if e.Subject += "s"; !exceedsRecord(e) {
		t.Error("attributes that are too long fit")
	}
	e.Subject = ""
	if e.Data = append(e.Data, 'x'); !exceedsRecord(e) {
		t.Error("data that is too long fits")
	}
}

// TestShorten keeps the attributes that every event can have, and the key, each cut to its first KiB.
func TestShorten(t *testing.T) {
	long := strings.Repeat("x", maxLetterAttribute)
	l := Letter{Event: map[string]string{"other": "o"}, EventBase64: map[string][]byte{"b": nil},
		Origin: Origin{Source: long + "s", Topic: long + "t", Key: long + "k", ID: long + "i", Time: long + "t"}}
	want := Letter{Event: map[string]string{}, Shortened: true,
		Origin: Origin{Source: long, Topic: long, Key: long, ID: long, Time: long}}
	for _, name := range []string{"specversion", "id", "source", "type", "subject", "time", "datacontenttype",
		"partitionkey"} {
		l.Event[name], want.Event[name] = long+name, long
	}
	l.shorten()
	if diff := cmp.Diff(want, l); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for s, want := range map[string]string{long: long, long[1:] + "\u00e9": long[1:], "a": "a"} {
		if got := truncateAttribute(s); got != want {
			t.Errorf("%d bytes are cut to %d, want %d", len(s), len(got), len(want))
		}
	}
}

// TestOrigin reads where an event came from: the topic only where a KafkaSource names it.
func TestOrigin(t *testing.T) {
	kafka := &cloudevent.Event{ID: "partition:1/offset:7", Time: "2026-11-22T16:09:00Z",
		Source: "/apis/v1/namespaces/default/kafkasources/comments#input"}
	kafka.Set("knativekafkapartition", "1")
	kafka.Set("knativekafkaoffset", "7")
	kafka.Set("key", "k")
	other := &cloudevent.Event{ID: "2", Source: "/docs/page#section"}
	other.Set("knativekafkapartition", "one")
	other.Set("partitionkey", "p")
	other.Set("key", "k")
	one, seven := 1, int64(7)
	ofKafka := Origin{Source: kafka.Source, Topic: "input", Partition: &one, Offset: &seven, Key: "k",
		ID: kafka.ID, Time: kafka.Time}
	for _, tt := range []struct {
		carrier, in *cloudevent.Event
		want        Origin
	}{
		{kafka, kafka, ofKafka}, {kafka, other, ofKafka}, {&cloudevent.Event{}, kafka, ofKafka},
		{other, kafka, Origin{Source: "/docs/page#section", Key: "p", ID: "2"}},
		{&cloudevent.Event{Source: "/kafkasources/x"}, other, Origin{Source: "/kafkasources/x"}},
	} {
		if diff := cmp.Diff(tt.want, originOf(tt.carrier, tt.in)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestUTF16 knows UTF-16 without a mark by two characters of ASCII, of which each has a zero byte on the same side.
func TestUTF16(t *testing.T) {
	kinds := []byte{0, 'a', '\n', '~', ' ', 0x7f, 0x80, 1}
	isText := func(c byte) bool { return c != 0 && c != 0x7f && c != 0x80 && c != 1 }
	for _, a := range kinds {
		for _, b := range kinds {
			for _, c := range kinds {
				for _, d := range kinds {
					want := a == 0 && isText(b) && c == 0 && isText(d) || isText(a) && b == 0 && isText(c) && d == 0
					if data := []byte{a, b, c, d, 'x'}; isUTF16(data) != want {
						t.Errorf("%q: %v", data, !want)
					}
				}
			}
		}
	}
	for data, want := range map[string]bool{"\xff\xfe": true, "\xfe\xff": true, "\xff": false, "a\x00b": false,
		"": false} {
		if isUTF16([]byte(data)) != want {
			t.Errorf("%q: %v", data, !want)
		}
	}
}
