package console

import (
	"context"
	"log/slog"
	"slices"
	"strings"
)

// Handler returns a log handler that adds warnings and errors to the feed, and passes all records on to next.
func (f *Feed) Handler(next slog.Handler) slog.Handler { return &handler{feed: f, next: next} }

type handler struct {
	feed *Feed
	next slog.Handler
	with []slog.Attr
}

// perEventAttrs are the attributes that differ between events. Without them, the lines of the same problem are equal.
var perEventAttrs = []string{"id", "source", "attempt", "attempts", "backoff", "for", "cause"}

// Enabled implements [slog.Handler].
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn || h.next.Enabled(ctx, level)
}

// Handle implements [slog.Handler].
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn && !isDeadLetter(r) {
		var b strings.Builder
		b.WriteString(r.Message)
		add := func(a slog.Attr) bool {
			if !slices.Contains(perEventAttrs, a.Key) {
				b.WriteString("  " + a.Key + ": " + a.Value.String())
			}
			return true
		}
		for _, a := range h.with {
			add(a)
		}
		r.Attrs(add)
		h.feed.addLogTrouble(r)
		h.feed.Notice(strings.ToLower(r.Level.String()), b.String(), r.Time)
	}
	if h.next.Enabled(ctx, r.Level) {
		return h.next.Handle(ctx, r)
	}
	return nil
}

// isDeadLetter reports whether a log record is about a dead letter. The page shows dead letters anyway.
func isDeadLetter(r slog.Record) bool {
	is := r.Message == "dead letter"
	r.Attrs(func(a slog.Attr) bool {
		is = is || r.Message == "refused" && a.Key == "code" && a.Value.Kind() == slog.KindInt64 && a.Value.Int64() < 500
		return true
	})
	return is
}

// addLogTrouble looks whether a log record is about an event that was not accepted: by the function, which logs a
// reason, or by the sink, which logs a path and a status.
func (f *Feed) addLogTrouble(r slog.Record) {
	if r.Message != "refused" {
		return
	}
	values := make(map[string]string)
	r.Attrs(func(a slog.Attr) bool {
		values[a.Key] = a.Value.String()
		return true
	})
	switch reason := values["reason"]; {
	case values["path"] != "":
		f.AddTrouble("sink_refused", values["status"]+" for "+values["path"]+", "+values["error"], r.Time)
	case reason == "sink_refused" && f.hasTrouble(reason, r.Time): // the log of the sink says more
	case reason != "":
		f.AddTrouble(reason, values["error"], r.Time)
	}
}

// WithAttrs implements [slog.Handler].
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{h.feed, h.next.WithAttrs(attrs), slices.Concat(h.with, attrs)}
}

// WithGroup implements [slog.Handler]. The feed gets the names of attributes without the group.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.feed, h.next.WithGroup(name), h.with}
}
