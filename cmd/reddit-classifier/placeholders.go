package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model/train/dataset"
)

const skipRemoved = "skip-removed"

// placeholderFlag adds the flag of the commands that read labelled comments.
func placeholderFlag(c *cobra.Command) {
	c.Flags().Bool(skipRemoved, false, "Leave out comments whose text is [removed] or [deleted].")
}

// withoutPlaceholders leaves out comments whose text is gone if the flag says so, and warns of them otherwise.
func withoutPlaceholders(c *cobra.Command, data *dataset.Dataset) *dataset.Dataset {
	rows := data.Placeholders()
	switch {
	case len(rows) == 0:
		return data
	case c.Flag(skipRemoved).Value.String() == "true":
		fmt.Fprintf(c.ErrOrStderr(), "left out, because the text is [removed] or [deleted]: %d of %s\n",
			len(rows), plural.Of(data.Len(), "comment", "comments"))
		return data.Without(rows)
	}
	fmt.Fprintf(c.ErrOrStderr(), "warning: the text of %d of %s is [removed] or [deleted], which gives away "+
		"the label; --%s leaves them out\n", len(rows), plural.Of(data.Len(), "comment", "comments"), skipRemoved)
	return data
}
