// Package http tests the HTTP layer of the function: it is as fast as func-go's stock CloudEvents server, no request
// hangs, SIGTERM loses nothing, and misbehaving clients cannot use up the memory. Servers run as processes of their
// own.
package http

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/rs/zerolog"
	stock "knative.dev/func-go/cloudevents"
	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
	"reddit-classifier/test/shared"
)

// empty is the smallest function that func-go's CloudEvents server can serve.
type empty struct{}

// Handle returns nothing, which the server answers with 202.
func (empty) Handle(event.Event) {}

// TestMain also runs the servers: a process serves the function that SERVE names.
func TestMain(m *testing.M) {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	var err error
	switch os.Getenv("SERVE") {
	case "":
		os.Exit(m.Run())
	case "ours":
		err = fn.Start(function.New())
	case "stock":
		err = stock.Start(empty{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// server is a running server.
type server struct {
	*exec.Cmd
	addr   string
	stderr bytes.Buffer
	exited chan error
}

// serve starts a server with additional environment variables, and waits until it is ready.
func serve(tb testing.TB, which string, env ...string) *server {
	tb.Helper()
	return serveIn(tb, nil, which, env...)
}

// serveIn is serve in a pod.
func serveIn(tb testing.TB, p *pod, which string, env ...string) *server {
	tb.Helper()
	s := launch(tb, p, which, env...)
	for began := time.Now(); !s.ready(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			tb.Fatalf("%s is not ready: %s", which, &s.stderr)
		}
	}
	return s
}

// launch starts a server.
func launch(tb testing.TB, p *pod, which string, env ...string) *server {
	tb.Helper()
	if testing.Short() {
		tb.Skip("starts processes")
	}
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	s := &server{Cmd: p.command(self), addr: shared.FreeAddress(tb), exited: make(chan error, 1)}
	s.Env = append(os.Environ(), append(env, "SERVE="+which, "LISTEN_ADDRESS="+s.addr, "LOG_LEVEL=ERROR")...)
	s.Stderr = &s.stderr
	if err := s.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() { s.exited <- s.Wait() }()
	tb.Cleanup(func() {
		_ = s.Process.Kill()
		<-s.exited
	})
	return s
}

func (s *server) ready() bool {
	resp, err := (&http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" +
		s.addr + "/health/readiness")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == 200
}

// memory returns a line of the status of the process in MiB: VmRSS is the current memory, VmHWM the peak. It returns 0
// if there is no /proc.
func (s *server) memory(line string) int {
	b, _ := os.ReadFile("/proc/" + strconv.Itoa(s.Process.Pid) + "/status")
	for l := range strings.Lines(string(b)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == line+":" {
			kib, _ := strconv.Atoi(f[1])
			return kib >> 10
		}
	}
	return 0
}

// cpu returns the processor time that the process has used, in nanoseconds. It returns 0 if there is no /proc.
func (s *server) cpu() time.Duration {
	threads, _ := filepath.Glob("/proc/" + strconv.Itoa(s.Process.Pid) + "/task/*/schedstat")
	sum := 0
	for _, path := range threads {
		b, _ := os.ReadFile(path)
		if f := strings.Fields(string(b)); len(f) > 0 {
			n, _ := strconv.Atoi(f[0])
			sum += n
		}
	}
	return time.Duration(sum)
}
