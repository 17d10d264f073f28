package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/models"
	"reddit-classifier/internal/plural"
	"reddit-classifier/model"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/metric"
)

func newEvaluate() *cobra.Command {
	var path, against string
	var m, baseline train.Subject
	var asJSON bool
	var seed uint64
	c := &cobra.Command{
		Use:   "evaluate [--model FILE] [--against FILE] FILE.csv…",
		Short: "Measure a model on labelled comments, and compare it with another model",
		Long: `Measure a model on labelled comments. Each measure comes with its 95 % confidence interval, from a bootstrap.
The files have the formats that train reads; - is standard input, read as JSON lines.

--against measures another model on the same comments, and reports the differences with their intervals and the comments
that the two models decide differently.

A measure on comments that the model was trained on says nothing: the command warns of files that the artifact names as
training data.

A model whose classes are not 0 and 1, or that has no probabilities, is measured by accuracy, macro and weighted
precision, recall and F1, log loss, one-versus-rest ROC AUC, and the confusion matrix. A multilabel model is measured by
label, with micro and macro averages. The labels in the files are then the names of the classes (for a multilabel model
a JSON list of names), and the files are UTF-8.`,
		Example: `  reddit-classifier evaluate --model model.rcm comments.csv
  reddit-classifier evaluate --model model.rcm --against original --json comments.csv`,
		Args:              requireArgs,
		ValidArgsFunction: completeFiles(labelledFiles, false),
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
				baseline.Name = against
				if baseline.Model, err = models.Open(against); err != nil {
					return err
				}
				if !isBinary(baseline.Model) {
					return usageErrorf(
						"%s is no model of the classes 0 and 1 with probabilities, but %s is: evaluate each alone",
						against,
						path,
					)
				}
				second = &baseline
			}
			data, err := readLabelled(c, m.Model, paths)
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
			warnTrainedOn(c.ErrOrStderr(), result)
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(result)
			}
			return printTo(c.OutOrStdout(), func(w io.Writer) { printComparison(w, result, m.Model) })
		},
	}
	f := c.Flags()
	f.StringVar(&path, "model", modelDefault, "Model to measure: "+modelUsage)
	f.StringVar(&against, "against", "", "Other model to compare with: "+modelUsage+" (default: no other model)")
	f.Float64Var(&m.Threshold, "threshold", 0, "`PROBABILITY` from which on a comment is predicted to be removed. "+
		"(default: the artifact's threshold, or the classifier's own decision if it has none)")
	f.Float64Var(&baseline.Threshold, "against-threshold", 0, "The same `PROBABILITY` for the other model. "+
		"(default: its artifact's threshold, or its own decision if it has none)")
	f.Uint64Var(&seed, "seed", 1, "`SEED` of the bootstrap.")
	f.BoolVar(&asJSON, "json", false, "Print everything as JSON.")
	completeFlag(c, "model", completeModel)
	completeFlag(c, "against", completeModel)
	labelledFlags(c)
	placeholderFlag(c)
	return c
}

// checkThresholds returns an error if one of the flags was given with a value that is not in (0, 1].
func checkThresholds(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if v, err := c.Flags().GetFloat64(name); c.Flags().Changed(name) && !(err == nil && v > 0 && v <= 1) {
			return usageErrorf("--%s is %v: it is a probability, above 0 and up to 1", name, v)
		}
	}
	return nil
}

// warnTrainedOn warns if a model is measured on files that it was trained on.
func warnTrainedOn(w io.Writer, c *train.Comparison) {
	for _, e := range []*train.Evaluation{&c.Model, c.Baseline} {
		if e != nil && len(e.TrainedOn) > 0 {
			fmt.Fprintf(
				w,
				"warning: %s was trained on %s: its figures show how well it remembers, "+
					"not how well it predicts; give other comments\n",
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
	fmt.Fprintf(w, "%s, %d of them %s\n", plural.Of(c.Comments, "comment", "comments"), c.Removed, second)
	printEvaluation(w, &c.Model, names)
	if c.Baseline == nil {
		return
	}
	fmt.Fprintln(w)
	printEvaluation(w, c.Baseline, names)
	fmt.Fprintf(w, "\n%s minus %s:\n", c.Model.Model, c.Baseline.Model)
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
		"%s decided differently: %d right by the first model, %d right by the second (--json lists them)\n",
		plural.Of(len(c.Changed), "comment is", "comments are"),
		right,
		len(c.Changed)-right,
	)
}

func printEvaluation(w io.Writer, e *train.Evaluation, names []string) {
	at := ""
	if e.Threshold > 0 {
		at = fmt.Sprintf(", threshold %.4f", e.Threshold)
	}
	fmt.Fprintf(w, "%s (%.12s)%s:\n", e.Model, e.Digest, at)
	for k, v := range e.Values() {
		name := metric.Names[k]
		i := e.Intervals[name]
		fmt.Fprintf(w, "  %-18s %.4f  [%.4f, %.4f]\n", strings.ReplaceAll(name, "_", " "), v, i.Low, i.High)
	}
	m := e.Confusion
	fmt.Fprintf(w, "  %-8s %6d left alone, %6d flagged\n  %-8s %6d missed,     %6d flagged\n",
		names[0]+":", m.TrueNegative, m.FalsePositive, names[1]+":", m.FalseNegative, m.TruePositive)
}
