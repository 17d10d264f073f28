package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// jsonLines writes values as lines of JSON: doubles as the shortest number that reads back as the same double, <, > and & as they are.
type jsonLines struct {
	buf *bufio.Writer
	enc *json.Encoder
}

func newJSONLines(w io.Writer) *jsonLines {
	buf := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	return &jsonLines{buf, enc}
}

func (l *jsonLines) Write(v any) error { return l.enc.Encode(v) }

func (l *jsonLines) Flush() error { return l.buf.Flush() }

// progress shows on a terminal how far a command is; anywhere else, and before it has taken a second, nothing.
type progress struct {
	w     io.Writer // nil: nowhere
	begin time.Time
	last  time.Time
	done  int
	shown bool
}

func newProgress(w io.Writer) *progress {
	p := &progress{begin: time.Now()}
	p.last = p.begin.Add(time.Second)
	if isTerminal(w) {
		p.w = w
	}
	return p
}

// printTo writes at once what print prints, so that a full disk is an error.
func printTo(w io.Writer, print func(io.Writer)) error {
	var b bytes.Buffer
	print(&b)
	_, err := w.Write(b.Bytes())
	return err
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Hide shows nothing from here on.
func (p *progress) Hide() { p.w = nil }

// Add counts one more of an unknown number.
func (p *progress) Add() { p.Set(p.done+1, 0) }

// Set shows that done of total are done, if it is time to; a total of 0 is not known.
func (p *progress) Set(done, total int) {
	p.done = done
	if p.w == nil || done&63 != 0 && total == 0 {
		return
	}
	now := time.Now()
	if now.Before(p.last) {
		return
	}
	p.last, p.shown = now.Add(200*time.Millisecond), true
	rate := float64(done) / now.Sub(p.begin).Seconds()
	if total > 0 {
		fmt.Fprintf(p.w, "\r\x1b[K%d of %d (%d %%), %.0f/s", done, total, 100*done/total, rate)
		return
	}
	fmt.Fprintf(p.w, "\r\x1b[K%d, %.0f/s", done, rate)
}

// Done takes away what was shown.
func (p *progress) Done() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
