package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model/train"
)

// progress shows the progress of a command: on a terminal as a line that is redrawn, elsewhere as one line at the end
// of each named stage.
type progress struct {
	w        io.Writer
	terminal bool
	stage    string // may be empty
	unit     string // of done and total, in the singular; may be empty
	done     int
	total    int // 0 if it is not known
	begin    time.Time
	next     time.Time // earliest time of the next redraw
	shown    bool
}

const (
	redrawEvery = 100 * time.Millisecond
	barWidth    = 24
	eraseLine   = "\r\x1b[K"
)

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, terminal: isTerminal(w), begin: time.Now()}
	p.next = p.begin.Add(time.Second) // a shorter command needs no bar
	return p
}

// Hide stops drawing on a terminal.
func (p *progress) Hide() { p.terminal = false }

// Add counts one more item of an unknown total.
func (p *progress) Add() {
	p.done++
	if p.terminal && p.done&63 == 0 {
		p.draw(time.Now())
	}
}

// Set shows that done of total items are done.
func (p *progress) Set(done, total int) { p.Stage(p.stage, p.unit, done, total) }

// Stage shows that done of total units of a stage are done. A new name ends the previous stage. Stage is a
// [train.ProgressFunc].
func (p *progress) Stage(stage, unit string, done, total int) {
	now := time.Now()
	if stage != p.stage {
		p.end(now)
		p.stage, p.begin, p.next = stage, now, now
	}
	p.unit, p.done, p.total = unit, done, total
	if p.terminal {
		p.draw(now)
	}
}

func (p *progress) draw(now time.Time) {
	if now.Before(p.next) {
		return
	}
	p.next, p.shown = now.Add(redrawEvery), true
	fmt.Fprint(p.w, eraseLine, p.line(now))
}

// line returns the stage with its bar and rate, as far as they are known.
func (p *progress) line(now time.Time) string {
	name := p.stage
	if name != "" {
		name = fmt.Sprintf("%-20s ", name)
	}
	switch {
	case p.total == train.Percent:
		return fmt.Sprintf("%s%s %d %%", name, bar(p.done, 100), p.done)
	case p.total > 0:
		return fmt.Sprintf("%s%s %d/%d%s", name, bar(p.done, p.total), p.done, p.total, p.rate(now))
	case p.done > 0:
		return fmt.Sprintf("%s%d%s", name, p.done, p.rate(now))
	}
	return p.stage
}

func bar(count, total int) string {
	filled := barWidth * count / total
	return strings.Repeat("█", filled) + strings.Repeat("░", barWidth-filled)
}

func (p *progress) rate(now time.Time) string {
	seconds := now.Sub(p.begin).Seconds()
	if p.done == 0 || seconds < 0.001 {
		return ""
	}
	rate := float64(p.done) / seconds
	decimals := 0
	if rate < 10 {
		decimals = 2
	}
	return fmt.Sprintf(", %.*f/s", decimals, rate)
}

// Done ends the last stage and erases what was drawn.
func (p *progress) Done() {
	p.end(time.Now())
	p.stage = ""
}

func (p *progress) end(now time.Time) {
	if p.shown {
		fmt.Fprint(p.w, eraseLine)
		p.shown = false
	}
	switch {
	case p.terminal || p.stage == "":
	case p.total > 0 && p.done > 0:
		fmt.Fprintf(p.w, "%s: %s in %.2f s%s\n",
			p.stage, plural.Of(p.done, p.unit, p.unit+"s"), now.Sub(p.begin).Seconds(), p.rate(now))
	default:
		fmt.Fprintf(p.w, "%s: %.2f s\n", p.stage, now.Sub(p.begin).Seconds())
	}
}
