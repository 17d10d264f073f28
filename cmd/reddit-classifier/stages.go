package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"reddit-classifier/model/train"
)

// stages shows the stages of a training: on a terminal as a bar with the rate, elsewhere as one line when each ends.
type stages struct {
	w        io.Writer
	terminal bool
	name     string
	count    int
	total    int
	begin    time.Time
	next     time.Time // when the bar may be drawn anew
}

func newStages(w io.Writer) *stages { return &stages{w: w, terminal: isTerminal(w)} }

// report is the train.Report.
func (s *stages) report(stage string, done, total int) {
	now := time.Now()
	if stage != s.name {
		s.end(now)
		s.name, s.begin, s.next = stage, now, now
	}
	s.count, s.total = done, total
	if s.terminal && !now.Before(s.next) {
		s.next = now.Add(100 * time.Millisecond)
		fmt.Fprintf(s.w, "\r\x1b[K%s", s.line(now))
	}
}

const barWidth = 24

// line is the stage with bar and rate, as far as they are known.
func (s *stages) line(now time.Time) string {
	switch s.total {
	case 0:
		return s.name
	case train.Percent:
		return fmt.Sprintf("%-20s %s %d %%", s.name, bar(s.count, 100), s.count)
	}
	return fmt.Sprintf("%-20s %s %d/%d%s", s.name, bar(s.count, s.total), s.count, s.total, s.rate(now))
}

func bar(count, total int) string {
	filled := barWidth * count / total
	return strings.Repeat("█", filled) + strings.Repeat("░", barWidth-filled)
}

func (s *stages) rate(now time.Time) string {
	seconds := now.Sub(s.begin).Seconds()
	if s.count == 0 || seconds < 0.001 {
		return ""
	}
	rate := float64(s.count) / seconds
	decimals := 0
	if rate < 10 {
		decimals = 2
	}
	return fmt.Sprintf(", %.*f/s", decimals, rate)
}

func (s *stages) end(now time.Time) {
	switch {
	case s.name == "":
	case s.terminal:
		fmt.Fprint(s.w, "\r\x1b[K")
	case s.total > 0 && s.count > 0:
		fmt.Fprintf(s.w, "%s: %d in %.2f s%s\n", s.name, s.count, now.Sub(s.begin).Seconds(), s.rate(now))
	default:
		fmt.Fprintf(s.w, "%s: %.2f s\n", s.name, now.Sub(s.begin).Seconds())
	}
}

// done ends the last stage.
func (s *stages) done() {
	s.end(time.Now())
	s.name = ""
}
