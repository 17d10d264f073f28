package function_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reddit-classifier/function"
	"reddit-classifier/internal/version"
	"reddit-classifier/model"
)

// logged returns what a function logs from its start on, for all that do does with it.
func logged(t *testing.T, do func(*function.Function), settings ...func(*function.Config)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stderr := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = stderr }()
	do(start(t, settings...))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestNoSecretIsLogged has everything that may be secret in the settings and in a request, a sink that is not there,
// and the log at its most talkative.
func TestNoSecretIsLogged(t *testing.T) {
	got := logged(t, func(f *function.Function) {
		for _, data := range []string{"a HUSH comment", `{"strData":"a HUSH comment"`} {
			r := kafka(data)
			r.Header.Set("Authorization", "Bearer HUSH")
			r.Header.Set("Cookie", "HUSH")
			r.Header.Set("Ce-Source", "http://user:HUSH@comments.example/all#topic")
			r.Header.Set("Ce-Subject", "HUSH")
			r.Header.Set("Ce-Key", "HUSH")
			if w := handle(f, r); w.Code/100 == 2 {
				t.Errorf("answered %d", w.Code)
			}
		}
	}, to("http://user:HUSH@127.0.0.1:1/ns/topic?token=HUSH#HUSH", 100*time.Millisecond), func(c *function.Config) {
		c.LogLevel = slog.LevelDebug
		c.CEOverrides = `{"extensions":{"token":"HUSH"}}`
	})
	if strings.Contains(got, "HUSH") {
		t.Errorf("logged:\n%s", got)
	}
	for _, want := range []string{"http://127.0.0.1:1/ns/topic", "sink_unreachable", "connection refused", "invalid_json",
		"comments.example/all#topic", "partition:1/offset:0"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not logged:\n%s", want, got)
		}
	}
}

// TestReady wants the first line of the log to name the build and the model.
func TestReady(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	got := logged(t, func(*function.Function) {}, func(c *function.Config) { c.LogLevel = slog.LevelInfo })
	line, _, _ := strings.Cut(got, "\n")
	var ready struct{ Msg, Model, Version, Digest, Release string }
	if err := json.Unmarshal([]byte(line), &ready); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	want := ready
	want.Msg, want.Model, want.Version, want.Digest = "ready", m.Name(), m.Version(), m.Digest()
	want.Release = version.String()
	if ready != want {
		t.Errorf("logged %+v, want %+v", ready, want)
	}
}

// TestLogOfABatch: a batch that is wrong all over makes few lines, and says how many more there were.
func TestLogOfABatch(t *testing.T) {
	got := logged(t, func(f *function.Function) {
		batch := "[" + strings.Repeat("{},", 99) + "{}]"
		if w := handle(f, post(batch, "Content-Type", "application/cloudevents-batch+json")); w.Code != 200 ||
			strings.Count(w.Body.String(), `"code":400`) != 100 {
			t.Errorf("answered %d %.200s", w.Code, w.Body)
		}
	}, func(c *function.Config) { c.LogLevel = slog.LevelWarn })
	if lines := strings.Count(got, "\n"); lines != 4 || !strings.Contains(got, `"more":97`) {
		t.Errorf("logged:\n%s", got)
	}
}

// TestLogLine: the length of a line does not depend on the sender.
func TestLogLine(t *testing.T) {
	got := logged(t, func(f *function.Function) {
		r := kafka("{")
		r.Header.Set("Ce-Id", strings.Repeat("i", 500_000))
		r.Header.Set("Ce-Source", "/"+strings.Repeat("s", 500_000))
		if w := handle(f, r); w.Code != http.StatusBadRequest {
			t.Errorf("answered %d", w.Code)
		}
	}, func(c *function.Config) { c.LogLevel = slog.LevelWarn })
	if len(got) < 512 || len(got) > 1024 {
		t.Errorf("%d bytes are logged, not some 700", len(got))
	}
	if strings.Contains(got, "ready") {
		t.Errorf("LOG_LEVEL=WARN lets through:\n%s", got)
	}
}
