package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/plural"
	"reddit-classifier/internal/replay"
)

func newReplay() *cobra.Command {
	var config replay.Config
	var kafka clusterFlags
	var metricsAddr string
	c := &cobra.Command{
		Use:   "replay --brokers LIST --errors TOPIC --to TOPIC",
		Short: "Send dead letters to the function again, after a fix",
		Long: `Send dead letters to the function again, once the cause of the refusals is fixed. The command writes each
letter to the topic that the function gets its events from, as the event that it was, with the same id. So the answer is
the one that the event would have had. For each letter a line of JSON says what happened to it.

Running the command twice does nothing the second time: a letter that was replayed before is skipped. An event that is
refused again becomes a new letter, which is replayed only if its reason is another one.

Whether a letter was replayed before is read from the target topic. A letter that is older than the oldest record there
may have been replayed before; it is replayed with "unsure":true. Let the target topic keep its records as long as the
error topic does.`,
		Example: `  reddit-classifier replay --brokers kafka:9092 --errors reddit-classifier-errors \
    --to reddit-classifier-input --dry-run
  reddit-classifier replay --brokers kafka:9092 --errors reddit-classifier-errors \
    --to reddit-classifier-input --reason invalid_json`,
		Args:              maximumArgs(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := requireFlags(c, "brokers", "errors", "to"); err != nil {
				return err
			}
			if config.Timeout <= 0 {
				return usageErrorf("--timeout is %v: give more than 0, such as 60s", config.Timeout)
			}
			if config.From == config.To {
				return usageErrorf("--errors and --to are the same topic, %q: --to is the topic that the function gets its events from",
					config.To)
			}
			var err error
			if config.Cluster, err = kafka.cluster(c); err != nil {
				return err
			}
			registry := metrics.NewRegistry()
			config.Count(registry)
			stopMetrics, err := serveMetrics(metricsAddr, registry)
			if err != nil {
				return err
			}
			defer stopMetrics()
			bar := newProgress(c.ErrOrStderr())
			config.Progress = bar.Set
			summary, err := replay.Run(c.Context(), config)
			bar.Done()
			if err != nil && len(summary.Letters) == 0 {
				return err
			}
			out := newJSONLines(c.OutOrStdout())
			for _, l := range summary.Letters {
				if l.Action == "" {
					continue // not reached before the error
				}
				if err := out.Write(l); err != nil {
					return err
				}
			}
			err = errors.Join(out.Flush(), err)
			summarizeReplay(c.ErrOrStderr(), config, summary)
			return err
		},
	}
	f := c.Flags()
	kafka.add(c, brokersUsage)
	f.StringVar(&config.From, "errors", "", "`TOPIC` of the dead letters. (required)")
	f.StringVar(&config.To, "to", "", "`TOPIC` that the function gets its events from. (required)")
	f.StringVar(&config.Reason, "reason", "", "Replay only letters with this `REASON`. (default: all reasons)")
	f.BoolVar(&config.Foreign, "foreign", false, "Also replay letters whose record was in another topic than --to.")
	f.BoolVar(&config.Again, "again", false,
		"Also replay letters that were replayed and refused again for the same reason.")
	f.DurationVar(&config.Timeout, "timeout", time.Minute,
		"Maximum `TIME` to wait for the cluster to return more letters or to accept one.")
	f.StringVar(&metricsAddr, metricsFlag, "", metricsUsage)
	f.BoolVar(&config.DryRun, "dry-run", false, "Write nothing, only print what would be replayed.")
	return c
}

// summarizeReplay prints what needs attention and, on the last line, how many letters had which outcome.
func summarizeReplay(w io.Writer, config replay.Config, summary replay.Summary) {
	count := make(map[replay.Action]int)
	unsure := 0
	for _, l := range summary.Letters {
		count[l.Action]++
		if l.Unsure {
			unsure++
		}
	}
	if unsure > 0 {
		fmt.Fprintf(w, "%s may have been replayed before: %s has no records left from before %s\n",
			plural.Of(unsure, "letter", "letters"), config.To, summary.Since.UTC().Format(time.RFC3339))
	}
	if n := count[replay.Foreign]; n > 0 {
		fmt.Fprintf(w, "%s not replayed: each is an answer of the function, or a record of another topic than %s; "+
			"--foreign replays the latter\n", plural.Of(n, "foreign letter is", "foreign letters are"), config.To)
	}
	if n := count[replay.RefusedAgain]; n > 0 {
		fmt.Fprintf(w, "%s not replayed: replayed before, and refused again for the same reason; "+
			"--again replays such letters\n",
			plural.Of(n, "letter is", "letters are"))
	}
	if summary.Others > 0 {
		fmt.Fprintf(w, "%s of %s cannot be read as a dead letter\n",
			plural.Of(summary.Others, "record", "records"), config.From)
	}
	if len(summary.Letters) == 0 && len(summary.Reasons) > 0 {
		fmt.Fprintf(w, "no letter has the reason %q; the reasons are %s\n", config.Reason, formatCounts(summary.Reasons))
	}
	fmt.Fprintf(
		w,
		"%s: %d replayed, %d to replay, %d already replayed, %d without data, %d foreign",
		plural.Of(len(summary.Letters), "letter", "letters"),
		count[replay.Replayed],
		count[replay.WouldReplay],
		count[replay.AlreadyReplayed],
		count[replay.Incomplete],
		count[replay.Foreign],
	)
	if left := count[""]; left > 0 {
		fmt.Fprintf(w, ", %d not reached: run the command again, it replays no letter twice", left)
	}
	fmt.Fprintln(w)
}

// formatCounts returns the keys in order, each with its count.
func formatCounts(counts map[string]int) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%s (%d)", key, counts[key]))
	}
	return strings.Join(all, ", ")
}
