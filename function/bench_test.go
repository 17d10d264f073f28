package function_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"reddit-classifier/function"
	"reddit-classifier/model"
)

// discard is a response that costs nothing, so that the benchmark measures the function.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

type body struct{ strings.Reader }

func (*body) Close() error { return nil }

// comment is of the median length of a comment in the dataset.
const comment = "I don't think that is what the study says; they looked at 1,200 people in two cities, and the effect \\\"disappears\\\" once " +
	"income is taken into account. See https://example.org/paper.pdf (table 3)."

// BenchmarkHandle is one Kafka delivery, in process. What it takes above BenchmarkPredict is the price of being a
// function: the promise is at most 15 µs, which TestOverhead checks.
func BenchmarkHandle(b *testing.B) {
	once := deliver(start(b))
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
}

// deliver returns what delivers one record to f.
func deliver(f *function.Function) func() {
	data := `{"data":{"ndarray":["` + comment + `"]}}`
	r := kafka(data)
	reader := &body{}
	w := discard{http.Header{}}
	return func() {
		reader.Reset(data)
		r.Body, r.ContentLength = reader, int64(len(data))
		clear(w.h)
		f.Handle(w, r)
	}
}

// BenchmarkHandleEvent is the same without HTTP.
func BenchmarkHandleEvent(b *testing.B) {
	f := start(b)
	e := question("", `{"data":{"ndarray":["`+comment+`"]}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.HandleEvent(context.Background(), e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPredict is the prediction alone.
func BenchmarkPredict(b *testing.B) {
	once := predict(b)
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
}

// predict returns what predicts the comment of that record.
func predict(tb testing.TB) func() {
	m, err := model.Default()
	if err != nil {
		tb.Fatal(err)
	}
	text := strings.ReplaceAll(comment, `\"`, `"`)
	return func() { m.PredictProba(text) }
}

// BenchmarkBatch is a structured batch of 100 events, per event.
func BenchmarkBatch(b *testing.B) {
	f := start(b)
	one := `{"specversion":"1.0","id":"1","source":"/a","type":"b","time":"2026-11-22T16:09:00Z","subject":"s","partitionkey":"k","data":{"strData":"` + comment + `"}}`
	data := `[` + strings.Repeat(one+",", 99) + one + `]`
	r := post(data, "Content-Type", "application/cloudevents-batch+json")
	reader := &body{}
	w := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		reader.Reset(data)
		r.Body, r.ContentLength = reader, int64(len(data))
		clear(w.h)
		f.Handle(w, r)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100, "µs/event")
}

// TestOverhead checks the promise about the price per event, in many short rounds of which the quicker ones count:
// other load on the machine only ever adds.
func TestOverhead(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("a measurement")
	}
	handle, predict := deliver(start(t)), predict(t)
	handling, predicting := quick(handle), quick(predict)
	over := handling - predicting
	t.Logf("%v per event, of which %v are the prediction: %v for being a function", handling, predicting, over)
	if over > 15*time.Microsecond {
		t.Errorf("%v per event above the prediction; at most 15µs are promised", over)
	}
}

// quick returns the duration of f, by the fastest tenth of 400 rounds.
func quick(f func()) time.Duration {
	const calls = 50
	rounds := make([]time.Duration, 400)
	for i := range rounds {
		began := time.Now()
		for range calls {
			f()
		}
		rounds[i] = time.Since(began) / calls
	}
	slices.Sort(rounds)
	return rounds[len(rounds)/10]
}
