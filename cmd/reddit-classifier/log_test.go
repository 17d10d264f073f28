package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestLogDurations writes durations with their units in both forms.
func TestLogDurations(t *testing.T) {
	for format, want := range map[string]string{"text": "took=1.5s", "json": `"took":"1.5s"`} {
		var b bytes.Buffer
		c := newRoot(io.Discard, &b)
		if err := c.PersistentFlags().Set(logFormat, format); err != nil {
			t.Fatal(err)
		}
		slog.New(logHandler(c, slog.LevelInfo)).Info("posted", "took", 1500*time.Millisecond)
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s: %s", format, &b)
		}
	}
}

// TestLog logs what repeats once, and at the end how often it came; what is another kind of error, or no error, is
// logged each time.
func TestLog(t *testing.T) {
	var b bytes.Buffer
	log, flush := newLog(slog.NewTextHandler(&b, nil))
	for i := range 1000 {
		log.Warn("dead letter", "id", i, "answer", "status 422: no text")
		log.With("part", "sink").Warn("refused", "error",
			errors.New("read tcp 127.0.0.1:"+strings.Repeat("1", i%4+1)+": reset"))
	}
	log.Warn("dead letter", "id", 7, "answer", "status 400: no JSON")
	log.Info("hello")
	log.Info("hello")
	if got := strings.Count(b.String(), "\n"); got != 5 {
		t.Errorf("%d lines, want 5:\n%s", got, &b)
	}
	b.Reset()
	flush()
	flush()
	said := b.String()
	if strings.Count(said, "\n") != 2 || strings.Count(said, "times=999") != 2 ||
		!strings.Contains(said, `msg="dead letter" id=999 answer="status 422: no text" times=999`) {
		t.Errorf("at the end it says\n%s", said)
	}
}
