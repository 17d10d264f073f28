package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"
	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/replay"
	"reddit-classifier/model"
	"reddit-classifier/test/shared"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick retries after a millisecond, so that a test has time for many failures.
var quick = eventing.Delivery{Retry: 100, Backoff: time.Millisecond, Linear: true, Timeout: 5 * time.Second}

func configured(sink string) fn.Handler {
	c := function.Defaults()
	c.Sink, c.SinkTimeout, c.LogLevel = sink, 500*time.Millisecond, slog.LevelError+1
	return function.NewWith(c)
}

// flaky makes a fifth of the posts to a sink fail, in every way that a sink can fail.
func flaky(sink http.Handler, dice *rand.Rand) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		failure := dice.IntN(25)
		mu.Unlock()
		switch failure {
		case 0: // down
			http.Error(w, "down", http.StatusServiceUnavailable)
		case 1: // overloaded
			http.Error(w, "later", http.StatusTooManyRequests)
		case 2: // written, but answered with 503
			sink.ServeHTTP(discard{make(http.Header)}, r)
			http.Error(w, "perhaps", http.StatusServiceUnavailable)
		case 3: // disconnected before the record was written
			panic(http.ErrAbortHandler)
		case 4: // disconnected after the record was written
			sink.ServeHTTP(discard{make(http.Header)}, r)
			panic(http.ErrAbortHandler)
		default:
			sink.ServeHTTP(w, r)
		}
	})
}

// discard is a response that is not sent.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// system has the parts of the command up, started so that a test can disturb each of them.
type system struct {
	cluster broker.Cluster
	client  *kgo.Client
	sink    string
	addr    string // of the function
}

func start(t *testing.T, wrap func(http.Handler) http.Handler) *system {
	t.Helper()
	s := &system{}
	s.cluster, s.client = brokertest.Start(t, 2, local.Input, local.Output, local.Errors)
	producer := brokertest.Producer(t, s.cluster, time.Minute, local.Output, local.Errors)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.sink = "http://" + l.Addr().String()
	shared.Background(t, func(ctx context.Context) error {
		return local.Serve(ctx, l, wrap(&eventing.Sink{Producer: producer, Topics: []string{local.Output, local.Errors}}))
	})
	s.addr = shared.FreeAddress(t)
	return s
}

// host starts the function.
func (s *system) host(t *testing.T) *local.Host {
	t.Helper()
	h, err := local.StartHost(t.Context(), s.addr, configured(s.sink+"/"+local.Output))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (s *system) source(group string, unordered bool, after func(eventing.Outcome)) *eventing.Source {
	return &eventing.Source{
		Client: append(s.cluster.Options(), kgo.HeartbeatInterval(50*time.Millisecond)), Topic: local.Input,
		Group: group, Namespace: "ns", Name: "comments",
		Sink: "http://" + s.addr, DeadLetter: s.sink + "/" + local.Errors, Unordered: unordered, Delivery: quick,
		After: after,
	}
}

// feed writes n records with 50 keys. The function refuses a tenth of them.
func (s *system) feed(t *testing.T, n int) {
	t.Helper()
	bad := []string{`{"data":{"ndarray":["cut`, "", `{"data":{"ndarray":[1,2]}}`, `{"nothing":"here"}`, "\xff\xfe"}
	for i := range n {
		m := local.NewMessage(fmt.Sprintf("key-%d", i%50), fmt.Sprintf("Comment number %d is about — coral reefs 🐠.", i))
		if i%10 == 7 {
			m.Value = bad[i/10%len(bad)]
		}
		s.client.Produce(t.Context(), &kgo.Record{Topic: local.Input, Key: []byte(m.Key), Value: []byte(m.Value)},
			func(_ *kgo.Record, err error) {
				if err != nil {
					t.Error(err)
				}
			})
	}
	if err := s.client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *system) read(t *testing.T) *Ledger {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	l, err := Read(ctx, s.cluster, local.Input, local.Output, local.Errors)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Every record ends in the output topic or in the error topic, although the sink fails at random, the function is
// restarted, consumers join and leave, and everything is delivered a second time.
func TestNothingIsLost(t *testing.T) {
	for _, unordered := range []bool{false, true} {
		t.Run(map[bool]string{false: "ordered", true: "unordered"}[unordered], func(t *testing.T) {
			dice := rand.New(rand.NewPCG(1, 2))
			s := start(t, func(h http.Handler) http.Handler { return flaky(h, dice) })
			const n = 400
			s.feed(t, n)
			var settled sync.WaitGroup
			settled.Add(n)
			seen := sync.Map{}
			after := func(o eventing.Outcome) {
				if _, again := seen.LoadOrStore(eventing.Position(o.Record), true); !again {
					settled.Done()
				}
			}
			var restarts atomic.Int64
			shared.Background(t, func(ctx context.Context) error {
				for ctx.Err() == nil {
					h, err := local.StartHost(ctx, s.addr, configured(s.sink+"/"+local.Output))
					if err != nil {
						continue // the test is over
					}
					restarts.Add(1)
					select {
					case <-time.After(300 * time.Millisecond):
					case <-ctx.Done():
					}
					h.Stop()
				}
				return nil
			})
			run := func(ctx context.Context) error { return s.source("first", unordered, after).Run(ctx) }
			stop := shared.Background(t, run)
			shared.Background(t, func(ctx context.Context) error { // a consumer that joins and leaves
				for ctx.Err() == nil {
					second, cancel := context.WithTimeout(ctx, time.Second)
					err := run(second)
					cancel()
					if err != nil {
						return err
					}
					time.Sleep(500 * time.Millisecond)
				}
				return nil
			})
			settled.Wait()
			stop()

			// A second group delivers every record again.
			settled.Add(n)
			stop = shared.Background(t,
				s.source("second", unordered, func(eventing.Outcome) { settled.Done() }).Run)
			settled.Wait()
			stop()

			l := s.read(t)
			t.Logf("%v; the function was started %d times", l, restarts.Load())
			for _, problem := range l.Problems() {
				t.Error(problem)
			}
			if l.DeadLettered != n/10 || l.Duplicates < n {
				t.Errorf("%d dead letters, %d duplicates; want %d and at least %d", l.DeadLettered, l.Duplicates, n/10, n)
			}
			if !unordered && len(l.OutOfOrder) > 0 {
				t.Errorf("%d keys out of order: %v", len(l.OutOfOrder), l.OutOfOrder)
			}
		})
	}
}

// After the function is fixed, a replay brings each record to it once, and the answer has the id that it would have had
// the first time.
func TestReplay(t *testing.T) {
	s := start(t, func(h http.Handler) http.Handler { return h })
	s.feed(t, 100)
	var settled sync.WaitGroup
	broken := &http.Server{Addr: s.addr, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(422)
		io.WriteString(w, `{"error":"the model is the wrong one","reason":"wrong_model"}`)
	})}
	go broken.ListenAndServe()
	settled.Add(100)
	stop := shared.Background(t, s.source("g", false, func(eventing.Outcome) { settled.Done() }).Run)
	settled.Wait()
	broken.Close()
	if l := s.read(t); l.DeadLettered != 100 {
		t.Fatalf("before: %v", l)
	}
	config := replay.Config{Cluster: s.cluster, From: local.Errors, To: local.Input}
	count := func(p replay.Config) map[replay.Action]int {
		t.Helper()
		summary, err := replay.Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		n := make(map[replay.Action]int)
		for _, l := range summary.Letters {
			n[l.Action]++
		}
		return n
	}
	other, dry := config, config
	other.Reason, dry.DryRun = "another_reason", true
	if n := count(other); len(n) != 0 {
		t.Errorf("another reason: %v", n)
	}
	if n := count(dry); n[replay.WouldReplay] != 100 {
		t.Errorf("dry run: %v", n)
	}
	host := s.host(t)
	defer host.Stop()
	settled.Add(100)
	config.Reason = "wrong_model"
	if n := count(config); n[replay.Replayed] != 100 {
		t.Errorf("replay: %v", n)
	}
	settled.Wait()
	if n := count(config); n[replay.AlreadyReplayed] != 90 || n[replay.Replayed] != 0 {
		t.Errorf("replay again: %v", n)
	}
	stop()
	out, err := Records(t.Context(), s.cluster, local.Output)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range out {
		e, err := eventing.Unpack(r)
		if err != nil || !strings.HasPrefix(e.Attributes["causationid"], "partition:") ||
			!strings.HasPrefix(string(r.Key), "key-") {
			t.Errorf("%v, %v", e, err)
		}
	}
	if len(out) != 90 {
		t.Errorf("%d answers, want 90", len(out))
	}
	all := count(replay.Config{Cluster: s.cluster, From: local.Errors, To: local.Input, DryRun: true})
	if all[replay.WouldReplay] != 10 { // refused again for another reason, so there are new dead letters
		t.Errorf("in the end: %v", all)
	}
}

// The command up starts the system, which answers the samples and an event by HTTP, and stops it.
func TestSystem(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	tracker := local.NewTracker()
	var mu sync.Mutex
	var lines []string
	s, err := local.Start(t.Context(), local.Config{
		Listen:   "127.0.0.1:0",
		Function: func(sink string) (fn.Handler, error) { return configured(sink), nil },
		Delivery: quick,
		OnAnswer: func(a local.Answer) {
			mu.Lock()
			lines = append(lines, a.Line(m))
			mu.Unlock()
			tracker.Answered(a)
		},
		OnDelivery: func(o eventing.Outcome) { tracker.Delivered(o) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	samples := local.Samples()
	n := len(samples)
	err = s.Feed(t.Context(), local.Sequence(samples...), tracker.Fed)
	if err != nil {
		t.Fatal(err)
	}
	tracker.AllFed()
	select {
	case <-tracker.Complete():
	case <-time.After(20 * time.Second):
		t.Fatalf("not complete: %+v", tracker.Summary())
	}
	if sum := tracker.Summary(); sum.Records != n || sum.DeadLetters != 3 || sum.Predictions != n-3 || sum.P50 <= 0 ||
		sum.P99 < sum.P50 {
		t.Errorf("summary %+v", sum)
	}
	// An event that is posted by HTTP is answered in the output topic as well.
	want := fmt.Sprintf("%.3f", m.PredictProba("This is an input")[1])
	req, err := http.NewRequest(http.MethodPost, s.URL(), strings.NewReader(`{"data":{"ndarray":["This is an input"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Ce-Specversion": "1.0", "Ce-Id": "by-hand", "Ce-Source": "/me",
		"Ce-Type": "reddit.comment", "Content-Type": "application/json"} {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusAccepted {
		t.Errorf("status %d", resp.StatusCode)
	}
	shared.Eventually(t, "the answer", func() bool {
		mu.Lock()
		defer mu.Unlock()
		last := lines[len(lines)-1]
		return strings.HasPrefix(last, "by-hand ") && strings.Contains(last, " removed "+want)
	})
}
