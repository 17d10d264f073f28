package monitoring

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// program is the command under test, built once a test.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reddit-classifier")
	build := exec.Command("go", "build", "-o", path, "./cmd/reddit-classifier")
	build.Dir = root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// free returns an address that nothing listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs a program until the test ends, which shows what it said if the test has failed. It returns its output.
func start(t *testing.T, environment []string, path string, args ...string) io.Reader {
	t.Helper()
	c := exec.Command(path, args...)
	c.Env = append(os.Environ(), environment...)
	said, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = said
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		defer time.AfterFunc(20*time.Second, func() { _ = c.Process.Kill() }).Stop()
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait()
		if b, err := os.ReadFile(said.Name()); err == nil && t.Failed() {
			t.Logf("%s %s:\n%s", filepath.Base(path), strings.Join(args, " "), b)
		}
	})
	return out
}

// get returns what an address answers, as soon as it answers 200.
func get(t *testing.T, url string) []byte {
	t.Helper()
	var last error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(url)
		if err != nil {
			last = err
			continue
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil && resp.StatusCode == http.StatusOK {
			return b
		}
		last = fmt.Errorf("%s: %.300s", resp.Status, b)
	}
	t.Fatalf("%s: %v", url, last)
	return nil
}

// await waits until something listens on an address.
func await(t *testing.T, address string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// system is what runs while it is measured: up with its samples, and a function whose sink takes a while and then
// refuses.
type system struct {
	kafka        string            // its address
	up, function string            // where events are posted to
	metrics      map[string]string // address of each program's metrics, by the name of its pod
	refusing     atomic.Bool       // the sink of function
}

func startSystem(t *testing.T, path string) *system {
	t.Helper()
	s := &system{metrics: map[string]string{"up": free(t), "function": free(t)}, function: "http://" + free(t)}
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(20 * time.Millisecond)
		if s.refusing.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(sink.Close)
	start(t, []string{"METRICS_ADDRESS=" + s.metrics["function"], "SINK_TIMEOUT=500ms"}, path, "serve", "--listen",
		strings.TrimPrefix(s.function, "http://"), "--sink", sink.URL)
	out := start(t, nil, path, "up", "--listen", "127.0.0.1:0", "--listen-console", "127.0.0.1:0", "--metrics",
		s.metrics["up"])
	addresses := regexp.MustCompile(`^Kafka \(.*\) is at (\S+), the function at (\S+)\. `)
	answer := regexp.MustCompile(`^\S+ +(kept|removed|refused:|answered)`)
	lines := bufio.NewScanner(out)
	for answers := 0; answers < 15 && lines.Scan(); {
		if found := addresses.FindStringSubmatch(lines.Text()); found != nil {
			s.kafka, s.up = found[1], found[2]
		}
		if answer.MatchString(lines.Text()) {
			answers++
		}
	}
	if s.up == "" {
		t.Fatal("up does not say where its function is")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	get(t, s.function+"/health/readiness")
	return s
}

// post sends an event and returns the status that it is answered with.
func post(t *testing.T, function, id, data string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, function, strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Ce-Specversion": "1.0", "Ce-Id": id, "Ce-Source": "/test",
		"Ce-Type": "t", "Content-Type": "application/json"} {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
