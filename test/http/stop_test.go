package http

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// grace is the longest time from SIGTERM to the end of the process: func-go gives requests in flight 30 seconds, and
// Stop another 30. A pod has longer, the timeoutSeconds of its revision: 300 seconds in config/ and func.yaml.
const grace = 60 * time.Second

func (s *server) terminate(tb testing.TB) {
	tb.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
}

// ended waits until the process exits with 0, and returns how long that took.
func (s *server) ended(tb testing.TB, within time.Duration) time.Duration {
	tb.Helper()
	began := time.Now()
	select {
	case err := <-s.exited:
		s.exited <- nil
		if err != nil {
			tb.Errorf("exit: %v, %s", err, &s.stderr)
		}
	case <-time.After(within):
		tb.Errorf("the process does not end in %v", within)
	}
	return time.Since(began).Round(time.Millisecond)
}

// stuckSink starts a sink that reports the arrival of an event, and accepts events after release is called.
func stuckSink(tb testing.TB) (url string, arrived <-chan bool, release func()) {
	came, let := make(chan bool, 1), make(chan bool)
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // otherwise the server does not notice that the client disconnects
		select {
		case came <- true:
		default:
		}
		select {
		case <-let:
			w.WriteHeader(http.StatusAccepted)
		case <-r.Context().Done():
		}
	}))
	tb.Cleanup(sink.Close)
	return sink.URL, came, func() { close(let) }
}

// ask sends one delivery and returns a channel that gets the status of its answer.
func (s *server) ask(tb testing.TB) <-chan int {
	tb.Helper()
	c, err := dial(s.addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	answer := make(chan int, 1)
	go func() {
		status, err := c.roundTrip(delivery, grace)
		if err != nil {
			tb.Error(err)
		}
		answer <- status
	}()
	return answer
}

// After SIGTERM the function is not ready and accepts no new connections. Requests in flight are answered, and the
// process exits with 0. A second SIGTERM changes nothing.
func TestTerminate(t *testing.T) {
	sink, arrived, release := stuckSink(t)
	s := serve(t, "ours", "K_SINK="+sink)
	answer := s.ask(t)
	<-arrived
	s.terminate(t)
	began := time.Now()
	for s.ready() {
		if time.Since(began) > time.Second {
			t.Fatal("still ready a second after SIGTERM")
		}
	}
	off := time.Since(began)
	if _, err := lone(s.addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a new request: %v, want a refused connection", err)
	}
	s.terminate(t)
	select {
	case err := <-s.exited:
		t.Fatal("the process exited with an event in flight:", err)
	case <-time.After(300 * time.Millisecond):
	}
	release()
	if status := <-answer; status != http.StatusAccepted {
		t.Errorf("the event in flight is answered with %d", status)
	}
	t.Logf("not ready %v after SIGTERM; exit %v after the last answer", off.Round(time.Millisecond),
		s.ended(t, 5*time.Second))
}

// After SIGTERM, a request that waits for a hanging sink gets 503 after SINK_TIMEOUT, so that the source retries it.
func TestTerminateWithHangingSink(t *testing.T) {
	sink, arrived, _ := stuckSink(t)
	s := serve(t, "ours", "K_SINK="+sink, "SINK_TIMEOUT=2s")
	answer := s.ask(t)
	<-arrived
	s.terminate(t)
	took := s.ended(t, 10*time.Second)
	if status := <-answer; status != http.StatusServiceUnavailable {
		t.Errorf("answered %d", status)
	}
	t.Logf("exit %v after SIGTERM, with a SINK_TIMEOUT of 2s", took)
}

// A client that is sending a body at SIGTERM may finish it and is answered. One that never finishes delays the exit by
// no more than the server's 30 seconds.
func TestTerminateInABody(t *testing.T) {
	for name, finish := range map[string]bool{"finished": true, "never finished": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits
			if !finish && raceEnabled {
				t.Skip("30 seconds")
			}
			s := serve(t, "ours")
			c, err := dial(s.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			half := len(delivery) - 50
			if _, err := c.Write(delivery[:half]); err != nil {
				t.Fatal(err)
			}
			time.Sleep(3 * time.Second) // the 30 seconds count from here, those for the request from its beginning
			s.terminate(t)
			if !finish {
				t.Logf("exit %v after SIGTERM", s.ended(t, grace))
				return
			}
			time.Sleep(time.Second)
			if status, err := c.roundTrip(delivery[half:], grace); status != 200 || err != nil {
				t.Errorf("answered %d, %v", status, err)
			}
			t.Logf("exit %v after the answer", s.ended(t, 5*time.Second))
		})
	}
}

// At SIGTERM, sources are sending one event after another on their connections. Each event is answered, or its
// connection is closed without a byte of an answer, after which a source retries it. Idle connections do not delay the
// exit.
func TestTerminateUnderLoad(t *testing.T) {
	s := serve(t, "ours")
	idle, err := dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if status, err := idle.roundTrip(delivery, grace); status != 200 || err != nil {
		t.Fatal(status, err)
	}
	unused, err := dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	var answered, closed atomic.Int64
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			c, err := dial(s.addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for {
				status, err := c.roundTrip(delivery, 10*time.Second)
				switch {
				case err == nil && status == 200:
					answered.Add(1)
					continue
				case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
					closed.Add(1)
				default:
					t.Errorf("answered %d, %v", status, err)
				}
				return
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	s.terminate(t)
	took := s.ended(t, 10*time.Second)
	group.Wait()
	if _, err := idle.roundTrip(delivery, time.Second); err == nil {
		t.Error("a connection that was idle is served after the end")
	}
	t.Logf("%d events answered, then %d of 32 connections closed without an answer; exit %v after SIGTERM",
		answered.Load(), closed.Load(), took)
}

// With an invalid setting, the process exits with its name and the reason.
func TestBadSettingStopsTheStart(t *testing.T) {
	s := launch(t, nil, "ours", "SINK_TIMEOUT=soon")
	select {
	case err := <-s.exited:
		s.exited <- nil
		if err == nil || !strings.Contains(s.stderr.String(), "SINK_TIMEOUT") {
			t.Errorf("exit: %v, %s", err, &s.stderr)
		}
	case <-time.After(10 * time.Second):
		t.Error("the process goes on")
	}
}
