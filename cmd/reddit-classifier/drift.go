package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/drift"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/models"
	"reddit-classifier/internal/plural"
	"reddit-classifier/model"
)

// shownWords is how many n-grams drift prints.
const shownWords = 20

func newDrift() *cobra.Command {
	var kafka clusterFlags
	var path, topic string
	var last int64
	var asJSON bool
	c := &cobra.Command{
		Use:   "drift [--model M] [FILE | --brokers LIST]",
		Short: "Compare comments with those that the model was trained on",
		Long: `Compare comments with those that the model was trained on. The comments come from a file, or are the last
records of the input topic. The report has two parts:

The distribution of the scores, summarized as the population stability index: below 0.1 it is stable, from 0.25 on it
has drifted. The index uses ten bins, with half a comment added to each.

The n-grams whose frequency has changed by more than chance explains.

The artifact holds the histogram of the training's scores. It is from the cross-validation, where each comment was
scored by a model trained without it, or from the texts of import --check, which may be few. Do not compare the
training's own comments: the model is more certain of comments that it was trained on.`,
		Example: `  reddit-classifier drift --model model.rcm comments.jsonl
  reddit-classifier drift --brokers kafka:9092 --last 1000 --json`,
		Args:              maximumArgs(1),
		ValidArgsFunction: completeFiles(commentFiles, true),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case kafka.brokers != "" && len(args) > 0:
				return usageErrorf("both %s and --brokers are given: name one", args[0])
			case kafka.config != "" && kafka.brokers == "":
				return usageErrorf("--kafka-config is for a cluster: name it with --brokers")
			case last < 1:
				return usageErrorf("--last is %d: give 1 or more", last)
			}
			m, err := models.Open(path)
			if err != nil {
				return err
			}
			comparison, err := drift.New(m)
			if err != nil {
				return fmt.Errorf("model %s: %w", m.Name(), err)
			}
			if kafka.brokers != "" {
				err = addTopic(c, &kafka, topic, last, comparison)
			} else {
				err = addFile(c, args, comparison)
			}
			if err != nil {
				return err
			}
			report := comparison.Report(shownWords)
			if report.Comments == 0 {
				from := "the input"
				if kafka.brokers != "" {
					from = "the end of the topic " + topic
				}
				return fmt.Errorf("%s has no comments to compare: give others", from)
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(report)
			}
			return printTo(c.OutOrStdout(), func(w io.Writer) { printDrift(w, report) })
		},
	}
	f := c.Flags()
	f.StringVar(&path, "model", modelDefault, "Model to compare with: "+modelUsage)
	kafka.add(c, "Read the comments from the cluster of these brokers, a comma-separated `LIST` of HOST:PORT. "+
		"(default: read FILE)")
	f.StringVar(&topic, "input", local.Input, "With --brokers: `TOPIC` of the comments.")
	f.Int64Var(&last, "last", 5000, "With --brokers: read the last `N` records of each partition.")
	f.BoolVar(&asJSON, "json", false, "Print the report as JSON.")
	completeFlag(c, "model", completeModel)
	inputFlags(c)
	return c
}

func addFile(c *cobra.Command, args []string, comparison *drift.Comparison) error {
	path := "-"
	if len(args) > 0 {
		path = args[0]
	}
	in, err := openInput(c, path)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := newProgress(c.ErrOrStderr())
	defer bar.Done()
	for comment, err := range in.All() {
		if err == nil {
			err = c.Context().Err()
		}
		if err != nil {
			return err
		}
		comparison.Add(comment.Text)
		bar.Add()
	}
	return nil
}

// addTopic adds the comments of a topic's last records, except records that the function would refuse.
func addTopic(c *cobra.Command, kafka *clusterFlags, topic string, last int64, comparison *drift.Comparison) error {
	cluster, err := kafka.cluster(c)
	if err != nil {
		return err
	}
	bar := newProgress(c.ErrOrStderr())
	defer bar.Done()
	return cluster.Tail(c.Context(), topic, last, time.Minute, func(r *kgo.Record) {
		e := eventing.FromRecord(r, "", eventing.TextKeys)
		found, err := function.Comments(e.ContentType(), e.Data)
		if err != nil {
			return
		}
		for _, text := range found {
			comparison.Add(text)
		}
		bar.Add()
	})
}

func printDrift(w io.Writer, r drift.Report) {
	fmt.Fprintf(
		w,
		"%s, compared with the training's (%s): %s, population stability index %.3f\n",
		plural.Of(r.Comments, "comment", "comments"),
		r.Of,
		r.Verdict,
		r.Index,
	)
	for _, class := range r.Classes {
		fmt.Fprintf(w, "\n%s: index %.3f\n", class.Name, class.Index)
		fmt.Fprintln(w, "score       training      now")
		for i := 0; i < model.ScoreBins; i += 2 {
			was, now := class.Training[i]+class.Training[i+1], class.Now[i]+class.Now[i+1]
			line := fmt.Sprintf(
				"%.1f to %.1f   %5.1f %%  %5.1f %%  %s",
				float64(i)/model.ScoreBins,
				float64(i+2)/model.ScoreBins,
				100*was,
				100*now,
				strings.Repeat("#", int(40*now+0.5)),
			)
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
	}
	if len(r.Words) == 0 {
		return
	}
	fmt.Fprintln(w, "\nn-grams that moved most:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "n-gram\ttraining\tnow\teffect on the decision")
	for _, x := range r.Words {
		effect := "absent now"
		if x.Now > 0 {
			effect = fmt.Sprintf("%+.3f", x.Effect)
		}
		fmt.Fprintf(t, "%s\t%.1f %%\t%.1f %%\t%s\n", x.NGram, 100*x.Training, 100*x.Now, effect)
	}
	t.Flush()
}
