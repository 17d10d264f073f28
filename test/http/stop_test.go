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

// grace is the time that a pod of Knative has from SIGTERM until it is killed: the revision's timeoutSeconds, which
// config/ and func.yaml leave at 300 seconds. func-go gives what is in flight 30 seconds, and Stop as many again.
const grace = 60 * time.Second

func (s *server) terminate(tb testing.TB) {
	tb.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
}

// ended waits for the process to end with 0, and returns how long that took.
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

// stuckSink is a sink that says when an event arrived, and accepts it when it is released.
func stuckSink(tb testing.TB) (url string, arrived <-chan bool, release func()) {
	came, let := make(chan bool, 1), make(chan bool)
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server would not see that the client gives up
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

// ask sends one delivery and returns where the status of its answer will be.
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

// TestTerminate: on SIGTERM readiness is off and nothing new gets in, what is in flight is answered, and the process
// exits 0. A second SIGTERM changes nothing.
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
		t.Errorf("a new request meets %v, not a refused connection", err)
	}
	s.terminate(t)
	select {
	case err := <-s.exited:
		t.Fatal("the process left with an event in flight:", err)
	case <-time.After(300 * time.Millisecond):
	}
	release()
	if status := <-answer; status != http.StatusAccepted {
		t.Errorf("what was in flight is answered %d", status)
	}
	t.Logf("not ready %v after SIGTERM; exit %v after the last answer", off.Round(time.Millisecond),
		s.ended(t, 5*time.Second))
}

// TestTerminateWithHangingSink: what waits for a sink that hangs is answered 503 when SINK_TIMEOUT is over, for the
// source to deliver again.
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

// TestTerminateInABody: who is sending at SIGTERM may finish and is answered; who never finishes does not hold the
// process for longer than the server's 30 seconds.
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

// TestTerminateUnderLoad: sources that keep their connections and send one event after another. Each event is answered,
// or its connection is closed without a byte of an answer, upon which a source delivers it again. Connections without a
// request do not hold the process.
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

// TestBadSettingStopsTheStart: the process ends with the name of the setting and the reason.
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
