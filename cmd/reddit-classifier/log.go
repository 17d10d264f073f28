package main

import (
	"context"
	"log/slog"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"reddit-classifier/function"
)

// repeatEvery is the interval at which a repeated warning or error is logged again, with the number of repetitions.
const repeatEvery = time.Minute

// logFormat is the name of the flag, of all commands, that sets the format of the log.
const logFormat = "log-format"

const logFormatUsage = "`FORMAT` of the log on standard error: text or json. " +
	"(default: json in Kubernetes, text elsewhere)"

// checkLogFormat returns an error if the flag has an unknown value.
func checkLogFormat(c *cobra.Command) error {
	switch format := c.Flag(logFormat).Value.String(); format {
	case "", "text", "json":
		return nil
	default:
		return usageErrorf("--%s is %q: give text or json", logFormat, format)
	}
}

// logHandler returns a handler that writes to standard error in the format of the flag.
func logHandler(c *cobra.Command, level slog.Leveler) slog.Handler {
	format := c.Flag(logFormat).Value.String()
	if format == "" && os.Getenv("KUBERNETES_SERVICE_HOST") != "" { // set in every pod
		format = "json"
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: function.LogDuration}
	if format == "json" {
		return slog.NewJSONHandler(c.ErrOrStderr(), options)
	}
	return slog.NewTextHandler(c.ErrOrStderr(), options)
}

// newLog returns a logger that logs a repeated warning or error once, and then counts it. flush logs the counts that
// are left.
func newLog(next slog.Handler) (log *slog.Logger, flush func()) {
	h := &repeatHandler{next: next, seen: &seenRecords{kinds: make(map[string]*repeatCount)}}
	return slog.New(h), h.flush
}

// repeatHandler is a handler that passes on the first record of each kind and counts the others.
type repeatHandler struct {
	next slog.Handler
	seen *seenRecords
}

type seenRecords struct {
	mu    sync.Mutex
	kinds map[string]*repeatCount
}

// repeatCount counts the records of a kind since the last one that was logged.
type repeatCount struct {
	last   slog.Record
	logged time.Time
	times  int
}

// Enabled reports whether the level is logged.
func (h *repeatHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// WithAttrs returns a handler with more attributes, which shares its counts with h.
func (h *repeatHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &repeatHandler{h.next.WithAttrs(attrs), h.seen}
}

// WithGroup returns a handler of a group, which shares its counts with h.
func (h *repeatHandler) WithGroup(name string) slog.Handler {
	return &repeatHandler{h.next.WithGroup(name), h.seen}
}

// Handle logs a record or counts it.
func (h *repeatHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return h.next.Handle(ctx, r)
	}
	h.seen.mu.Lock()
	defer h.seen.mu.Unlock()
	kind, now := recordKey(r), time.Now()
	k, ok := h.seen.kinds[kind]
	switch {
	case !ok:
		h.seen.kinds[kind] = &repeatCount{logged: now}
		return h.next.Handle(ctx, r)
	case now.Sub(k.logged) < repeatEvery:
		k.last, k.times = r.Clone(), k.times+1
		return nil
	}
	r.AddAttrs(slog.Int("times", k.times+1))
	k.logged, k.times = now, 0
	return h.next.Handle(ctx, r)
}

var digits = regexp.MustCompile(`[0-9]+`)

// recordKey returns what repeated records have in common: their message and their error, without numbers.
func recordKey(r slog.Record) string {
	kind := r.Message
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "error", "answer", "why", "status", "topic":
			kind += "\x00" + digits.ReplaceAllString(a.Value.String(), "#")
		}
		return true
	})
	return kind
}

// flush logs the last record of each kind that was only counted.
func (h *repeatHandler) flush() {
	h.seen.mu.Lock()
	defer h.seen.mu.Unlock()
	for _, k := range h.seen.kinds {
		if k.times > 0 {
			k.last.AddAttrs(slog.Int("times", k.times))
			_ = h.next.Handle(context.Background(), k.last)
			k.times = 0
		}
	}
}
