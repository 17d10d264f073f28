package main

import (
	"errors"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/model/clean"
)

// eachComment reads the file that args name, or standard input, and writes what answer makes of each comment as a line of JSON.
func eachComment(c *cobra.Command, args []string, answer func(comments.Comment) any) error {
	path := "-"
	if len(args) > 0 {
		path = args[0]
	}
	in, err := comments.Open(path, c.InOrStdin())
	if err != nil {
		return err
	}
	defer in.Close()
	out := newJSONLines(c.OutOrStdout())
	bar := newProgress(c.ErrOrStderr())
	if isTerminal(c.OutOrStdout()) {
		bar.Hide() // the output itself shows how far it is
	}
	defer bar.Done()
	for comment, err := range in.All() {
		if err == nil {
			err = c.Context().Err()
		}
		if err != nil {
			return errors.Join(out.Flush(), err)
		}
		if err := out.Write(answer(comment)); err != nil {
			return err
		}
		bar.Add()
	}
	return out.Flush()
}

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
	return c
}
