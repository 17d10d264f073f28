package main

import (
	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/model/clean"
)

// cleaners are the names of the cleaning modes.
var cleaners = []string{clean.Original.String(), clean.Unicode.String()}

func newClean() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "clean [FILE]",
		Short: "Clean comments, as models with a cleaner do before they tokenize",
		Long: `Clean comments, as models with a cleaner do before they tokenize. For each comment the command prints
{"id","clean"}. The mode original does exactly what the original program does, with its mistakes; the mode unicode does
what it meant to do.`,
		Example: `  reddit-classifier clean comments.csv
  printf '{"id":"1","text":"&gt; see https://example.org"}\n' | reddit-classifier clean --mode unicode`,
		Args:              maximumArgs(1),
		ValidArgsFunction: completeFiles(commentFiles, true),
		RunE: func(c *cobra.Command, args []string) error {
			mode, err := clean.ParseMode(name)
			if err != nil {
				return usageError{err}
			}
			return eachComment(c, args, func(comment comments.Comment) any {
				return struct {
					ID    string `json:"id"`
					Clean string `json:"clean"`
				}{comment.ID, mode.Clean(comment.Text)}
			})
		},
	}
	c.Flags().StringVar(&name, "mode", cleaners[0], "`MODE` of cleaning: original or unicode.")
	completeValues(c, "mode", cleaners...)
	inputFlags(c)
	return c
}
