package explore

import (
	"strings"
	"testing"
	"unicode/utf8"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/report"
)

func joined(spans []report.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// FuzzText: whatever a comment holds, marking its words and showing what cleaning did loses nothing of it, and splits
// no character.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "one\r\ntwo", "na\u00c3\u00afve -- &amp; <U+1F44F> [a](b) \\",
		"I can't, don't\u00a0 see  http://a.b", "\xff\xfe\u00e2\u0080\u0099"} {
		f.Add(s)
	}
	o := train.Default()
	pack, err := packs.Open(o.Language)
	if err != nil {
		f.Fatal(err)
	}
	e := &explorer{Input: Input{Options: o}, pack: pack}
	f.Fuzz(func(t *testing.T, text string) {
		for _, ef := range effects {
			at := ef.find(text)
			if at < 0 {
				continue
			}
			x, ok := e.example(ef.name, text, at)
			if !ok {
				continue
			}
			if !utf8.ValidString(joined(x.After)) || utf8.ValidString(text) && !utf8.ValidString(joined(x.Before)) {
				t.Errorf("%s: %q became %q", ef.name, joined(x.Before), joined(x.After))
			}
		}
		cleaned := clean.Unicode.Clean(text)
		var contributions []model.Contribution
		for k, word := range strings.Fields(strings.ToLower(cleaned)) {
			contributions = append(contributions, model.Contribution{NGram: word, Value: float64(k%5) - 2})
		}
		if got := joined(e.mark(cleaned, contributions)); got != cleaned {
			t.Errorf("marked %q, which was %q", got, cleaned)
		}
	})
}
