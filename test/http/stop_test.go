package http

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTerminate: on SIGTERM readiness is off and nothing new gets in, what is in flight is answered, and the process exits 0.
func TestTerminate(t *testing.T) {
	arrived, release := make(chan bool, 1), make(chan bool)
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- true
		<-release
		w.WriteHeader(http.StatusAccepted)
	}))
	defer sink.Close()
	s := serve(t, "ours", "K_SINK="+sink.URL)
	c, err := dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answer := make(chan int)
	go func() {
		status, err := c.roundTrip(delivery, 10*time.Second)
		if err != nil {
			t.Error(err)
		}
		answer <- status
	}()
	<-arrived
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for s.ready() {
		if time.Since(began) > time.Second {
			t.Fatal("still ready a second after SIGTERM")
		}
	}
	off := time.Since(began)
	if _, err := lone(s.addr); err == nil {
		t.Error("a new request was answered")
	}
	select {
	case err := <-s.exited:
		t.Fatal("the process left with an event in flight:", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(release)
	if status := <-answer; status != http.StatusAccepted {
		t.Errorf("what was in flight is answered %d", status)
	}
	select {
	case err := <-s.exited:
		s.exited <- nil
		if err != nil {
			t.Errorf("exit: %v, %s", err, &s.stderr)
		}
	case <-time.After(10 * time.Second):
		t.Error("the process does not end")
	}
	t.Logf("not ready %v after SIGTERM, exit %v after it", off.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
}

// TestBadSettingStopsTheStart: the process ends with the name of the setting and the reason.
func TestBadSettingStopsTheStart(t *testing.T) {
	s := launch(t, "ours", "SINK_TIMEOUT=soon")
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
