package explore

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"reddit-classifier/model/train/report"
)

// effect is something that cleaning puts right; find returns where it begins, or −1.
type effect struct {
	name string
	find func(raw string) int
}

var effects = []effect{
	{"line breaks", func(s string) int { return strings.IndexByte(s, '\r') }},
	{"Markdown links", pattern(`\[[^\]\r\n]*\]\(`)},
	{"HTML entities", pattern(`&(#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z]+);`)},
	{"encoding", func(s string) int { return mojibake(s) }},
	{"characters as <U+…>", pattern(`<[uU]\+\w+>`)},
	{"double hyphens", func(s string) int { return strings.Index(s, "--") }},
	{"backslashes", func(s string) int { return strings.IndexByte(s, '\\') }},
}

func pattern(expression string) func(string) int {
	re := regexp.MustCompile(expression)
	return func(s string) int {
		if at := re.FindStringIndex(s); at != nil {
			return at[0]
		}
		return -1
	}
}

func (e *explorer) cleaning() report.Cleaning {
	c := report.Cleaning{Mode: e.Options.Cleaner.String()}
	for i, raw := range e.Data.Texts {
		if e.all[i] != raw {
			c.Comments++
		}
	}
	for _, ef := range effects {
		n, shown := 0, false
		for i, raw := range e.Data.Texts {
			at := ef.find(raw)
			if at < 0 || e.all[i] == raw {
				continue
			}
			n++
			if !shown && !e.Anonymize {
				var x report.Example
				if x, shown = e.example(ef.name, raw, at); shown {
					c.Examples = append(c.Examples, x)
				}
			}
		}
		c.Effects = append(c.Effects, report.Effect{Name: ef.name, Comments: n})
	}
	return c
}

// around is how many bytes of an example are shown on either side of what it is about.
const around = 60

// example shows the passage about at before and after cleaning. ok is false when cleaning the passage alone changes
// nothing.
func (e *explorer) example(name, raw string, at int) (x report.Example, ok bool) {
	from, to := max(0, at-around), min(len(raw), at+2*around)
	if space := strings.IndexByte(raw[from:at], ' '); from > 0 && space >= 0 {
		from += space + 1
	}
	if space := strings.LastIndexByte(raw[at:to], ' '); to < len(raw) && space > 0 {
		to = at + space
	}
	for from < at && !utf8.RuneStart(raw[from]) {
		from++
	}
	for to < len(raw) && !utf8.RuneStart(raw[to]) {
		to++
	}
	before := raw[from:to]
	after := e.Options.Cleaner.Clean(before)
	if after == before {
		return x, false
	}
	x.Effect = name
	x.Before, x.After = difference(before, after)
	return x, true
}
