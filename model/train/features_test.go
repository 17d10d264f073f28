package train

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	vector "reddit-classifier/model/features"
	"reddit-classifier/model/train/tfidf"
)

// TestWriteFeatures: chunk by chunk, most of them from memory, a comment has the features that it has as a whole.
func TestWriteFeatures(t *testing.T) {
	texts := slices.Clone(invented(300).Texts)
	texts = append(texts, "", "  ", "don't (don't) \"don't\" don't.", "nul \x00 don't",
		"co. co.) 8 a.m. 8a.m. :) (: :'( ;-)", "a\u00a0b\u2028c\x1cd",
		"..'s 's ''s c'mon y'all'd've", "(o.O) (_(ツ)_/¯) ¯\\(ツ)/¯ \\n \\t", "a.k.a. U.S.-based e.g., i.e.: St. Mt.")
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
