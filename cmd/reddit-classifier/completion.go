package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Extensions of the files that commands read, for the shell's completion.
var (
	commentFiles  = []string{"jsonl", "ndjson", "csv", "tsv", "txt", "gz"}
	labelledFiles = []string{"csv", "tsv", "jsonl", "ndjson", "gz"}
)

// completeModel completes a word with the names of the built-in models; when none of them fits, the shell completes
// files.
func completeModel(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, name := range []string{"default", "original"} {
		if strings.HasPrefix(name, word) {
			names = append(names, name)
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}

// completeFiles completes arguments with the names of files that end in one of the extensions. A command that takes at
// most one file has one true.
func completeFiles(extensions []string, one bool) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if one && len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

// completeFlag sets how the shell completes the value of a flag.
func completeFlag(c *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist, or was registered before
	}
}

// completeValues makes the shell offer values for a flag.
func completeValues(c *cobra.Command, flag string, values ...string) {
	completeFlag(c, flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// completeFile makes the shell offer files for flags: those with one of the extensions, or all if there are none.
func completeFile(c *cobra.Command, extensions []string, flags ...string) {
	for _, flag := range flags {
		if err := c.MarkFlagFilename(flag, extensions...); err != nil {
			panic(err) // the flag does not exist
		}
	}
}

// disableFileCompletion keeps the shell from offering files for values that are none: topics, numbers, addresses.
func disableFileCompletion(c *cobra.Command) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		_, known := c.GetFlagCompletionFunc(f.Name)
		_, file := f.Annotations[cobra.BashCompFilenameExt]
		_, folder := f.Annotations[cobra.BashCompSubdirsInDir]
		if !known && !file && !folder {
			completeFlag(c, f.Name, cobra.NoFileCompletions)
		}
	})
}
