package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/models"
	"reddit-classifier/model"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/metric"
)

func newEvaluate() *cobra.Command {
	var path, against string
	var m, other train.Subject
	var asJSON bool
	var seed uint64
	c := &cobra.Command{
		Use:   "evaluate [--model FILE] [--against FILE] FILE.csv…",
		Short: "Measure a model on labelled comments, and against another model",
		Long: `Measure a model on labelled comments: each measure with the interval that holds the true value with 95 % confidence (by
bootstrap). With --against also another model on the same comments: the differences with their intervals, and which
comments changed side. Comments that a model was trained on say nothing about it: a file that its artifact names as such
is warned of. The files are as those of train; - is standard input, read as JSON lines.

A model of other classes than 0 and 1, or without probabilities, is measured by accuracy, macro and weighted precision,
recall and F1, log loss, ROC AUC of one class versus the rest, and the confusion matrix; a multilabel one by label, and
micro and macro. Labels are then the names of its classes (of a multilabel model a JSON list of them), and the files are
UTF-8.`,
		Args: atLeastOne,
		RunE: func(c *cobra.Command, paths []string) (err error) {
			if err := checkThresholds(c, "threshold", "against-threshold"); err != nil {
				return err
			}
			m.Name = path
			if m.Model, err = models.Open(path); err != nil {
				return err
			}
			if !isBinary(m.Model) {
				return evaluateClasses(c, path, m.Model, paths, asJSON)
			}
			var second *train.Subject
			if against != "" {
				other.Name = against
				if other.Model, err = models.Open(against); err != nil {
					return err
				}
				if !isBinary(other.Model) {
					return misusef(
						"%s does not tell the classes 0 and 1 by probabilities, as %s does: evaluate it alone",
						against,
						path,
					)
				}
				second = &other
			}
			data, err := readLabelled(c.InOrStdin(), m.Model, paths)
			if err != nil {
				return err
			}
			data = withoutPlaceholders(c, data)
			bar := newProgress(c.ErrOrStderr())
			result, err := train.Evaluate(c.Context(), data, m, second, seed, bar.Stage)
			bar.Done()
			if err != nil {
				return err
			}
			warnOfTraining(c.ErrOrStderr(), result)
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(result)
			}
			return printTo(c.OutOrStdout(), func(w io.Writer) { printComparison(w, result, m.Model) })
		},
	}
	f := c.Flags()
	f.StringVar(&path, "model", modelDefault, modelUsage)
	f.StringVar(&against, "against", "", "artifact `FILE`, or name, of the other model")
	f.Float64Var(&m.Threshold, "threshold", 0, "`PROBABILITY` at which to decide (default: the artifact's, or else 0.5)")
	f.Float64Var(
		&other.Threshold,
		"against-threshold",
		0,
		"`PROBABILITY` at which the other model decides (default: likewise)",
	)
	f.Uint64Var(&seed, "seed", 1, "`SEED` of the bootstrap")
	f.BoolVar(&asJSON, "json", false, "print everything as JSON")
	placeholderFlag(c)
	return c
}

// checkThresholds errs when a flag that was given is no threshold.
func checkThresholds(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if v, err := c.Flags().GetFloat64(name); c.Flags().Changed(name) && !(err == nil && v > 0 && v <= 1) {
			return misusef("--%s is %v: it is a probability, above 0 and up to 1", name, v)
		}
	}
	return nil
}

// warnOfTraining says when a model has learned from what it is measured on.
func warnOfTraining(w io.Writer, c *train.Comparison) {
	for _, e := range []*train.Evaluation{&c.Model, c.Against} {
		if e != nil && len(e.TrainedOn) > 0 {
			fmt.Fprintf(
				w,
				"warning: %s was trained on %s: its figures say how well it remembers, not how well it predicts; give other comments\n",
				e.Model,
				strings.Join(e.TrainedOn, ", "),
			)
		}
	}
}

// printComparison shows an evaluation of a model, with the names of its two classes.
func printComparison(w io.Writer, c *train.Comparison, of *model.Model) {
	names := of.Names()
	second := names[1]
	if second == of.Classes()[1].Text {
		second = "labelled " + second
	}
	fmt.Fprintf(w, "%d comments, %d of them %s\n", c.Comments, c.Removed, second)
	printEvaluation(w, &c.Model, names)
	if c.Against == nil {
		return
	}
	fmt.Fprintln(w)
	printEvaluation(w, c.Against, names)
	fmt.Fprintf(w, "\n%s less %s:\n", c.Model.Model, c.Against.Model)
	for _, name := range metric.Names {
		d := c.Differences[name]
		verdict := "not significant"
		if d.Low > 0 || d.High < 0 {
			verdict = "significant at 95 %"
		}
		fmt.Fprintf(
			w,
			"  %-18s %+.4f  [%+.4f, %+.4f]  %s\n",
			strings.ReplaceAll(name, "_", " "),
			d.Value,
			d.Low,
			d.High,
			verdict,
		)
	}
	right := 0
	for _, change := range c.Changed {
		if (change.Model >= c.Model.Threshold) == (change.Label == 1) {
			right++
		}
	}
	fmt.Fprintf(
		w,
		"%d comments changed side: %d are right now, %d were right before (--json lists them)\n",
		len(c.Changed),
		right,
		len(c.Changed)-right,
	)
}

func printEvaluation(w io.Writer, e *train.Evaluation, names []string) {
	fmt.Fprintf(w, "%s (%.12s), threshold %.4f:\n", e.Model, e.Digest, e.Threshold)
	for k, v := range e.Values() {
		name := metric.Names[k]
		i := e.Intervals[name]
		fmt.Fprintf(w, "  %-18s %.4f  [%.4f, %.4f]\n", strings.ReplaceAll(name, "_", " "), v, i.Low, i.High)
	}
	m := e.Confusion
	fmt.Fprintf(w, "  %-8s %6d left alone, %6d flagged\n  %-8s %6d missed,     %6d flagged\n",
		names[0]+":", m.TrueNegative, m.FalsePositive, names[1]+":", m.FalseNegative, m.TruePositive)
}
