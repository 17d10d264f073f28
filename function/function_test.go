package function_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"reddit-classifier/function"
)

var quiet = log.New(io.Discard, "", 0)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start returns a started function; settings change the default configuration.
func start(tb testing.TB, settings ...func(*function.Config)) *function.Function {
	tb.Helper()
	c := function.Defaults()
	c.LogLevel = 100 // nothing
	for _, set := range settings {
		set(&c)
	}
	f := function.NewWith(c)
	if err := f.Start(context.Background(), nil); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := f.Stop(context.Background()); err != nil {
			tb.Error(err)
		}
		if !f.Whole() {
			tb.Error("a request has not given back what it took of the budgets")
		}
	})
	return f
}

// kafka returns a request as KafkaSource makes it of a record with a key: no content type, and attributes that look
// like this.
func kafka(data string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(data))
	for name, value := range map[string]string{
		"ce-specversion": "1.0", "ce-id": "partition:1/offset:0", "ce-type": "dev.knative.kafka.event",
		"ce-source":  "/apis/v1/namespaces/default/kafkasources/comments#reddit-classifier-input",
		"ce-subject": "partition:1#0", "ce-time": "2026-11-22T16:09:00.123Z", "ce-partitionkey": "t1_abc", "ce-key": "t1_abc",
		"ce-knativekafkapartition": "1", "ce-knativekafkaoffset": "0", "ce-kafkaheaderorigin": "test", "prefer": "reply",
	} {
		r.Header.Set(name, value)
	}
	return r
}

func handle(f *function.Function, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.Handle(w, r)
	return w
}

func TestKafkaDelivery(t *testing.T) {
	original := func(c *function.Config) { c.ModelPath = "original" }
	w := handle(start(t, original), kafka(`{"data":{"ndarray":["This is an input"]}}`))
	// The answer of the original, byte for byte, with the coefficients of the pickles it was trained into here.
	const want = `{"data":{"names":["t:0","t:1"],"ndarray":[[0.6841162584069689,0.31588374159303106]]},"meta":{}}`
	if w.Code != http.StatusOK || w.Body.String() != want {
		t.Fatal(w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Ce-Type": function.PredictionType, "Ce-Specversion": "1.0", "Ce-Source": "/reddit-classifier",
		"Ce-Subject":      "partition:1#0",
		"Ce-Partitionkey": "t1_abc", "Ce-Causationid": "partition:1/offset:0", "Content-Type": "application/json",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if again := handle(start(t, original),
		kafka(`{"data":{"ndarray":["This is an input"]}}`)); again.Header().Get("Ce-Id") != w.Header().Get("Ce-Id") {
		t.Error("a second delivery got another id")
	}
}
