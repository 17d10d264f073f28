// Package http holds the function's HTTP layer to what the README says of it: as fast as func-go's stock CloudEvents
// server, nothing hung, nothing lost on SIGTERM, and no memory for those who misbehave. Servers run as processes of
// their own.
package http

import (
	"bytes"
	"fmt"
	"net"
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
)

// empty is the least that func-go's CloudEvents server can serve.
type empty struct{}

// Handle answers an event with nothing, which the server makes a 202 of.
func (empty) Handle(event.Event) {}

// TestMain is also the servers: SERVE names which one a process is.
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

// server is a running one.
type server struct {
	*exec.Cmd
	addr   string
	stderr bytes.Buffer
	exited chan error
}

// serve starts a server and returns when it is ready; env are more settings.
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
	s := &server{Cmd: p.command(self), addr: freeAddress(tb), exited: make(chan error, 1)}
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

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
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

// memory returns a line of the process's status in MiB: VmRSS is what it has now, VmHWM the most it ever had. It is
// zero where there is no /proc.
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

// cpu returns the processor time that the process has used, to the nanosecond, zero where there is no /proc.
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
