package http

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// burden is a request that many clients send at the same time.
type burden struct {
	name    string
	clients int
	head    string // headers without Content-Length
	body    []byte
	send    func(c *conn, b *burden) (status int, err error)
	codes   []int // accepted statuses of answers
}

const (
	binary     = "ce-specversion: 1.0\r\nce-id: 1\r\nce-source: /a\r\nce-type: b\r\n"
	text       = binary + "Content-Type: text/plain\r\n"
	record     = binary + "Content-Type: application/json\r\n"
	structured = "Content-Type: application/cloudevents+json\r\n"
	batch      = "Content-Type: application/cloudevents-batch+json\r\n"
	envelope   = `{"specversion":"1.0","id":"1","source":"/a","type":"b"`
	sentence   = "I would like to see the error bars before I believe any of this. "
	megabytes4 = 4 << 20
)

// hostile has the sequences that take most time and memory.
const hostile = "&amp;<U+1F44F>((\u00c3\u00a9[a](b)http://x.y/z--word:)don't\U0001f602\u00ad "

var (
	ok     = []int{200}
	orBusy = []int{200, 503}
	gaveUp = []int{0, 503}
)

// fill repeats s between before and after, up to n bytes in all.
func fill(n int, before, s, after string) []byte {
	b := append([]byte(before), strings.Repeat(s, (n-len(before)-len(after))/len(s))...)
	return append(bytes.TrimSuffix(b, []byte(",")), after...)
}

// Whatever clients send at the same time, up to the concurrency limit of a pod, a process with GOMEMLIMIT stays below
// the limits of its memory. Each event is answered, or refused with the reason, and readiness is answered.
func TestMemory(t *testing.T) {
	t.Run("replies", func(t *testing.T) {
		bear(t, nil, []burden{
			{"a long comment", 99, text, fill(950_000, "", sentence, ""), whole, ok},
			{"hostile comment", 99, text, fill(950_000, "", hostile, ""), whole, orBusy},
			{"comment of 4 MB", 24, text, fill(megabytes4, "", sentence, ""), whole, ok},
			{"unknown length", 99, text, fill(950_000, "", sentence, ""), chunked, ok},
			{"sent slowly", 99, text, fill(950_000, "", sentence, ""), slowly, orBusy},
			{"structured, escaped", 24, structured, fill(megabytes4, envelope+`,"datacontenttype":"text/plain","data":"`,
				`\u0041bc d`, `"}`), whole, ok},
			{"65,000 empty comments", 40, record, fill(195_000, `{"data":{"ndarray":[`, `"",`, `]}}`), whole, orBusy},
			{"answer not read", 99, record, fill(64_000, `{"data":{"ndarray":[`, `"",`, `]}}`), unread, gaveUp},
			{"500,000 extensions", 12, structured, extensions(megabytes4), whole, []int{400}},
			{"batch", 24, batch, fill(950_000, "[", envelope+`,"data":"This is an input"},`, "]"), whole, orBusy},
			{"batch of long events", 24, batch, fill(megabytes4, "[", envelope+`,"data":"`+strings.Repeat(sentence, 1500)+`"},`,
				"]"), whole, orBusy},
			{"batch of {}", 8, batch, fill(megabytes4, "[", "{},", "]"), whole, []int{413, 503}},
			{"batch, answer not read", 99, batch, fill(64_000, "[", "{},", "]"), unread, gaveUp},
		})
	})
	t.Run("explained", func(t *testing.T) {
		bear(t, []string{"EXPLAIN=100", "LABELS=true"}, []burden{
			{"9,000 comments", 12, record, fill(600_000, `{"instances":[`, `"`+sentence+`",`, `]}`), whole, orBusy},
			{"4,000 comments, explained", 12, record, fill(300_000, `{"data":{"ndarray":[`, `"`+sentence+`",`, `]}}`), whole,
				orBusy},
			{"4 MB of comments", 4, record, fill(megabytes4, `{"data":{"ndarray":[`, `"`+sentence+`",`, `]}}`), whole, []int{413, 503}},
			{"65,000 empty, not read", 99, record, fill(195_000, `{"data":{"ndarray":[`, `"",`, `]}}`), unread, gaveUp},
		})
	})
	t.Run("hanging sink", func(t *testing.T) {
		url, _, _ := stuckSink(t)
		bear(t, []string{"K_SINK=" + url, "SINK_TIMEOUT=2s"}, []burden{
			{"a long comment", 99, text, fill(950_000, "", sentence, ""), whole, []int{503}},
			{"20,000 comments", 99, record, fill(60_000, `{"data":{"ndarray":[`, `"",`, `]}}`), whole, []int{503}},
			{"batch", 24, batch, fill(megabytes4, "[", envelope+`,"data":"This is an input"},`, "]"), whole, []int{503}},
			{"long headers", 99, text + "ce-subject: " + strings.Repeat("s", 900_000) + "\r\n", []byte("a"), whole, []int{503}},
		})
	})
}

// bear sends one burden after another to a pod.
func bear(t *testing.T, env []string, burdens []burden) {
	p := tryPod(t)
	s := serveIn(t, p, "ours", append(env, memoryLimit)...)
	for _, b := range burdens {
		began := time.Now()
		watch := s.watchReadiness()
		codes := b.load(t, s.addr)
		slowest, missed := watch()
		t.Logf("%-27s %2d × %4d kB in %5.1fs: %s; %s; readiness at most %v", b.name, b.clients,
			(len(b.head)+len(b.body))/1000,
			time.Since(began).Seconds(), codes, s.used(t, p), slowest.Round(time.Millisecond))
		if missed >= 3 { // Kubernetes would then remove the pod from the endpoints
			t.Errorf("%s: readiness did not answer %d times in a row", b.name, missed)
		}
	}
}

// counts has the number of answers by status.
type counts map[int]int

func (c counts) String() string {
	var texts []string
	for code, n := range c {
		word := strconv.Itoa(code)
		if code == 0 {
			word = "not read"
		}
		texts = append(texts, fmt.Sprintf("%d %s", n, word))
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

// load sends the burden from all its clients, and returns their answers.
func (b *burden) load(t *testing.T, addr string) counts {
	var mu sync.Mutex
	codes := counts{}
	var group sync.WaitGroup
	for range b.clients {
		group.Go(func() {
			code, err := b.request(addr)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || !slices.Contains(b.codes, code) {
				t.Errorf("%s: answered %d, %v", b.name, code, err)
			}
			codes[code]++
		})
	}
	group.Wait()
	return codes
}

func (b *burden) request(addr string) (int, error) {
	c, err := dial(addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, err
	}
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: function\r\n"+b.head)
	return b.send(c, b)
}

func (b *burden) length() string {
	return "Content-Length: " + strconv.Itoa(len(b.body)) + "\r\n\r\n"
}

// whole sends the body and reads the answer.
func whole(c *conn, b *burden) (int, error) {
	_, _ = io.WriteString(c, b.length())
	_, _ = c.Write(b.body)
	return c.answer()
}

// chunked sends the body without Content-Length.
func chunked(c *conn, b *burden) (int, error) {
	_, _ = io.WriteString(c, "Transfer-Encoding: chunked\r\n\r\n")
	for chunk := range slices.Chunk(b.body, 60_000) {
		_, _ = fmt.Fprintf(c, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	_, _ = io.WriteString(c, "0\r\n\r\n")
	return c.answer()
}

// slowly sends half of the body, and the rest after three seconds.
func slowly(c *conn, b *burden) (int, error) {
	half := len(b.body) / 2
	_, _ = io.WriteString(c, b.length())
	_, _ = c.Write(b.body[:half])
	time.Sleep(3 * time.Second)
	_, _ = c.Write(b.body[half:])
	return c.answer()
}

// unread sends the body, and disconnects after four seconds without reading the answer.
func unread(c *conn, b *burden) (int, error) {
	_ = c.Conn.(*net.TCPConn).SetReadBuffer(4096) // so that the system does not buffer much of it
	_, _ = io.WriteString(c, b.length())
	_, _ = c.Write(b.body)
	time.Sleep(4 * time.Second)
	return 0, nil
}

// extensions returns an event with n bytes of extensions.
func extensions(n int) []byte {
	b := []byte(envelope)
	for i := 0; len(b) < n-20; i++ {
		b = fmt.Appendf(b, `,"%x":""`, i)
	}
	return append(b, '}')
}

// watchReadiness requests readiness until the returned function is called. That returns the time of the slowest answer,
// and the largest number of consecutive requests that were not answered within a second.
func (s *server) watchReadiness() func() (slowest time.Duration, missed int) {
	stop := make(chan bool)
	var slowest time.Duration
	most, row := 0, 0
	var asking sync.WaitGroup
	asking.Go(func() {
		for !done(stop) {
			began := time.Now()
			if row++; s.ready() {
				row = 0
			}
			most = max(most, row)
			slowest = max(slowest, time.Since(began))
			time.Sleep(50 * time.Millisecond)
		}
	})
	return func() (time.Duration, int) {
		close(stop)
		asking.Wait()
		return slowest, most
	}
}
