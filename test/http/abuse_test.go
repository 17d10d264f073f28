package http

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A well-behaved client is answered while many clients misbehave in many ways at the same time. The memory stays
// bounded, and no connection is left afterwards.
func TestAbuse(t *testing.T) {
	p := tryPod(t)
	s := serveIn(t, p, "ours", memoryLimit)
	kinds := []struct {
		name    string
		clients int
		client  func(string, <-chan bool)
	}{
		{"silent", 200, silent}, {"slow header", 200, slowHeader}, {"slow body", 200, slowBody}, {"half open", 200, halfOpen},
		{"idle", 100, idle}, {"header flood", 16, headerFlood}, {"announced too long", 8, announcedLong},
		{"endless", 8, endlessBody},
	}
	connections := make([]atomic.Int64, len(kinds))
	before, open := s.memory("VmRSS"), s.files()
	stop := make(chan bool)
	var group sync.WaitGroup
	for i, kind := range kinds {
		for range kind.clients {
			group.Go(func() {
				for !done(stop) {
					connections[i].Add(1)
					kind.client(s.addr, stop)
				}
			})
		}
	}
	var slowest time.Duration
	good, half := 0, 0
	for began := time.Now(); time.Since(began) < 10*time.Second; good++ {
		took, err := lone(s.addr)
		if err != nil {
			t.Errorf("a good request: %v", err)
			break
		}
		slowest = max(slowest, took)
		if half == 0 && time.Since(began) > 5*time.Second {
			half = s.memory("VmRSS")
		}
	}
	during, crowd := s.memory("VmRSS"), s.files()
	close(stop)
	group.Wait()
	for i, kind := range kinds {
		t.Logf("%-18s %3d clients, %d connections", kind.name, kind.clients, connections[i].Load())
	}
	after, err := lone(s.addr)
	t.Logf("%d good requests among them, the slowest %v; one alone after that %v", good, slowest.Round(time.Millisecond),
		after.Round(time.Microsecond))
	if err != nil || slowest > 5*time.Second {
		t.Errorf("a good request took longer than 5s, or failed: %v", err)
	}
	t.Logf("memory %d MiB before, %d after 5s, %d after 10s; %s", before, half, during, s.used(t, p))
	left := s.files()
	for began := time.Now(); left > open && time.Since(began) < 5*time.Second; left = s.files() {
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("open files: %d before, %d during, %d after", open, crowd, left)
	if left > open+2 { // the connections of the last good clients may still be closing
		t.Errorf("%d connections are left", left-open)
	}
}

// files returns how many files and connections the process has open. It returns 0 if there is no /proc.
func (s *server) files() int {
	open, _ := os.ReadDir("/proc/" + strconv.Itoa(s.Process.Pid) + "/fd")
	return len(open)
}

func done(stop <-chan bool) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// drip sends b byte by byte until the server closes the connection.
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

// silent connects and sends nothing, like a connection whose other end has disappeared.
func silent(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) { _, _ = c.r.ReadByte() })
}

// idle sends one request and keeps the connection open.
func idle(addr string, stop <-chan bool) {
	with(addr, stop, func(c *conn) {
		_, _ = c.roundTrip(delivery, 5*time.Second)
		for i := 0; i < 50 && !done(stop); i++ {
			time.Sleep(100 * time.Millisecond)
		}
	})
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

// halfOpen announces a body of four megabytes, sends nothing of it, and keeps the connection open.
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

// headerFlood sends endless headers.
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

// announcedLong sends a body of ten megabytes with its Content-Length.
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

// endlessBody sends chunks until the server closes the connection.
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
