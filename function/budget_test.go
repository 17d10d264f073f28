package function

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// TestBudget: who waits gets in by the order of asking, and gives up on time-out, cancellation and the end.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &budget{left: 10}
		const patience = 10 * time.Second
		ask := func(ctx context.Context, n int64) <-chan error {
			done := make(chan error, 1)
			go func() { done <- b.take(ctx, n, patience) }()
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
		if err := <-small; err != nil { // nobody stands before it now
			t.Error(err)
		}
		began := time.Now()
		if err := <-ask(all, 5); reason(err) != "busy" || time.Since(began) != patience {
			t.Error(err, time.Since(began))
		}
		first, second := ask(all, 6), ask(all, 4)
		if b.give(8); !settled(first) || settled(second) || <-first != nil {
			t.Error("not in the order of asking")
		}
		b.close()
		if err := <-second; reason(err) != "stopping" {
			t.Error(err)
		}
		if err := <-ask(all, 1); reason(err) != "stopping" {
			t.Error(err)
		}
		b.give(7)
		if b.left != 10 || len(b.queue) != 0 {
			t.Errorf("%d of 10 are left and %d wait", b.left, len(b.queue))
		}
	})
}

// TestChunkedBody: a body of unknown length asks for all that it may be, and keeps what it is.
func TestChunkedBody(t *testing.T) {
	r := &running{core: &core{}, bodies: &budget{left: bodyBytes}, work: &budget{}, maxBody: 4 << 20, patience: time.Second}
	req := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("a", 100_000)))
	req.ContentLength = -1
	x := &exchange{}
	if err := r.readBody(req, x); err != nil || x.body.Len() != 100_000 || x.taken != 100_000 || r.bodies.left != bodyBytes-100_000 {
		t.Errorf("%v; %d bytes are read, %d taken, %d left", err, x.body.Len(), x.taken, r.bodies.left)
	}
	if r.release(x); r.bodies.left != bodyBytes {
		t.Errorf("%d are left", r.bodies.left)
	}
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
