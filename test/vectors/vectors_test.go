package vectors_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/english/packs"
	"reddit-classifier/test/vectors"
)

// TestTokens compares the tokenizer with spaCy's tokens, lemmas and URLs, and the features made of them.
func TestTokens(t *testing.T) {
	for _, release := range packs.Names() {
		pack, err := packs.Open(release)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range vectors.Tokens(t, release) {
			got := vectors.Tokenized{ID: want.ID, Text: want.Text, Tokens: [][3]any{}, Features: []string{}}
			for _, token := range pack.AppendTokens(nil, want.Text) {
				url := 0.0 // as JSON has it
				if token.LikeURL {
					url = 1
				}
				got.Tokens = append(got.Tokens, [3]any{token.Text, token.Lemma, url})
				if feature := token.Feature(); feature != "" {
					got.Features = append(got.Features, feature)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s (-spaCy +ours):\n%s", release, want.ID, diff)
			}
		}
	}
}

// TestSameComments checks that the files go with each other.
func TestSameComments(t *testing.T) {
	comments, cleaned := vectors.Comments(t), vectors.Clean(t)
	if len(comments) != len(cleaned) {
		t.Fatalf("%d comments, %d cleaned", len(comments), len(cleaned))
	}
	for _, release := range packs.Names() {
		tokens := vectors.Tokens(t, release)
		if len(tokens) != len(comments) {
			t.Fatalf("%d comments, %d tokenized by %s", len(comments), len(tokens), release)
		}
		for i, c := range cleaned {
			if c.ID != comments[i].ID || c.Raw != comments[i].Text || tokens[i].ID != c.ID || tokens[i].Text != c.Clean {
				t.Errorf("%s and %s of %s disagree", comments[i].ID, tokens[i].ID, release)
			}
		}
	}
}
