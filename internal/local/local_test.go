package local

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"
	fn "knative.dev/func-go/http"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func header(kv ...string) []kgo.RecordHeader {
	return brokertest.Headers(append(
		[]string{"ce_specversion", "1.0", "ce_id", "7", "ce_source", "/me", "ce_type", "t"}, kv...)...)
}

func TestAnswersOnOneLine(t *testing.T) {
	m, err := model.Default() // threshold 0.3239
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		record kgo.Record
		text   string
		want   string
	}{
		{"Seldon", kgo.Record{Key: []byte("k"), Headers: header(),
			Value: []byte(`{"data":{"names":["t:0","t:1"],"ndarray":[[0.75,0.25]]}}`)}, "some text",
			"k             kept 0.750                  some text"},
		{"KServe", kgo.Record{Key: []byte("k"), Headers: header(), Value: []byte(`{"predictions":[[0.75,0.25],[0.5,0.5]]}`)},
			"",
			"k             kept 0.750, removed 0.500"},
		{"Open Inference", kgo.Record{Key: []byte("k"), Headers: header(),
			Value: []byte(`{"outputs":[{"name":"proba","shape":[2,2],"data":[0.75,0.25,0.5,0.5]}]}`)}, "",
			"k             kept 0.750, removed 0.500"},
		{"labels", kgo.Record{Key: []byte("k"), Headers: header(),
			Value: []byte(`{"data":{"names":["t:0"],"ndarray":[["spam"],["ham"]]}}`)}, "",
			"k             spam, ham"},
		{"labels of Open Inference", kgo.Record{Key: []byte("k"), Headers: header(),
			Value: []byte(`{"outputs":[{"name":"label","shape":[1,1],"data":["spam"]}]}`)}, "",
			"k             spam"},
		{"no key, so the id of the event", kgo.Record{Headers: header("ce_causationid", "by-hand"),
			Value: []byte(`{"data":{"ndarray":[]}}`)}, "",
			"by-hand       answered"},
		{"refused", kgo.Record{Key: []byte("k"), Headers: header("ce_knativeerrordest", "http://f", "ce_knativeerrorcode",
			"422",
			"ce_knativeerrordata", "eyJlcnJvciI6Im5vdCB0ZXh0IiwicmVhc29uIjoibm90X3RleHQifQ==")}, "5",
			"k             refused: not_text           not text  [5]"},
		{"refused by something else", kgo.Record{Key: []byte("k"),
			Headers: header("ce_knativeerrordest", "http://f", "ce_knativeerrorcode", "502",
				"ce_knativeerrordata", "YmFkIGdhdGV3YXk=")}, "", "k             refused: status_502         bad gateway"},
		{"not reached", kgo.Record{Key: []byte("k"), Headers: header("ce_knativeerrordest", "http://f")}, "",
			"k             refused: no_answer"},
		{"a record of another program", kgo.Record{Key: []byte("k"), Value: []byte("\xff")}, "", "k             answered"},
	} {
		a := ReadAnswer(&test.record)
		a.Text = test.text
		if got := a.Line(m); got != test.want {
			t.Errorf("%s:\n%q, want\n%q", test.name, got, test.want)
		}
	}
}

func TestSnippet(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{`{"data":{"ndarray":["a\n  b"]}}`, "a b"},
		{`{"data":{"ndarray":[5]}}`, `{"data":{"ndarray":[5]}}`},
		{`{"strData":"a"}`, "a"},
		{`{"body":"a"}`, "a"},
		{`{"data":`, `{"data":`},
		{"", ""},
		{"\xff\x00é", "\x00é"},
		{strings.Repeat("é", 1000), strings.Repeat("é", 59) + "…"},
	} {
		if got := snippet([]byte(test.value)); got != test.want {
			t.Errorf("%q: %q, want %q", test.value, got, test.want)
		}
	}
}

func TestMessagesKeepTheText(t *testing.T) {
	got := NewMessage("8", "<b> & “it” \x00")
	if diff := cmp.Diff(Message{"8", `{"data":{"ndarray":["<b> & “it” \u0000"]}}`}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	keys := make(map[string]bool)
	for _, s := range Samples() {
		keys[s.Key] = true
	}
	for _, key := range append([]string{"emoji", "curly"}, RefusedSamples...) {
		if !keys[key] {
			t.Errorf("no sample %s", key)
		}
	}
}

// An answer may arrive before the producer reports the write, and twice.
func TestTracker(t *testing.T) {
	tracker := NewTracker()
	answer := func(id string, dead bool) {
		a := Answer{EventID: id}
		if dead {
			a.Refusal = &eventing.Refusal{}
		}
		tracker.Answered(a)
	}
	complete := func() bool {
		select {
		case <-tracker.Complete():
			return true
		default:
			return false
		}
	}
	answer("b", false)
	tracker.Fed("a")
	tracker.Fed("b")
	tracker.Fed("c")
	answer("b", false)
	answer("other", false)
	tracker.AllFed()
	answer("a", true)
	if complete() {
		t.Error("complete without c")
	}
	for i := range 100 {
		tracker.Delivered(eventing.Outcome{Duration: time.Duration(100-i) * time.Millisecond})
	}
	answer("c", false)
	if !complete() {
		t.Error("not complete")
	}
	s := tracker.Summary()
	s.Duration = 0
	want := Summary{Records: 3, Predictions: 4, DeadLetters: 1, P50: 51 * time.Millisecond, P99: 100 * time.Millisecond}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// slowFunction is a function that takes a while to start, or fails to start.
type slowFunction struct {
	err     error
	started chan struct{}
}

func (f *slowFunction) Handle(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusAccepted)
}

func (f *slowFunction) Start(context.Context, map[string]string) error {
	time.Sleep(10 * time.Millisecond)
	if f.err == nil {
		close(f.started)
	}
	return f.err
}

func (f *slowFunction) Ready(context.Context) (bool, error) {
	select {
	case <-f.started:
		return true, nil
	default:
		return false, nil
	}
}

func TestHost(t *testing.T) {
	h, err := StartHost(t.Context(), "127.0.0.1:0", &slowFunction{started: make(chan struct{})})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/": 202, "/health/readiness": 200, "/health/liveness": 200} {
		resp, err := http.Get(h.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	broken := errors.New("no model")
	if _, err := StartHost(t.Context(), "127.0.0.1:0",
		&slowFunction{err: broken, started: make(chan struct{})}); !errors.Is(err, broken) {
		t.Errorf("a start that fails: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := StartHost(t.Context(), l.Addr().String(), &slowFunction{}); err == nil ||
		!strings.Contains(err.Error(), "--listen") {
		t.Errorf("a port in use: %v", err)
	}
}

// A system that fails to start stops the parts that have started.
func TestStartFails(t *testing.T) {
	broken := errors.New("no model")
	_, err := Start(t.Context(), Config{Listen: "127.0.0.1:0",
		Function: func(string) (fn.Handler, error) { return nil, broken }})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, err := Start(t.Context(), Config{Cluster: broker.At("127.0.0.1:1")}); err == nil {
		t.Error("starts without a broker")
	}
}

// answering is a function that posts nothing.
type answering struct{}

func (answering) Handle(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }

// An answer has the comments of its event, if they are asked for.
func TestAnswersHaveComments(t *testing.T) {
	for _, asked := range []bool{false, true} {
		cluster, client := brokertest.Start(t, 1)
		answers, delivered := make(chan Answer, 1), make(chan struct{})
		s, err := Start(t.Context(), Config{
			Cluster: cluster, Listen: "127.0.0.1:0", Comments: asked, OnAnswer: func(a Answer) { answers <- a },
			OnDelivery: func(eventing.Outcome) { close(delivered) },
			Function:   func(string) (fn.Handler, error) { return answering{}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		id := ""
		m := Message{Key: "k", Value: `{"data":{"ndarray":["one  comment","another"]}}`}
		if err := s.Feed(t.Context(), Sequence(m), func(event string) { id = event }); err != nil {
			t.Fatal(err)
		}
		<-delivered
		brokertest.Produce(t, client, &kgo.Record{Topic: Output, Headers: header("ce_causationid", id), Value: []byte("{}")})
		var want []string
		if asked {
			want = []string{"one  comment", "another"}
		}
		if a := <-answers; !cmp.Equal(a.Comments, want) || a.Text != "one comment" {
			t.Errorf("asked %v: %q, %q", asked, a.Comments, a.Text)
		}
		s.Close()
	}
}

// refusing is a function that refuses every event with a long body.
type refusing struct{}

func (refusing) Handle(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusUnprocessableEntity)
	io.WriteString(w, strings.Repeat("no", 1024))
}

// The dead letter of the largest record that the input topic accepts fits the error topic.
func TestLargestRecordRefused(t *testing.T) {
	cluster, _ := brokertest.Start(t, 1)
	answers := make(chan Answer, 1)
	s, err := Start(t.Context(), Config{
		Cluster: cluster, Listen: "127.0.0.1:0", OnAnswer: func(a Answer) { answers <- a },
		Function: func(string) (fn.Handler, error) { return refusing{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	value := make([]byte, maxBytes-1200)
	rand.Read(value) // incompressible
	m := Message{Key: strings.Repeat("k", 1000), Value: string(value)}
	feed := func(m Message) error { return s.Feed(t.Context(), Sequence(m), func(string) {}) }
	if err := feed(Message{Key: m.Key, Value: m.Value + strings.Repeat("x", 1000)}); !errors.Is(err,
		kerr.MessageTooLarge) {
		t.Errorf("a larger record: %v", err)
	}
	if err := feed(m); err != nil {
		t.Fatal(err)
	}
	select {
	case a := <-answers:
		if a.Refusal == nil || !bytes.Equal(a.Record.Value, value) {
			t.Errorf("the dead letter does not have the whole record: %.200v", a)
		}
	case <-time.After(20 * time.Second):
		t.Error("no dead letter")
	}
}
