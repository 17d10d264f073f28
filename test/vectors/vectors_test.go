package vectors_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/test/vectors"
)

// TestTokens compares the cleaner and the tokenizer with spaCy's tokens, lemmas and URLs of the cleaned comments, and
// the features made of them.
func TestTokens(t *testing.T) {
	for _, release := range packs.Names() {
		pack, err := packs.Open(release)
		if err != nil {
			t.Fatal(err)
		}
		var got []vectors.Tokenized
		for _, c := range vectors.Comments(t) {
			tokenized := vectors.Tokenized{
				ID: c.ID, Text: clean.Original.Clean(c.Text), Tokens: [][3]any{}, Features: []string{},
			}
			for _, token := range pack.AppendTokens(nil, tokenized.Text) {
				url := 0.0 // as JSON has it
				if token.LikeURL {
					url = 1
				}
				tokenized.Tokens = append(tokenized.Tokens, [3]any{token.Text, token.Lemma, url})
				if feature := token.Feature(); feature != "" {
					tokenized.Features = append(tokenized.Features, feature)
				}
			}
			got = append(got, tokenized)
		}
		if diff := cmp.Diff(vectors.Tokens(t, release), got); diff != "" {
			t.Errorf("%s (-spaCy +ours):\n%s", release, diff)
		}
	}
}
