// Package clients holds the server to what clients of others make of it: each sends the same texts with its own
// library, and must understand the probabilities that the model gives.
package clients

import (
	"bytes"
	"encoding/json"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

var texts = []string{"This is an input", "Finally some good news about coral reefs 🐠🎉", "It's “significant”, isn't it?",
	"x"}

// serve runs the command serve and returns its address.
func serve(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "reddit-classifier")
	build := exec.Command("go", "build", "-o", program, "./cmd/reddit-classifier")
	build.Dir = shared.Root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	server := exec.Command(program, "serve", "--listen", address)
	server.Env = append(os.Environ(), "K_SINK=", "DEAD_LETTER_SINK=", "MODEL_PATH=")
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	for range 200 {
		resp, err := http.Get("http://" + address + "/health/readiness")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return address
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("serve is not ready after ten seconds")
	return ""
}

// run gives a client the texts and returns what it printed.
func run(t *testing.T, name string, args ...string) map[string]any {
	t.Helper()
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = filepath.Join(shared.Root(), "test", "clients")
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.Bytes())
	}
	answers := map[string]any{}
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return answers
}

// compare wants every client's probabilities to be the model's, and the rest of what it understood to be what is
// wanted.
func compare(t *testing.T, answers map[string]any, want map[string]any) {
	t.Helper()
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	probabilities := make([]any, len(texts))
	for i, text := range texts {
		p := m.PredictProba(text)
		probabilities[i] = []any{p[0], p[1]}
	}
	for name, v := range want {
		if v == nil {
			want[name] = probabilities
		}
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-15 })
	if diff := cmp.Diff(want, answers, near); diff != "" {
		t.Errorf("what the client understood (-want +got):\n%s", diff)
	}
}

func TestPython(t *testing.T) {
	python := oracle.Environment(t, "clients")
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	ready, metadata := []any{true, true, true}, []any{m.Name(), "BYTES"}
	address := serve(t)
	for part, want := range map[string]map[string]any{
		"kserve": {
			"kserve rest v1 ready": true, "kserve rest v1": nil, "kserve rest v2 ready": ready, "kserve rest v2": nil,
			"kserve rest v2 id": "k1",
			"kserve grpc ready": ready, "kserve grpc": nil,
		},
		"triton": {
			"triton http ready": ready, "triton http metadata": metadata, "triton http": nil, "triton http json": nil,
			"triton grpc ready": ready, "triton grpc metadata": metadata, "triton grpc": nil,
		},
		"cloudevents": {
			"cloudevents binary": nil, "cloudevents binary causationid": "binary",
			"cloudevents structured": nil, "cloudevents structured causationid": "structured",
		},
	} {
		compare(t, run(t, python, "clients.py", address, m.Name(), part), want)
	}
}

func TestSeldon(t *testing.T) {
	python := oracle.Environment(t, "clients-seldon")
	names := []any{"t:0", "t:1"}
	compare(t, run(t, python, "seldon.py", serve(t)), map[string]any{
		"seldon rest": nil, "seldon rest names": names, "seldon grpc": nil, "seldon grpc names": names,
	})
}

func TestJavaScript(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		shared.Missing(t, "npm")
	}
	modules := filepath.Join(shared.Root(), "test", "clients", "node_modules")
	if _, err := os.Stat(modules); err != nil {
		if os.Getenv("ORACLE") != "1" && !shared.Required() {
			shared.Missing(t, "node_modules (ORACLE=1 installs them)")
		}
		install := exec.Command("npm", "ci", "--silent", "--no-audit", "--no-fund")
		install.Dir = filepath.Dir(modules)
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	compare(t, run(t, "node", "clients.mjs", serve(t)), map[string]any{
		"cloudevents.js binary": nil, "cloudevents.js binary causationid": "binary",
		"cloudevents.js structured": nil, "cloudevents.js structured causationid": "structured",
		"cloudevents.js batch": nil,
	})
}
