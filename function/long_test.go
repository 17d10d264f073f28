package function_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reddit-classifier/function"
)

// counted is a body that counts what has been read of all, beyond the beginnings that are free.
type counted struct {
	io.Reader
	read int64
	sum  *atomic.Int64
	most *atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	before := max(c.read-64<<10, 0)
	c.read += int64(n)
	now := c.sum.Add(max(c.read-64<<10, 0) - before)
	for m := c.most.Load(); now > m && !c.most.CompareAndSwap(m, now); m = c.most.Load() {
	}
	return n, err
}

func (c *counted) Close() error { return nil }

// TestManyLongBodies: 99 at once are all answered, and those in memory never exceed the budget.
func TestManyLongBodies(t *testing.T) {
	const most = 16 << 20
	text := strings.Repeat("This is an input. ", 950_000/18)
	f := start(t)
	var sum, peak atomic.Int64
	var group sync.WaitGroup
	many := 99
	if raceEnabled { // which takes its time
		many = 20
	}
	for i := range many {
		group.Go(func() {
			body := &counted{Reader: strings.NewReader(text), sum: &sum, most: &peak}
			r := post("", ce("Content-Type", "text/plain")...)
			r.Body, r.ContentLength = body, int64(len(text))
			if i%9 == 0 {
				r.ContentLength = -1 // counts as one of MAX_BODY_BYTES
			}
			w := &answering{httptest.NewRecorder(), func() { sum.Add(-max(body.read-64<<10, 0)) }}
			if f.Handle(w, r); w.Code != 200 {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
		})
	}
	group.Wait()
	t.Logf("%d bytes of bodies at most", peak.Load())
	if peak.Load() > most {
		t.Errorf("%d bytes of bodies at a time, at most %d are meant to be", peak.Load(), most)
	}
}

// answering tells when an answer begins, which is before its request gives back what it took.
type answering struct {
	*httptest.ResponseRecorder
	begin func()
}

func (a *answering) WriteHeader(code int) {
	a.begin()
	a.ResponseRecorder.WriteHeader(code)
}

// TestStopWhileWaiting: what waits for memory when the function is stopped is refused at once; short events never wait.
func TestStopWhileWaiting(t *testing.T) {
	c := function.Defaults()
	c.LogLevel = 100
	f := function.NewWith(c)
	if err := f.Start(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("a", 4<<20)
	stall, begun := make(chan bool), make(chan bool)
	codes := make(chan string, 5)
	long := func(body io.Reader) {
		r := post("", ce("Content-Type", "text/plain")...)
		r.Body, r.ContentLength = io.NopCloser(body), int64(len(text))
		w := handle(f, r)
		if w.Code == 200 {
			codes <- "ok"
		} else {
			codes <- reasonOf(t, w)
		}
	}
	for range 4 {
		go long(io.MultiReader(strings.NewReader(text[:70<<10]), &once{func() { begun <- true; <-stall }},
			strings.NewReader(text[70<<10:])))
		<-begun
	}
	go long(strings.NewReader(text))
	time.Sleep(20 * time.Millisecond)
	if w := handle(f, post("a", ce()...)); w.Code != 200 {
		t.Errorf("a short one is answered %d", w.Code)
	}
	stopped := make(chan error)
	go func() { stopped <- f.Stop(context.Background()) }()
	if got := <-codes; got != "stopping" {
		t.Errorf("what waited is answered %s", got)
	}
	close(stall)
	for range 4 {
		if got := <-codes; got != "ok" {
			t.Errorf("what was being read is answered %s", got)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// once is an empty reader that does something before it ends.
type once struct{ do func() }

func (o *once) Read([]byte) (int, error) {
	o.do()
	return 0, io.EOF
}
