package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"reddit-classifier/cmd/reddit-classifier/broker"
	"reddit-classifier/cmd/reddit-classifier/eventing"
)

func newReplay() *cobra.Command {
	var replay eventing.Replay
	var brokers string
	c := &cobra.Command{
		Use:   "replay",
		Short: "Put dead letters back after a fix",
		Long: `Put dead letters back to the topic that the function is fed from, once what kept it from answering is mended: a line of JSON for
each says what became of it. A letter becomes the event that it was, with the same id, so that its answer is the one that it would
have had. To do it again does nothing: letters that the target topic names already are passed over. An event that is refused again
is a new letter.`,
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "brokers", "errors", "to"); err != nil {
				return err
			}
			replay.Brokers = broker.Split(brokers)
			letters, err := replay.Run(c.Context())
			out := newJSONLines(c.OutOrStdout())
			count := make(map[eventing.Action]int)
			for _, l := range letters {
				if l.Action == "" {
					continue // not reached before the error
				}
				count[l.Action]++
				if err := out.Write(l); err != nil {
					return err
				}
			}
			err = errors.Join(out.Flush(), err)
			fmt.Fprintf(c.ErrOrStderr(), "%d letters: %d replayed, %d would be, %d were before, %d without data\n", len(letters),
				count[eventing.Replayed], count[eventing.WouldReplay], count[eventing.DoneBefore], count[eventing.Incomplete])
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&brokers, "brokers", "", "`LIST` of HOST:PORT of the cluster")
	f.StringVar(&replay.From, "errors", "", "`TOPIC` that has the dead letters")
	f.StringVar(&replay.To, "to", "", "`TOPIC` that the function is fed from")
	f.StringVar(&replay.Reason, "reason", "", "replay only what was refused for this `REASON`")
	f.BoolVar(&replay.DryRun, "dry-run", false, "write nothing, only say what would be replayed")
	return c
}
