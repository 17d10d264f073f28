package main

import (
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/features"
)

func newTokenize() *cobra.Command {
	var language string
	var punctuation bool
	c := &cobra.Command{
		Use:   "tokenize --language NAME [FILE]",
		Short: "Split text into tokens, as spaCy does",
		Long: `Split text into tokens, as a release of spaCy does. For each text the command prints
{"id","tokens":[[text,lemma,like_url 0/1],…],"features":[…]}. The text is not cleaned first.

The features are the words that a model counts: lower-cased lemmas, and URL for an address. The built-in default model
also counts single punctuation marks, which --punctuation adds; the original model does not.`,
		Example: `  printf '{"id":"1","text":"This is (not) an input"}\n' | reddit-classifier tokenize --language spacy-3.8
  reddit-classifier tokenize --language spacy-2.3.2 --punctuation comments.csv`,
		Args:              maximumArgs(1),
		ValidArgsFunction: completeFiles(commentFiles, true),
		RunE: func(c *cobra.Command, args []string) error {
			if err := requireFlags(c, "language"); err != nil {
				return err
			}
			pack, err := packs.Open(language)
			if err != nil {
				return usageError{err}
			}
			var scratch []english.Token
			return eachComment(c, args, func(comment comments.Comment) any {
				scratch = pack.AppendTokens(scratch[:0], comment.Text)
				return newTokenizedComment(comment.ID, scratch, punctuation)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&language, "language", "", "`NAME` of the spaCy release to tokenize as: "+
		strings.Join(packs.Names(), " or ")+". (required)")
	f.BoolVar(&punctuation, "punctuation", false, "Also print single punctuation marks as features.")
	completeValues(c, "language", packs.Names()...)
	inputFlags(c)
	return c
}

type tokenizedComment struct {
	ID       string   `json:"id"`
	Tokens   [][3]any `json:"tokens"`
	Features []string `json:"features"`
}

func newTokenizedComment(id string, tokens []english.Token, punctuation bool) tokenizedComment {
	t := tokenizedComment{ID: id, Tokens: make([][3]any, 0, len(tokens)), Features: []string{}}
	for i := range tokens {
		token := &tokens[i]
		likeURL := 0
		if token.LikeURL {
			likeURL = 1
		}
		t.Tokens = append(t.Tokens, [3]any{token.Text, token.Lemma, likeURL})
		if feature := features.Feature(token, punctuation); feature != "" {
			t.Features = append(t.Features, feature)
		}
	}
	return t
}
