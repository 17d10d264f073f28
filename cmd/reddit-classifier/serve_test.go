package main

import (
	"bufio"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// serve logs the address at which it answers, as text outside Kubernetes.
func TestServeLogsItsAddress(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "reddit-classifier", "serve", "--listen", "127.0.0.1:0")
	cmd.Env = append(cmd.Environ(), "KUBERNETES_SERVICE_HOST=", "LOG_LEVEL=INFO")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	address := regexp.MustCompile(`level=INFO msg=listening address=(http://127\.0\.0\.1:[0-9]+)$`)
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		found := address.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		resp, err := http.Post(found[1], "text/plain", strings.NewReader("This is an input"))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, err := io.ReadAll(resp.Body); resp.StatusCode != 200 || !strings.Contains(string(b), "[0.594605708051") {
			t.Errorf("%d, %s, %v", resp.StatusCode, b, err)
		}
		return
	}
	t.Error("no address was logged")
}
