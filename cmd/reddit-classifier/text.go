package main

import (
	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/model/clean"
)

func newClean() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "clean [FILE]",
		Short: "Clean comments, as it is done before they are split into tokens",
		Long:  `Clean comments: {"id","clean"} for each. Mode original does exactly what the original does, mode unicode what it meant to.`,
		Args:  atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			mode, err := clean.ParseMode(name)
			if err != nil {
				return misuse{err}
			}
			return eachComment(c, args, func(comment comments.Comment) any {
				return struct {
					ID    string `json:"id"`
					Clean string `json:"clean"`
				}{comment.ID, mode.Clean(comment.Text)}
			})
		},
	}
	c.Flags().StringVar(&name, "mode", "original", "`original` or unicode")
	inputFlags(c)
	return c
}
