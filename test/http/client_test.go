package http

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// delivery has the bytes of a request with a record, as a KafkaSource sends it.
var delivery = wire(`{"data":{"ndarray":["I don't think that is what the study says; they looked at 1,200 people in two cities, and the effect disappears once income is taken into account."]}}`)

func wire(data string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST / HTTP/1.1\r\nHost: function\r\nContent-Length: %d\r\n", len(data))
	b.WriteString("ce-specversion: 1.0\r\nce-id: partition:1/offset:0\r\nce-type: dev.knative.kafka.event\r\n" +
		"ce-source: /apis/v1/namespaces/default/kafkasources/comments#reddit-classifier-input\r\nce-subject: partition:1#0\r\n" +
		"ce-time: 2026-11-22T16:09:00.123Z\r\nce-partitionkey: t1_abc\r\nce-key: t1_abc\r\nprefer: reply\r\n\r\n")
	b.WriteString(data)
	return b.Bytes()
}

// conn is a client's connection. It costs much less than net/http's client, so that a test measures the server.
type conn struct {
	net.Conn
	r *bufio.Reader
}

func dial(addr string) (*conn, error) {
	c, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReader(c)}, nil
}

// errHung is the error of a request that was not answered in time.
var errHung = errors.New("no answer in time")

// roundTrip sends a request and returns the status of the answer.
func (c *conn) roundTrip(request []byte, timeout time.Duration) (int, error) {
	if err := c.SetDeadline(time.Now().Add(timeout)); err != nil {
		return 0, err
	}
	if _, err := c.Write(request); err != nil {
		return 0, err
	}
	status, err := c.answer()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, errHung
	}
	return status, err
}

// answer reads one response, which has a Content-Length or no body.
func (c *conn) answer() (status int, err error) {
	length := 0
	for first := true; ; first = false {
		line, err := c.r.ReadSlice('\n')
		switch {
		case err == io.EOF && (!first || len(line) > 0):
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		case first && len(line) > 12:
			status, _ = strconv.Atoi(string(line[9:12]))
		case len(line) == 2:
			_, err = c.r.Discard(length)
			return status, err
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			length, _ = strconv.Atoi(strings.TrimSpace(string(line[len("Content-Length: "):])))
		}
	}
}

// lone sends one request on a new connection, and returns the time until its answer.
func lone(addr string) (time.Duration, error) {
	began := time.Now()
	c, err := dial(addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if _, err := c.Write(delivery); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, err
	}
	if resp.StatusCode != 200 {
		err = fmt.Errorf("answered %d", resp.StatusCode)
	}
	return time.Since(began), err
}
