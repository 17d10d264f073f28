package clean_test

import (
	"strings"
	"testing"

	"reddit-classifier/model/clean"
)

// ordinary are typical comments in about the usual proportions: most need no change, and a third have line ends.
var ordinary = []string{
	strings.Repeat("I wonder whether anybody has tried to replicate this with a larger sample, it seems too good to be true. ", 3),
	strings.Repeat("The title says nothing about mice - does the paper? ", 4) + "That's well-known.",
	strings.Repeat("This isn't how p values work, and the authors know it.\r\n\r\nRead the method section first. ", 4),
	"Thanks for doing this! What's your favourite unanswered question?",
	strings.Repeat("Here is [a review](http://example.org/review_2) of what is known &amp; what isn't. ", 5),
	strings.Repeat("It’s a correlation, “only” a correlation… ", 8),
}

// hostile are fragments. A megabyte of one of them takes very long with a careless rule.
var hostile = []string{"[", "](", "[](", "[a](b)", "[\n](", "&", "&a", "&amp;gt;", "&lt;", "&#x", "&#0",
	"&CounterClockwiseContourIntegra", `\`, "<U+", "<U+0", "<U+2019>", "--", "\r",
	"(", "[(", "])", ")", "Ã", "Ã©", "ð", "â€", "Ã¢", "\u0080", "\xff", "😀"}

func BenchmarkClean(b *testing.B) {
	for _, m := range []clean.Mode{clean.Original, clean.Unicode} {
		b.Run(m.String(), func(b *testing.B) { benchmark(b, m, ordinary) })
	}
}

// BenchmarkComments measures the cleaning of real comments.
func BenchmarkComments(b *testing.B) {
	var texts []string
	for _, c := range readGolden(b) {
		texts = append(texts, c.Raw)
	}
	for _, m := range []clean.Mode{clean.Original, clean.Unicode} {
		b.Run(m.String(), func(b *testing.B) { benchmark(b, m, texts) })
	}
}

func benchmark(b *testing.B, m clean.Mode, texts []string) {
	var dst []byte
	bytes := 0
	for _, text := range texts {
		bytes += len(text)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			dst = m.Append(dst[:0], text)
		}
	}
	b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "docs/s")
}

func BenchmarkHostile(b *testing.B) {
	for _, m := range []clean.Mode{clean.Original, clean.Unicode} {
		for _, piece := range hostile {
			text := strings.Repeat(piece, 1<<20/len(piece))
			b.Run(m.String()+"/"+piece, func(b *testing.B) {
				var dst []byte
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					dst = m.Append(dst[:0], text)
				}
			})
		}
	}
}
