package rich

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCharNGrams(t *testing.T) {
	for text, want := range map[string]string{
		"":          "",
		" \t":       "",
		"a":         " a|a | a ",
		"ab\u00a0é": " a|ab|b | ab|ab | ab | é|é | é ",
	} {
		if got := strings.Join(slices.Collect(CharNGrams(text, 2, 4)), "|"); got != want {
			t.Errorf("%q has %q, want %q", text, got, want)
		}
	}
}

// TestCharsDecision compares the table with the sum that it computes.
func TestCharsDecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letter := rapid.SampledFrom([]rune("abAB.é😀 \t\u2028"))
		vocabulary := map[string]float64{}
		c := &Chars{NGramMin: rapid.IntRange(1, 3).Draw(t, "min"), NGramMax: 4}
		for _, source := range rapid.SliceOf(rapid.StringOf(letter)).Draw(t, "vocabulary") {
			for ngram := range CharNGrams(source, c.NGramMin, c.NGramMax) {
				if _, ok := vocabulary[ngram]; !ok {
					vocabulary[ngram] = float64(len(vocabulary)%7) - 3
					c.NGrams, c.Weights = append(c.NGrams, ngram), append(c.Weights, vocabulary[ngram])
				}
			}
		}
		sections, err := c.sections()
		if err != nil {
			t.Fatal(err)
		}
		table, err := openChars(func(name string) []byte {
			for _, s := range sections {
				if s.Name == name {
					return s.Data
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		text := rapid.StringOf(rapid.SampledFrom([]rune("abABx.é😀ß \t\u2028"))).Draw(t, "text")
		want := 0.0
		for ngram := range CharNGrams(text, c.NGramMin, c.NGramMax) {
			want += vocabulary[ngram]
		}
		if n := CharWords(text); n > 0 {
			want /= math.Sqrt(float64(n))
		}
		if got := table.decision(text); math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	})
}

func TestStyle(t *testing.T) {
	features := Style("> Why? NO  see http://a.b (é1)!")
	got := map[string]float64{}
	for i, name := range StyleNames {
		got[name] = features[i]
	}
	for name, want := range map[string]float64{
		"length": math.Log1p(31), "words": math.Log1p(6), "capitals/letters": 3.0 / 15, "digits/characters": 1.0 / 31,
		"words in capitals/words": 1.0 / 6, "letters/words": 15.0 / 6, "question marks": math.Ln2,
		"exclamation marks": math.Ln2,
		"links":             math.Ln2, "paragraphs": math.Ln2, "starts with a quotation": 1, "ends a sentence": 1,
		"ends with a question":       0,
		"starts with a small letter": 0, "parentheses": math.Ln2, "full stops": math.Ln2, "commas": 0,
	} {
		if math.Abs(got[name]-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

// TestLetters checks the characters next to the letters and digits in ASCII, which do not count, and letters beyond it.
func TestLetters(t *testing.T) {
	for text, want := range map[string]float64{"az": 2, "`{": 0, "AZ": 2, "@[": 0, "09": 0, "/:": 0, "éÉß": 3, "語": 1, "☃": 0} {
		features := Style(text)
		if got := features[slices.Index(StyleNames[:], "letters/words")]; got != want {
			t.Errorf("%q has %v letters, want %v", text, got, want)
		}
	}
	for text, want := range map[string]float64{"09": 1, "/0": 0.5, ":0": 0.5, "٣": 1, "☃": 0} {
		features := Style(text)
		if got := features[slices.Index(StyleNames[:], "digits/characters")]; got != want {
			t.Errorf("%v of the characters of %q are digits, want %v", got, text, want)
		}
	}
}

// TestLinks checks that links up to the end of a text are counted.
func TestLinks(t *testing.T) {
	for text, want := range map[string]float64{"http": 1, "htt": 0, "http http": 2, "xhttps://a": 1, "h": 0, "a htt p": 0,
		"éhttp": 1} {
		features := Style(text)
		if got := features[slices.Index(StyleNames[:], "links")]; math.Abs(got-math.Log1p(want)) > 1e-12 {
			t.Errorf("%q: links %v, want %v", text, got, math.Log1p(want))
		}
	}
}

// FuzzStyle checks that the style features of any text are finite numbers.
func FuzzStyle(f *testing.F) {
	f.Add("")
	f.Add("\xff\xfe HELLO \u2028 there?")
	f.Fuzz(func(t *testing.T, text string) {
		for i, v := range Style(text) {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				t.Errorf("%s is %v", StyleNames[i], v)
			}
		}
	})
}
