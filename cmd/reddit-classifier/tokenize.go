package main

import (
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
)

func newTokenize() *cobra.Command {
	var language string
	c := &cobra.Command{
		Use:   "tokenize --language NAME [FILE]",
		Short: "Split text into tokens, as spaCy does",
		Long: `Split text into tokens as a release of spaCy does: {"id","tokens":[[text,lemma,like_url 0/1],…],"features":[…]} for each. The
text is taken as it is, uncleaned; features are what the model counts.`,
		Args: atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := required(c, "language"); err != nil {
				return err
			}
			pack, err := packs.Open(language)
			if err != nil {
				return misuse{err}
			}
			var scratch []english.Token
			return eachComment(c, args, func(comment comments.Comment) any {
				scratch = pack.AppendTokens(scratch[:0], comment.Text)
				return newTokenized(comment.ID, scratch)
			})
		},
	}
	c.Flags().StringVar(&language, "language", "", "release of spaCy: `NAME`, one of "+strings.Join(packs.Names(), ", "))
	inputFlags(c)
	return c
}

type tokenized struct {
	ID       string   `json:"id"`
	Tokens   [][3]any `json:"tokens"`
	Features []string `json:"features"`
}

func newTokenized(id string, tokens []english.Token) tokenized {
	t := tokenized{ID: id, Tokens: make([][3]any, 0, len(tokens)), Features: []string{}}
	for i := range tokens {
		token := &tokens[i]
		likeURL := 0
		if token.LikeURL {
			likeURL = 1
		}
		t.Tokens = append(t.Tokens, [3]any{token.Text, token.Lemma, likeURL})
		if feature := token.Feature(); feature != "" {
			t.Features = append(t.Features, feature)
		}
	}
	return t
}
