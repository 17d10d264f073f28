package train

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	vector "reddit-classifier/model/features"
	"reddit-classifier/model/rich"
	"reddit-classifier/model/train/tfidf"
)

// TestStyleScale: style features are standardised as by StandardScaler, over the rows that are trained on.
func TestStyleScale(t *testing.T) {
	f := &features{}
	for _, x := range []float64{1, 2, 6, 100} {
		var row [len(rich.StyleNames)]float64
		row[0], row[1] = x, 7
		f.style = append(f.style, row)
	}
	mean, scale := f.styleScale([]int{0, 1, 2})
	deviation := math.Sqrt(14.0 / 3)
	if mean[0] != 3 || math.Abs(scale[0]-deviation) > 1e-12 || mean[1] != 7 || scale[1] != 1 {
		t.Errorf("mean %v, scale %v; want 3 and %v, and 7 and 1", mean[:2], scale[:2], deviation)
	}
	m := f.styleMatrix([]int{2, 3}, mean, scale)
	for i, want := range []float64{3 / deviation, 97 / deviation} {
		if _, values := m.Row(i); math.Abs(values[0]-want) > 1e-12 || values[1] != 0 {
			t.Errorf("row %d: %v, want %v and 0", i, values[:2], want)
		}
	}
	if mean, _ := f.styleScale(nil); mean[0] != 109.0/4 {
		t.Errorf("the mean of all rows is %v", mean[0])
	}
}

// TestWriteFeatures: chunk by chunk, most of them from memory, a comment has the features that it has as a whole.
func TestWriteFeatures(t *testing.T) {
	texts := slices.Clone(invented(300).Texts)
	texts = append(texts, "", "  ", "don't (don't) \"don't\" don't.", "nul \x00 don't",
		"co. co.) 8 a.m. 8a.m. :) (: :'( ;-)", "a\u00a0b\u2028c\x1cd",
		"..'s 's ''s c'mon y'all'd've", "(o.O) (_(ツ)_/¯) ¯\\(ツ)/¯ \\n \\t", "a.k.a. U.S.-based e.g., i.e.: St. Mt.")
	texts = append(texts, ":(a", "xo) :(a", ":(a") // the bracket takes the emoticon apart, which has been seen whole
	texts = append(texts, texts...)
	for _, name := range packs.Names() {
		pack, err := packs.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, punctuation := range []bool{false, true} {
			pieces := tfidf.Write(len(texts), func(w *tfidf.Writer, i int) { writeFeatures(w, pack, texts[i], punctuation) })
			whole := tfidf.NewCorpus(len(texts), func(dst []string, i int) []string {
				var tokens []english.Token
				for _, token := range pack.AppendTokens(tokens, texts[i]) {
					if f := vector.Feature(&token, punctuation); f != "" {
						dst = append(dst, f)
					}
				}
				return dst
			})
			if diff := cmp.Diff(whole.Tokens, pieces.Tokens); diff != "" {
				t.Fatalf("%s (−whole +chunks):\n%s", name, diff)
			}
			for i := range texts {
				if diff := cmp.Diff(whole.Doc(i), pieces.Doc(i)); diff != "" {
					t.Errorf("%s: %q (−whole +chunks):\n%s", name, texts[i], diff)
				}
			}
		}
	}
}
