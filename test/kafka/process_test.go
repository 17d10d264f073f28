package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/test/shared"
)

// process is a program that the test starts, kills and restarts.
type process struct {
	name string
	args []string
	log  string // path of the file with its output
	cmd  *exec.Cmd
	done chan error
}

// start starts a program. It is killed at the end of the test, if it still runs.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{name: name, args: args, log: filepath.Join(t.TempDir(), name+".log")}
	p.restart(t)
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			b, _ := os.ReadFile(p.log)
			t.Logf("the end of the output of %s:\n%s", name, b[max(0, len(b)-2000):])
		}
	})
	return p
}

// restart starts the process, for the first time or again.
func (p *process) restart(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan<- error) { done <- cmd.Wait() }(p.cmd, p.done)
}

// kill ends the process with SIGKILL, like a machine that fails.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Signal(syscall.SIGCONT)
		p.cmd.Process.Kill()
		p.wait(time.Minute)
	}
}

// stop ends the process with SIGTERM, like a pod that is deleted, and returns the error of its exit.
func (p *process) stop() error {
	p.cmd.Process.Signal(syscall.SIGTERM)
	return p.wait(time.Minute)
}

func (p *process) wait(d time.Duration) error {
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(d):
		return fmt.Errorf("%s did not end within %v", p.name, d)
	}
}

// freeAddress returns a loopback address whose port is free, as are the two ports after it.
func freeAddress(t *testing.T) (addr string, port int) {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port = l.Addr().(*net.TCPAddr).Port
		l.Close()
		if isFree(port+1) && isFree(port+2) {
			return fmt.Sprintf("127.0.0.1:%d", port), port
		}
	}
	t.Fatal("no three free ports in a row")
	return "", 0
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err == nil {
		l.Close()
	}
	return err == nil
}

// startKafka starts a broker with the topics given, each with six partitions.
func startKafka(t *testing.T, topics ...string) (p *process, addr string) {
	t.Helper()
	shared.Program(t, "bash")
	shared.Program(t, "java")
	shared.Program(t, "mvn")
	script, err := filepath.Abs("kafka")
	if err != nil {
		t.Fatal(err)
	}
	addr, port := freeAddress(t)
	p = start(t, "kafka", "bash", script, t.TempDir(), fmt.Sprint(port))
	client := await(t, p, addr)
	defer client.Close()
	for _, topic := range topics {
		if _, err := broker.Ensure(t.Context(), client, broker.Topic{Name: topic, Partitions: partitions}); err != nil {
			t.Fatal(err)
		}
	}
	return p, addr
}

// await waits until the broker answers. The first time this includes downloading its jars.
func await(t *testing.T, p *process, addr string) *kgo.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for {
		client, err := broker.At(addr).Connect(ctx)
		if err == nil {
			return client
		}
		select {
		case ended := <-p.done:
			p.done <- ended
			t.Fatalf("kafka ended: %v", ended)
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// build compiles the current program.
func build(t *testing.T) string {
	t.Helper()
	readSources(t)
	path := filepath.Join(t.TempDir(), "reddit-classifier")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/reddit-classifier")
	cmd.Dir = shared.Root()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// readSources opens the folders of all sources of the program and the broker. Go caches the result of a test until its
// package, or a file or folder that the test opened, changes. It does not know what the test's go build opens.
func readSources(t *testing.T) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum", "cmd", "cloudevent", "function", "internal", "model", "test/kafka"} {
		err := filepath.WalkDir(filepath.Join(shared.Root(), name),
			func(_ string, _ os.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// listening waits until something listens at addr.
func listening(t *testing.T, addr string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return
		}
		if !errors.Is(err, syscall.ECONNREFUSED) && !strings.Contains(err.Error(), "timeout") {
			t.Fatal(err)
		}
	}
	t.Fatalf("nothing listens at %s", addr)
}
