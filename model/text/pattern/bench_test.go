package pattern

import (
	"strings"
	"testing"
)

// comment has the length and the mixture of characters of a typical comment.
const comment = "I've been to the observatory twice (in 2019 and 2021), and honestly? The second time was better: they had replaced the " +
	"mirror, the guide knew her stuff, and nobody had to queue for 45 minutes. Don't miss the café \u2014 it's naïve to think " +
	"you can see Jupiter's moons on an empty stomach!!! More at https://observatory.example/visit?when=now and r/astronomy.\n\n"

func BenchmarkFind(b *testing.B) {
	for _, expr := range []string{`(?u)\b\w\w+\b`, `\w+`, `[a-zA-Z]{3,}`, `(?u)\b\w+\b`, `\S+`, `[^\s]+`,
		`\b[a-z]{2,15}\b`,
		`(?u)\b\w\w+\b|!|\?|\"|\'`, `([a-z]+)'[a-z]`, `(?i)[a-z]+(?:-[a-z]+)*`} {
		for _, text := range []string{comment, strings.Repeat(comment, 200)} {
			name := "/comment"
			if len(text) > len(comment) {
				name = "/long"
			}
			b.Run(expr+name, func(b *testing.B) {
				p, err := Compile(expr)
				if err != nil {
					b.Fatal(err)
				}
				m := p.NewMatcher()
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					m.Reset(text)
					for _, ok := m.NextToken(); ok; _, ok = m.NextToken() {
					}
				}
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, expr := range []string{`(?u)\b\w\w+\b`, `(?u)\b\w\w+\b|!|\?|\"|\'`, `(?i)[a-z]+(?:-[a-z]+)*`,
		`\b[a-z]{2,15}\b`} {
		b.Run(expr, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p, err := Compile(expr)
				if err != nil {
					b.Fatal(err)
				}
				m := p.NewMatcher()
				m.Reset(comment)
				for _, ok := m.NextToken(); ok; _, ok = m.NextToken() {
				}
			}
		})
	}
}
