package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/metric"
)

// isBinary reports whether a model has the classes 0 and 1 and probabilities, as the models of the command train have.
func isBinary(m *model.Model) bool {
	classes := m.Classes()
	if len(classes) != 2 || m.IsMultilabel() || !m.HasProba() {
		return false
	}
	switch [2]string{classes[0].Text, classes[1].Text} {
	case [2]string{"0", "1"}, [2]string{"0.0", "1.0"}, [2]string{"False", "True"}:
		return true
	}
	return false
}

// evaluateClasses evaluates a model that is not binary.
func evaluateClasses(c *cobra.Command, name string, m *model.Model, paths []string, asJSON bool) error {
	for _, flag := range []string{"against", "threshold", "against-threshold", "seed"} {
		if c.Flags().Changed(flag) {
			return usageErrorf("--%s is for models of the classes 0 and 1 with probabilities: leave it out for %s", flag, name)
		}
	}
	data, err := readLabelled(c, m, paths)
	if err != nil {
		return err
	}
	data = withoutPlaceholders(c, data)
	bar := newProgress(c.ErrOrStderr())
	result, err := train.EvaluateClasses(c.Context(), data, name, m, bar.Stage)
	bar.Done()
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(result)
	}
	return printTo(c.OutOrStdout(), func(w io.Writer) { printClassEvaluation(w, result) })
}

func printClassEvaluation(w io.Writer, e *train.ClassEvaluation) {
	fmt.Fprintf(w, "%s (%.12s), %s:\n", e.Model, e.Digest, plural.Of(e.Texts, "text", "texts"))
	number := func(name string, v *float64) {
		if v != nil {
			fmt.Fprintf(w, "  %-18s %.4f\n", name, *v)
		}
	}
	averages := func(name string, a metric.Averages) {
		fmt.Fprintf(w, "  %-18s precision %.4f, recall %.4f, F1 %.4f\n", name, a.Precision, a.Recall, a.F1)
	}
	classes := func(scores []metric.ClassScores) {
		for k, s := range scores {
			fmt.Fprintf(w, "  %-18s precision %.4f, recall %.4f, F1 %.4f", e.Classes[k], s.Precision, s.Recall, s.F1)
			if s.ROCAUC != nil {
				fmt.Fprintf(w, ", ROC AUC %.4f", *s.ROCAUC)
			}
			fmt.Fprintf(w, ", %s\n", plural.Of(s.Support, "text", "texts"))
		}
	}
	if s := e.LabelScores; s != nil {
		number("all labels right", &s.Accuracy)
		number("hamming loss", &s.HammingLoss)
		number("ROC AUC, mean", s.ROCAUC)
		averages("micro", s.Micro)
		averages("macro", s.Macro)
		averages("weighted", s.Weighted)
		fmt.Fprintln(w, "by label:")
		classes(s.Labels)
		return
	}
	s := e.Scores
	number("accuracy", &s.Accuracy)
	number("log loss", s.LogLoss)
	number("ROC AUC, mean", s.ROCAUC)
	averages("macro", s.Macro)
	averages("weighted", s.Weighted)
	fmt.Fprintln(w, "by class:")
	classes(s.Classes)
	fmt.Fprintln(w, "predictions, by true class:")
	for k, row := range s.Confusion {
		fmt.Fprintf(w, "  %-18s", e.Classes[k])
		for _, n := range row {
			fmt.Fprintf(w, " %6d", n)
		}
		fmt.Fprintln(w)
	}
}
