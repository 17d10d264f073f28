package host

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// instance is a running function.
type instance struct {
	cmd *exec.Cmd
	url string
	log *strings.Builder
}

// start runs the binary of a function with LISTEN_ADDRESS, as its image does. change may modify the command before.
func start(t *testing.T, path string, change func(*exec.Cmd)) *instance {
	t.Helper()
	address := freeAddress(t)
	log := &strings.Builder{}
	cmd := exec.Command(path)
	cmd.Env = []string{"LISTEN_ADDRESS=" + address}
	cmd.Stdout, cmd.Stderr = log, log
	if change != nil {
		change(cmd)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	i := &instance{cmd, "http://" + address, log}
	t.Cleanup(func() { i.kill() })
	return i
}

func (i *instance) kill() {
	if i.cmd.ProcessState == nil {
		i.cmd.Process.Kill()
		i.cmd.Wait()
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// ready waits until the function is ready.
func (i *instance) ready(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		resp, err := http.Get(i.url + "/health/readiness")
		if err != nil {
			continue
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	i.kill()
	t.Fatalf("the function did not become ready in 20 s; it wrote:\n%s", i.log)
}

// post sends the request of a KafkaSource for a plain record: an event in binary mode without a content type.
func (i *instance) post(t *testing.T, data string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, i.url, strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"ce-specversion": "1.0", "ce-type": "dev.knative.kafka.event", "ce-id": "partition:1/offset:0",
		"ce-subject":      "partition:1#0",
		"ce-source":       "/apis/v1/namespaces/default/kafkasources/reddit-classifier#reddit-classifier-input",
		"ce-partitionkey": "c1", "Prefer": "reply",
	} {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%v; the function wrote:\n%s", err, i.log)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// check posts a record that the function must answer, and one that it must refuse.
func (i *instance) check(t *testing.T) {
	t.Helper()
	resp, err := http.Get(i.url + "/health/liveness")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("liveness answers %s", resp.Status)
	}
	resp, body := i.post(t, `{"data":{"ndarray":["This is an input"]}}`)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the answer is %s: %s", resp.Status, body)
	}
	if got, want := resp.Header.Get("ce-type"), "reddit.classifier.prediction.v1"; got != want {
		t.Errorf("the answer's type is %q, want %q", got, want)
	}
	if got := resp.Header.Get("ce-partitionkey"); got != "c1" {
		t.Errorf("the answer's partitionkey is %q, want that of the record", got)
	}
	var answer struct {
		Data struct {
			Names   []string
			Ndarray [][2]float64
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data.Ndarray) != 1 {
		t.Fatalf("the answer is not one prediction: %s", body)
	}
	if p := answer.Data.Ndarray[0]; p[0] <= 0 || p[1] <= 0 || p[0]+p[1] < 1-1e-12 || p[0]+p[1] > 1+1e-12 {
		t.Errorf("%v are not two probabilities", p)
	}
	t.Logf("answer: %s", body)
	if resp, body = i.post(t, `{"data":{"ndarray":[1]}}`); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("numbers are answered with %s: %s", resp.Status, body)
	}
}

// stop sends SIGTERM to the function, as Kubernetes does, and returns an error unless it exits with 0.
func (i *instance) stop() error {
	if err := i.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := i.cmd.Wait(); err != nil {
		return fmt.Errorf("%w; it wrote:\n%s", err, i.log)
	}
	return nil
}

func TestRun(t *testing.T) {
	i := start(t, own(built(t)), nil)
	i.ready(t)
	i.check(t)
	if err := i.stop(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// With the original model, the binary that func has built answers as the original system does, byte for byte.
func TestOriginal(t *testing.T) {
	i := start(t, own(built(t)), func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "MODEL_PATH=original") })
	i.ready(t)
	const want = `{"data":{"names":["t:0","t:1"],"ndarray":[[0.6841162584069689,0.31588374159303106]]},"meta":{}}`
	if _, body := i.post(t, `{"data":{"ndarray":["This is an input"]}}`); string(body) != want {
		t.Errorf("the answer is %s, want %s", body, want)
	}
}
