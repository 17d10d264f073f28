package stem

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStem(t *testing.T) {
	for _, c := range []struct{ word, porter, original, martin, snowball string }{
		{"Relational", "relat", "relat", "relat", "relat"},
		{"flies", "fli", "fli", "fli", "fli"},
		{"dies", "die", "di", "di", "die"},
		{"dying", "die", "dy", "dy", "die"},
		{"enjoyment", "enjoy", "enjoy", "enjoy", "enjoy"},
		{"happy", "happi", "happi", "happi", "happi"},
		{"spy", "spi", "spy", "spy", "spi"},
		{"as", "as", "a", "as", "as"},
		{"geology", "geolog", "geologi", "geologi", "geolog"},
		{"generously", "gener", "gener", "gener", "generous"},
		{"yearly", "yearli", "yearli", "yearli", "year"},
		{"the dog's", "the dog'", "the dog'", "the dog'", "the dog"},
		{"a*ded", "ad", "ad", "ad", "a*d"},
		{"naïvely", "naïv", "naïv", "naïv", "naïv"},
		{"\u2018twas", "\u2018twa", "\u2018twa", "\u2018twa", "twas"},
		{"", "", "", "", ""},
		{"\xffs", "\ufffds", "\ufffd", "\ufffds", "\ufffds"},
	} {
		for a, want := range []string{c.porter, c.original, c.martin, c.snowball} {
			if got := string(New(Algorithm(a)).Append(nil, c.word)); got != want {
				t.Errorf("%v: %q becomes %q, want %q", Algorithm(a), c.word, got, want)
			}
		}
	}
}

// TestNLTK compares the stems of words for each rule with NLTK's, from test/oracle/stems.py. A line is a word and its
// stem by each algorithm.
func TestNLTK(t *testing.T) {
	b, err := os.ReadFile("testdata/nltk-3.10.4.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 1+int(algorithms) {
			t.Fatalf("%q has %d fields", line, len(fields))
		}
		for a, want := range fields[1:] {
			if got := string(New(Algorithm(a)).Append(nil, fields[0])); got != want {
				t.Errorf("%v: %q becomes %q, want %q", Algorithm(a), fields[0], got, want)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for a := range algorithms {
		if got, err := Parse(a.String()); got != a || err != nil {
			t.Errorf("%v: %v, %v", a, got, err)
		}
	}
	if _, err := Parse("lancaster"); err == nil || !strings.Contains(err.Error(), "snowball-english") {
		t.Errorf("an unknown stemmer: %v", err)
	}
}

// TestLong checks that the time is linear for words of a single repeated letter or suffix.
func TestLong(t *testing.T) {
	for _, part := range []string{"y", "s", "ing", "alli", "a", "'", "é", "eed"} {
		word := strings.Repeat(part, 200_000/len(part))
		for a := range algorithms {
			s := New(a)
			if got := s.Append(nil, word); len(got) > len(word)+1 {
				t.Errorf("%v: %d bytes of %q become %d", a, len(word), part, len(got))
			}
		}
	}
}

func FuzzStem(f *testing.F) {
	for _, word := range []string{"rationalli", "yyyying", "a*ded", "'s'", "generalizations", "İNG", "\xffed"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		for a := range algorithms {
			s := New(a)
			got := string(s.Append([]byte("before "), word))
			stem, found := strings.CutPrefix(got, "before ")
			if !found || !utf8.ValidString(stem) {
				t.Errorf("%v: %q becomes %q", a, word, got)
			}
			if again := string(s.Append(nil, word)); again != stem {
				t.Errorf("%v: %q becomes %q and then %q", a, word, stem, again)
			}
		}
	})
}

func BenchmarkStem(b *testing.B) {
	words := strings.Fields("the observatory was better than expected and honestly nobody complained about generalizations of astronomical " +
		"relations while communities were happily organizing visits for travelling scientists")
	for a := range algorithms {
		b.Run(a.String(), func(b *testing.B) {
			s := New(a)
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				for _, word := range words {
					dst = s.Append(dst[:0], word)
				}
			}
			b.ReportMetric(float64(b.N*len(words))/b.Elapsed().Seconds(), "words/s")
		})
	}
}
