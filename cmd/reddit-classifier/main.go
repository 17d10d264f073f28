// Reddit-classifier predicts which comments moderators remove: in files, and in events from Kafka.
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
	"github.com/spf13/pflag"

	"reddit-classifier/internal/version"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run executes a command and returns the exit code: 0, 1 if the command failed, 2 if its arguments are wrong.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer restore()
	context.AfterFunc(ctx, restore) // a second Ctrl-C ends the process at once
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	root.SetIn(&stdinReader{ctx: ctx, from: stdin, hint: stderr})
	command, err := root.ExecuteContextC(ctx)
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, syscall.EPIPE):
		return 1 // the reader of the output is gone: not worth a message
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

// usageError is an error in the arguments of a command.
type usageError struct{ error }

func (m usageError) Unwrap() error { return m.error }

func usageErrorf(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// flagError rewrites an error about a flag in plain words, without those of strconv.
func flagError(err error) error {
	var number *strconv.NumError
	switch {
	case strings.HasPrefix(err.Error(), "unknown shorthand flag"):
		return fmt.Errorf("%w: names of flags begin with two dashes", err)
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

// newRoot returns the program as a command that writes to stdout and stderr.
func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "reddit-classifier",
		Short: "Classify texts with a model of scikit-learn, or one that this program has trained",
		Long: `Classify texts, in files and in events from Kafka, with a model that was imported from scikit-learn or trained by this
program. The built-in model predicts which comments moderators remove.

Input files are UTF-8: .jsonl ({"id","text"}), .txt (one comment a line), and .csv or .tsv with a header that names the
column body or text. Any of them may be compressed and end in .gz. The file -, or none, is standard input, which is read
as JSON lines. Bytes of a table that are not UTF-8 are read in the public dataset's encoding. Output is JSON lines.`,
		Example: `  reddit-classifier up
  reddit-classifier import vectorizer.pkl classifier.pkl --output model.rcm
  reddit-classifier predict --model model.rcm comments.csv > predictions.jsonl`,
		Version:           version.String() + " (" + version.Go() + ")",
		Args:              maximumArgs(0),
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: checkFlags,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SuggestionsMinimumDistance = 2
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 120"))
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if !c.HasParent() && c.Flags().NArg() > 0 { // the flag belongs to a command whose name is misspelt
			return unknownCommand(c, c.Flags().Arg(0))
		}
		return usageError{flagError(err)}
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
	completeValues(root, logFormat, "text", "json")
	for _, c := range root.Commands() {
		disableFileCompletion(c)
	}
	addGeneratedExamples(root)
	return root
}

// addGeneratedExamples adds cobra's own commands, help and completion, and gives them examples.
func addGeneratedExamples(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Example = "  reddit-classifier help predict"
		case "completion":
			c.Example = "  source <(reddit-classifier completion bash)"
			for _, shell := range c.Commands() {
				shell.Example = "  reddit-classifier completion " + shell.Name()
			}
		}
	}
}

// nonEmptyFlags are the flags whose empty value is most likely a variable that is not set.
var nonEmptyFlags = []string{
	"input", "output", "model", "against", "listen-console", "report", "vectorizer", "classifier", "sign", "key",
	"kafka-config",
}

// checkFlags returns an error if an argument, or a flag in nonEmptyFlags, was given and is empty, or --log-format is
// unknown.
func checkFlags(c *cobra.Command, args []string) error {
	if c.Name() == cobra.ShellCompRequestCmd || c.Name() == cobra.ShellCompNoDescRequestCmd {
		return nil // the word to complete may be empty
	}
	if err := checkLogFormat(c); err != nil {
		return err
	}
	if slices.Contains(args, "") {
		return usageErrorf("an argument of %s is empty: is a variable not set?", c.Name())
	}
	for _, name := range nonEmptyFlags {
		if c.Flags().Changed(name) && c.Flag(name).Value.String() == "" {
			return usageErrorf("--%s is empty: is a variable not set?", name)
		}
	}
	return nil
}

// maximumArgs is cobra.MaximumNArgs whose error is a usageError.
func maximumArgs(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		if !c.HasParent() {
			return unknownCommand(c, args[0])
		}
		return usageErrorf("%s takes no argument %q", c.Name(), args[n])
	}
}

func unknownCommand(root *cobra.Command, name string) error {
	if like := root.SuggestionsFor(name); len(like) > 0 {
		return usageErrorf("there is no command %q; did you mean %s?", name, strings.Join(like, " or "))
	}
	return usageErrorf("there is no command %q", name)
}

// requireFlags returns an error if one of the flags was not given.
func requireFlags(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if !c.Flags().Changed(name) {
			value, _ := pflag.UnquoteUsage(c.Flags().Lookup(name))
			return usageErrorf("%s needs --%s %s", c.Name(), name, value)
		}
	}
	return nil
}
