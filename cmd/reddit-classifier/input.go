package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/internal/textfile"
	"reddit-classifier/model"
)

// inputFlags adds the flags that say how a file of comments is read.
func inputFlags(c *cobra.Command) {
	columnFlags(c)
	c.Flags().Bool("skip-bad", false, "Skip lines that have no comment, and print how many there were.")
}

// columnFlags adds the flags that say where a comment and its id are, and in which encoding.
func columnFlags(c *cobra.Command) {
	f := c.Flags()
	f.String("text-column", "", "`NAME` of the column or JSON field with the text. (default: body or text)")
	f.String("id-column", "", "`NAME` of the column or JSON field with the id. "+
		"(default: id, comment_id or name of a table, id or name of JSON)")
	f.String("encoding", "", "`ENCODING` of the file: utf-8 or latin-1. "+
		"(default: utf-8; for .csv and .tsv, if the model has a cleaner, latin-1, which the cleaner repairs)")
	completeValues(c, "encoding", string(textfile.UTF8), string(textfile.Latin1))
}

// setEncoding sets --encoding to UTF-8 if the flag was not given and the model has no cleaner. Without a cleaner
// nothing would repair tables that are read as ISO-8859-1.
func setEncoding(c *cobra.Command, m *model.Model) error {
	if m.Manifest().Cleaner != "" || c.Flags().Changed("encoding") {
		return nil
	}
	return c.Flags().Set("encoding", string(textfile.UTF8))
}

// openInput opens a file of comments and reads it as the flags of inputFlags say.
func openInput(c *cobra.Command, path string) (*comments.Reader, error) {
	encoding, err := encodingOf(c)
	if err != nil {
		return nil, err
	}
	return comments.Open(path, c.InOrStdin(), comments.Options{
		TextColumn: flagValue(c, "text-column"), IDColumn: flagValue(c, "id-column"),
		Encoding: encoding, SkipBad: flagValue(c, "skip-bad") == "true",
	})
}

// encodingOf returns the value of --encoding, "" if it was not given.
func encodingOf(c *cobra.Command) (textfile.Encoding, error) {
	switch encoding := textfile.Encoding(flagValue(c, "encoding")); encoding {
	case "", textfile.UTF8, textfile.Latin1:
		return encoding, nil
	default:
		return "", usageErrorf("--encoding is %q: give utf-8 or latin-1", encoding)
	}
}

// flagValue returns the value of a flag as text.
func flagValue(c *cobra.Command, flag string) string { return c.Flag(flag).Value.String() }

// printSkipped prints how many lines were skipped.
func printSkipped(w io.Writer, in *comments.Reader) {
	if in != nil && in.Skipped > 0 {
		fmt.Fprintf(w, "lines skipped: %d; the first: %s\n", in.Skipped, printable(in.First.Error()))
	}
}

// eachComment reads comments from the file in args, or from standard input, and writes the answer to each as a line of
// JSON.
func eachComment(c *cobra.Command, args []string, answer func(comments.Comment) any) error {
	path := "-"
	if len(args) > 0 {
		path = args[0]
	}
	in, err := openInput(c, path)
	if err != nil {
		return err
	}
	defer in.Close()
	out := newJSONLines(c.OutOrStdout())
	bar := newProgress(c.ErrOrStderr())
	if isTerminal(c.OutOrStdout()) {
		bar.Hide() // the output itself shows the progress
	}
	defer bar.Done()
	answered := 0
	for comment, err := range in.All() {
		if err == nil {
			err = c.Context().Err()
		}
		if err != nil {
			if answered > 0 && c.Context().Err() == nil {
				err = fmt.Errorf("%w; complete lines written before it: %d", err, answered)
			}
			return errors.Join(out.Flush(), err)
		}
		if err := out.Write(answer(comment)); err != nil {
			return err
		}
		answered++
		bar.Add()
	}
	bar.Done()
	printSkipped(c.ErrOrStderr(), in)
	return out.Flush()
}
