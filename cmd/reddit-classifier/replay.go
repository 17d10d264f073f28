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

	"reddit-classifier/internal/replay"
)

func newReplay() *cobra.Command {
	var config replay.Config
	var kafka clusterFlags
	c := &cobra.Command{
		Use:   "replay --brokers LIST --errors TOPIC --to TOPIC",
		Short: "Put dead letters back after a fix",
		Long: `Put dead letters back to the topic that the function is fed from, once what kept it from answering is fixed: a line of JSON for
each says what became of it. A letter becomes the event that it was, with the same id, so that its answer is the one
that it would have had. Running it again does nothing: letters that the target topic names already are passed over. An
event that is refused again is a new letter, which is replayed when the reason is another one.

What was replayed is known for as long as the target topic keeps its records: a letter from before the oldest that is
left there is replayed with "unsure":true, because it may have been replayed before. Let that topic keep its records as
long as the error topic.`,
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "brokers", "errors", "to"); err != nil {
				return err
			}
			if config.Timeout <= 0 {
				return misusef("--timeout is %v: give more than 0, such as 60s", config.Timeout)
			}
			if config.From == config.To {
				return misusef("--errors and --to are the same topic, %q: --to is the one that the function is fed from", config.To)
			}
			var err error
			if config.Cluster, err = kafka.cluster(c); err != nil {
				return err
			}
			bar := newProgress(c.ErrOrStderr())
			config.Progress = bar.Set
			found, err := replay.Run(c.Context(), config)
			bar.Done()
			if err != nil && len(found.Letters) == 0 {
				return err
			}
			out := newJSONLines(c.OutOrStdout())
			for _, l := range found.Letters {
				if l.Action == "" {
					continue // not reached before the error
				}
				if err := out.Write(l); err != nil {
					return err
				}
			}
			err = errors.Join(out.Flush(), err)
			summarizeReplay(c.ErrOrStderr(), config, found)
			return err
		},
	}
	f := c.Flags()
	kafka.add(c, "`LIST` of HOST:PORT of the cluster")
	f.StringVar(&config.From, "errors", "", "`TOPIC` that has the dead letters")
	f.StringVar(&config.To, "to", "", "`TOPIC` that the function is fed from")
	f.StringVar(&config.Reason, "reason", "", "replay only what was refused for this `REASON`")
	f.BoolVar(&config.Foreign, "foreign", false, "replay letters of records of other topics than --to as well")
	f.BoolVar(&config.Again, "again", false, "replay what was replayed and refused again for the same reason as well")
	f.DurationVar(
		&config.Timeout,
		"timeout",
		time.Minute,
		"`TIME` that the cluster may take to give more letters, or to take one",
	)
	f.BoolVar(&config.DryRun, "dry-run", false, "write nothing, only say what would be replayed")
	return c
}

// summarizeReplay says what the user should know and, on the last line, what became of the letters.
func summarizeReplay(w io.Writer, config replay.Config, found replay.Result) {
	count := make(map[replay.Action]int)
	unsure := 0
	for _, l := range found.Letters {
		count[l.Action]++
		if l.Unsure {
			unsure++
		}
	}
	if unsure > 0 {
		fmt.Fprintf(
			w,
			"%d letters are unsure: %s has nothing left from before %s, so whether they were replayed before is not known\n",
			unsure,
			config.To,
			found.Since.UTC().Format(time.RFC3339),
		)
	}
	if n := count[replay.Foreign]; n > 0 {
		fmt.Fprintf(
			w,
			"%d letters are foreign and left alone: the function's own answers, or records of other topics than %s, which --foreign replays\n",
			n,
			config.To,
		)
	}
	if n := count[replay.RefusedAgain]; n > 0 {
		fmt.Fprintf(
			w,
			"%d letters are left alone: they were replayed and refused again for the same reason; --again replays them\n",
			n,
		)
	}
	if found.Others > 0 {
		fmt.Fprintf(w, "%d records of %s cannot be read as dead letters\n", found.Others, config.From)
	}
	if len(found.Letters) == 0 && len(found.Reasons) > 0 {
		fmt.Fprintf(w, "nothing was refused for --reason %q; the reasons are %s\n", config.Reason, listed(found.Reasons))
	}
	fmt.Fprintf(
		w,
		"%d letters: %d replayed, %d would be, %d were before, %d without data, %d foreign",
		len(found.Letters),
		count[replay.Replayed],
		count[replay.WouldReplay],
		count[replay.DoneBefore],
		count[replay.Incomplete],
		count[replay.Foreign],
	)
	if left := count[""]; left > 0 {
		fmt.Fprintf(w, ", %d left: run it again, what is done is not done twice", left)
	}
	fmt.Fprintln(w)
}

// listed is the keys in order, each with its count.
func listed(counts map[string]int) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%s (%d)", key, counts[key]))
	}
	return strings.Join(all, ", ")
}
