package function

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/tracing"
	"reddit-classifier/internal/tracing/tracetest"
)

func reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// silent logs nothing.
var silent = &observer{log: slog.New(slog.DiscardHandler)}

// TestBudget: waiters are let in by the order of asking, and give up on time-out, cancellation and the end.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &budget{free: 10}
		const patience = 10 * time.Second
		ask := func(ctx context.Context, n int64) <-chan error {
			done := make(chan error, 1)
			go func() {
				if b.tryReserve(n) {
					done <- nil
					return
				}
				done <- b.reserve(ctx, n, patience)
			}()
			synctest.Wait()
			return done
		}
		settled := func(c <-chan error) bool { synctest.Wait(); return len(c) > 0 }
		all := context.Background()
		if err := <-ask(all, 8); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(all)
		large, small := ask(ctx, 9), ask(all, 1)
		if settled(large) || settled(small) {
			t.Fatal("a small one passed a large one that came before")
		}
		cancel()
		if err := <-large; reason(err) != "canceled" {
			t.Error(err)
		}
		if err := <-small; err != nil { // nothing stands before it now
			t.Error(err)
		}
		began := time.Now()
		if err := <-ask(all, 5); reason(err) != "busy" || time.Since(began) != patience {
			t.Error(err, time.Since(began))
		}
		first, second := ask(all, 6), ask(all, 4)
		if b.release(8); !settled(first) || settled(second) || <-first != nil {
			t.Error("not in the order of asking")
		}
		b.close()
		if err := <-second; reason(err) != "stopping" {
			t.Error(err)
		}
		if err := <-ask(all, 1); reason(err) != "stopping" {
			t.Error(err)
		}
		b.release(7)
		if b.free != 10 || len(b.queue) != 0 {
			t.Errorf("%d of 10 are left and %d wait", b.free, len(b.queue))
		}
	})
}

// TestChunkedBody: a body of unknown length reserves all that it may be, and keeps what it is.
func TestChunkedBody(t *testing.T) {
	const most = 4 << 20
	r := &servingState{memory: newMemory(most, time.Second, silent), maxBody: most, observer: silent}
	req := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("a", 100_000)))
	req.ContentLength = -1
	b := &buffers{memory: reservation{memory: r.memory}}
	left := &r.memory.budgets[bodyMemory].free
	if err := r.readBody(req, b); err != nil || b.body.Len() != 100_000 || b.memory.held[bodyMemory] != 100_000 ||
		*left != bodyBytes-100_000 {
		t.Errorf("%v; %d bytes are read, %d held, %d left", err, b.body.Len(), b.memory.held, *left)
	}
	if b.memory.Release(); *left != bodyBytes {
		t.Errorf("%d are left", *left)
	}
}

// TestPatienceIsOneForBoth: a request waits for both kinds of memory together no longer than the patience.
func TestPatienceIsOneForBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(1<<20, 10*time.Second, silent)
		all := reservation{memory: m}
		if err := all.Grow(context.Background(), bodyMemory, bodyBytes); err != nil {
			t.Fatal(err)
		}
		if err := all.Grow(context.Background(), workMemory, workBytes); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		shrunk := make(chan struct{})
		time.AfterFunc(4*time.Second, func() {
			defer close(shrunk)
			all.Shrink(bodyMemory, bodyBytes-10)
		})
		late := reservation{memory: m}
		if err := late.Grow(context.Background(), bodyMemory, 10); err != nil || time.Since(began) != 4*time.Second {
			t.Error(err, time.Since(began))
		}
		if err := late.Grow(context.Background(), workMemory, 10); reason(err) != "busy" ||
			time.Since(began) != 10*time.Second {
			t.Error(err, time.Since(began))
		}
		<-shrunk
		late.Release()
		all.Release()
		if m.budgets[bodyMemory].free != bodyBytes || m.budgets[workMemory].free != workBytes {
			t.Errorf("%d and %d are left", m.budgets[bodyMemory].free, m.budgets[workMemory].free)
		}
	})
}

func TestPatience(t *testing.T) {
	c := Defaults()
	if got := c.patience(); got != 10*time.Second {
		t.Error(got)
	}
	c.Sink, c.SinkTimeout = "http://sink.example", 29*time.Second
	if got := c.patience(); got != 500*time.Millisecond {
		t.Error(got)
	}
}

// TestWaitInASpan: how long a request has waited for memory is in its span.
func TestWaitInASpan(t *testing.T) {
	c := tracetest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	o := &observer{log: slog.New(slog.DiscardHandler)}
	o.tracer = tracing.Start(o.log)
	m := newMemory(1<<20, time.Minute, o)
	first, second := reservation{memory: m}, reservation{memory: m}
	if err := first.Grow(t.Context(), bodyMemory, bodyBytes); err != nil {
		t.Fatal(err)
	}
	go func() {
		for _, waiting := m.budgets[bodyMemory].state(); waiting == 0; _, waiting = m.budgets[bodyMemory].state() {
			time.Sleep(time.Millisecond)
		}
		first.Release()
	}()
	x, _ := o.startEventSpan(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil), &cloudevent.Event{},
		time.Now())
	if err := second.Grow(t.Context(), bodyMemory, 1); err != nil {
		t.Fatal(err)
	}
	x.WriteHeader(http.StatusAccepted)
	x.end(&second)
	o.tracer.Stop(t.Context())
	waited, _ := c.Wait(t, 1)[0].Attributes["reddit_classifier.memory_wait_seconds"].(float64)
	if waited == 0 || waited != second.waited.Seconds() {
		t.Errorf("the span says %v s", waited)
	}
}
