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

// inputFlags adds the flags of the commands that read comments.
func inputFlags(c *cobra.Command) {
	f := c.Flags()
	f.String("text-column", "", "`NAME` of the column, or of the JSON field, that has the text (default: body or text)")
	f.String(
		"id-column",
		"",
		"`NAME` of the column, or of the JSON field, that has the id (default: id, comment_id or name)",
	)
	f.String(
		"encoding",
		"",
		"utf-8 or latin-1: `ENCODING` of the text (default: UTF-8; of .csv and .tsv what the model's cleaner finds, if it has one)",
	)
	f.Bool("skip-bad", false, "pass over lines that have no comment, and count them")
}

// readAs makes UTF-8 the encoding of tables too, unless --encoding says otherwise, if the model has no cleaner: only a
// cleaner makes text of bytes that were read as characters.
func readAs(c *cobra.Command, m *model.Model) error {
	if m.Manifest().Cleaner != "" || c.Flags().Changed("encoding") {
		return nil
	}
	return c.Flags().Set("encoding", string(textfile.UTF8))
}

// openInput opens a file of comments, as the flags say.
func openInput(c *cobra.Command, path string) (*comments.Reader, error) {
	value := func(name string) string { return c.Flag(name).Value.String() }
	options := comments.Options{
		TextColumn: value("text-column"), IDColumn: value("id-column"),
		Encoding: textfile.Encoding(value("encoding")), SkipBad: value("skip-bad") == "true",
	}
	switch options.Encoding {
	case "", textfile.UTF8, textfile.Latin1:
	default:
		return nil, misusef("--encoding is %q: give utf-8 or latin-1", options.Encoding)
	}
	return comments.Open(path, c.InOrStdin(), options)
}

// tellSkipped says how many lines were passed over.
func tellSkipped(w io.Writer, in *comments.Reader) {
	if in != nil && in.Skipped > 0 {
		fmt.Fprintf(w, "lines passed over: %d; the first: %s\n", in.Skipped, printable(in.First.Error()))
	}
}

// eachComment reads the file that args name, or standard input, and writes what answer makes of each comment as a line
// of JSON.
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
		bar.Hide() // the output itself shows how far it is
	}
	defer bar.Done()
	answered := 0
	for comment, err := range in.All() {
		if err == nil {
			err = c.Context().Err()
		}
		if err != nil {
			if answered > 0 && c.Context().Err() == nil {
				err = fmt.Errorf("%w; the lines written before, %d, are good", err, answered)
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
	tellSkipped(c.ErrOrStderr(), in)
	return out.Flush()
}
