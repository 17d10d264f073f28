// Reddit-classifier predicts which comments moderators remove: in files, and in events that come from Kafka.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/version"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run returns the exit code: 0, 1 when the command failed, 2 when it was called wrongly.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer restore()
	context.AfterFunc(ctx, restore) // a second Ctrl-C ends the process at once
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(&input{ctx: ctx, from: stdin, hint: stderr})
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	var wrong misuse
	switch {
	case err == nil:
		return 0
	case errors.Is(err, syscall.EPIPE):
		return 1 // nobody reads any more: not worth a message
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintf(stderr, "%s: interrupted\n", root.Name())
		return 1
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "%s: %s\nSee %s -h\n", root.Name(), printable(err.Error()), command.CommandPath())
		return 2
	}
	fmt.Fprintf(stderr, "%s: %s\n", root.Name(), printable(err.Error()))
	return 1
}

// misuse is an error in how a command was called.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

func misusef(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// plainly says what is wrong with a flag, or with its value without the words of strconv.
func plainly(err error) error {
	var number *strconv.NumError
	switch {
	case strings.HasPrefix(err.Error(), "unknown shorthand flag"):
		return fmt.Errorf("%w: the names of flags follow two dashes", err)
	case !errors.As(err, &number):
		return err
	}
	reason := "it is not a whole number"
	switch {
	case errors.Is(number.Err, strconv.ErrRange):
		reason = "it is out of range"
	case number.Func == "ParseBool":
		reason = "it is neither true nor false"
	case number.Func == "ParseFloat":
		reason = "it is not a number"
	}
	return errors.New(strings.TrimSuffix(err.Error(), number.Error()) + reason)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "reddit-classifier",
		Short: "Predict which comments moderators remove",
		Long: `Predict which comments moderators remove: in files, and in events that come from Kafka.

Input files are UTF-8: .jsonl ({"id","text"}), .txt (one comment a line), and .csv or .tsv with a header
that names the column body or text; .gz after any of these. - or none is standard input, read as JSON
lines. Bytes of a table that are not UTF-8 are taken as the public dataset has them. Output is JSON lines.`,
		Version:           version.String() + " (" + version.Go() + ")",
		Args:              atMost(0),
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: noneEmpty,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if !c.HasParent() && c.Flags().NArg() > 0 { // the flag is that of a command which is misspelt
			return noCommand(c, c.Flags().Arg(0))
		}
		return misuse{plainly(err)}
	})
	root.PersistentFlags().String(logFormat, "", logFormatUsage)
	root.AddCommand(
		newUp(),
		newConsole(),
		newPredict(),
		newClean(),
		newTokenize(),
		newImport(),
		newInspect(),
		newTrain(),
		newEvaluate(),
		newCompare(),
		newDrift(),
		newReplay(),
		newSource(),
		newServe(),
		newSink(),
	)
	return root
}

// noneEmpty errs when an argument, or a flag that names a file or a key, is given and empty, as a variable that is not
// set makes it. Not to give it means something else.
func noneEmpty(c *cobra.Command, args []string) error {
	if c.Name() == cobra.ShellCompRequestCmd || c.Name() == cobra.ShellCompNoDescRequestCmd {
		return nil // a word to be completed may be empty
	}
	if err := checkLogFormat(c); err != nil {
		return err
	}
	if slices.Contains(args, "") {
		return misusef("an argument of %s is empty: is a variable not set?", c.Name())
	}
	for _, name := range []string{"input", "output", "model", "against", "listen-console", "report", "vectorizer", "classifier", "sign", "key", "kafka-config"} {
		if c.Flags().Changed(name) && c.Flag(name).Value.String() == "" {
			return misusef("--%s is empty: is a variable not set?", name)
		}
	}
	return nil
}

// atMost is cobra.MaximumNArgs as misuse.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		if !c.HasParent() {
			return noCommand(c, args[0])
		}
		return misusef("%s takes no argument %q", c.Name(), args[n])
	}
}

func noCommand(root *cobra.Command, name string) error {
	if like := root.SuggestionsFor(name); len(like) > 0 {
		return misusef("there is no command %q; did you mean %s?", name, strings.Join(like, " or "))
	}
	return misusef("there is no command %q", name)
}

// required errs when one of the flags was not given.
func required(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if !c.Flags().Changed(name) {
			return misusef("%s needs --%s: %s", c.Name(), name, strings.ReplaceAll(c.Flags().Lookup(name).Usage, "`", ""))
		}
	}
	return nil
}
