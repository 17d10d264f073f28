package console

import (
	"context"
	"log/slog"
	"slices"
	"strings"
)

// Handler returns a log handler that tells the feed of warnings and errors, and hands everything on to next.
func (f *Feed) Handler(next slog.Handler) slog.Handler { return &handler{feed: f, next: next} }

type handler struct {
	feed *Feed
	next slog.Handler
	with []slog.Attr
}

// perEvent are the attributes without which the same trouble is the same line.
var perEvent = []string{"id", "source", "attempt", "attempts", "pause", "for", "cause"}

// Enabled implements slog.Handler.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn || h.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn && !isLetter(r) {
		var b strings.Builder
		b.WriteString(r.Message)
		add := func(a slog.Attr) bool {
			if !slices.Contains(perEvent, a.Key) {
				b.WriteString("  " + a.Key + ": " + a.Value.String())
			}
			return true
		}
		for _, a := range h.with {
			add(a)
		}
		r.Attrs(add)
		h.feed.Notice(strings.ToLower(r.Level.String()), b.String(), r.Time)
	}
	if h.next.Enabled(ctx, r.Level) {
		return h.next.Handle(ctx, r)
	}
	return nil
}

// isLetter tells whether a record is about an event that becomes a dead letter, which the page shows already.
func isLetter(r slog.Record) bool {
	is := r.Message == "dead letter"
	r.Attrs(func(a slog.Attr) bool {
		is = is || r.Message == "refused" && a.Key == "code" && a.Value.Kind() == slog.KindInt64 && a.Value.Int64() < 500
		return true
	})
	return is
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{h.feed, h.next.WithAttrs(attrs), slices.Concat(h.with, attrs)}
}

// WithGroup implements slog.Handler. The feed is told the attributes' own names.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.feed, h.next.WithGroup(name), h.with}
}
