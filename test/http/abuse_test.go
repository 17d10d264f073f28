package http

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAbuse lets clients misbehave, all kinds of them at once and many of each, while a good one goes on. The good one has to
// be answered throughout, and memory must stay in bounds.
func TestAbuse(t *testing.T) {
	s := serve(t, "ours")
	const most = 256 // MiB, half of what config/ gives a pod
	before := s.memory("VmRSS")
	stop := make(chan bool)
	var group sync.WaitGroup
	for _, kind := range []struct {
		clients int
		client  func(string, <-chan bool)
	}{{200, slowHeader}, {200, slowBody}, {200, halfOpen}, {16, headerFlood}, {8, announcedLong}, {8, endlessBody}} {
		for range kind.clients {
			group.Go(func() {
				for !done(stop) {
					kind.client(s.addr, stop)
				}
			})
		}
	}
	var slowest time.Duration
	good := 0
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); good++ {
		took, err := lone(s.addr)
		if err != nil {
			t.Errorf("a good request: %v", err)
			break
		}
		slowest = max(slowest, took)
	}
	during := s.memory("VmRSS")
	close(stop)
	group.Wait()
	after, err := lone(s.addr)
	t.Logf("%d good requests among them, the slowest %v; memory %d MiB before, %d at the end of it, %d at most; one alone after that %v", good, slowest, before, during, s.memory("VmHWM"), after)
	if err != nil || s.memory("VmHWM") > most || slowest > 5*time.Second {
		t.Errorf("the function did not stand it: %v", err)
	}
}

func done(stop <-chan bool) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// drip sends b a byte at a time until the server has enough of it.
func drip(c *conn, b []byte, stop <-chan bool) {
	for i := range b {
		if _, err := c.Write(b[i : i+1]); err != nil || done(stop) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func with(addr string, stop <-chan bool, do func(*conn)) {
	c, err := dial(addr)
	if err != nil {
		time.Sleep(10 * time.Millisecond)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	do(c)
}

func slowHeader(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) { drip(c, delivery, stop) })
}

func slowBody(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) {
		head := bytes.Index(delivery, []byte("\r\n\r\n")) + 4
		_, _ = c.Write(delivery[:head])
		drip(c, delivery[head:], stop)
	})
}

// halfOpen announces four megabytes, sends nothing of them and stays.
func halfOpen(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) {
		_, _ = c.Write(longHeader(4 << 20))
		for i := 0; i < 50 && !done(stop); i++ {
			time.Sleep(100 * time.Millisecond)
		}
	})
}

func longHeader(n int) []byte {
	return []byte("POST / HTTP/1.1\r\nHost: function\r\nce-specversion: 1.0\r\nce-id: 1\r\nce-source: /a\r\nce-type: b\r\nContent-Type: text/plain\r\nContent-Length: " + strconv.Itoa(n) + "\r\n\r\n")
}

// headerFlood sends headers without end.
func headerFlood(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) {
		if _, err := c.Write([]byte("POST / HTTP/1.1\r\nHost: function\r\n")); err != nil {
			return
		}
		line := []byte("ce-x: " + strings.Repeat("y", 8000) + "\r\n")
		for !done(stop) {
			if _, err := c.Write(line); err != nil {
				return
			}
		}
	})
}

var megabyte = bytes.Repeat([]byte("a"), 1<<20)

// announcedLong sends ten megabytes and says so.
func announcedLong(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) {
		_, _ = c.Write(longHeader(10 << 20))
		for range 10 {
			if _, err := c.Write(megabyte); err != nil || done(stop) {
				return
			}
		}
		_, _ = c.answer()
	})
}

// endlessBody sends a body in chunks for as long as it is let.
func endlessBody(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) {
		head := strings.Replace(string(longHeader(0)), "Content-Length: 0", "Transfer-Encoding: chunked", 1)
		_, _ = io.WriteString(c, head)
		for !done(stop) {
			if _, err := io.WriteString(c, "100000\r\n"); err != nil {
				return
			}
			if _, err := c.Write(append(megabyte[:len(megabyte):len(megabyte)], "\r\n"...)); err != nil {
				return
			}
		}
	})
}
