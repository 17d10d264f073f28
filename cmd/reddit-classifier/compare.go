package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
)

func newCompare() *cobra.Command {
	var cv int
	var seed uint64
	var asJSON bool
	c := &cobra.Command{
		Use:   "compare FILE.csv…",
		Short: "Compare algorithms on labelled comments",
		Long: `Compare algorithms on labelled comments, cross-validated on the same folds and the same words: logistic regression, linear
SVM, multinomial and complement naive Bayes, k nearest neighbours, a decision tree, and the majority class.`,
		Args: atLeastOne,
		RunE: func(c *cobra.Command, paths []string) error {
			data, err := dataset.Read(paths...)
			if err != nil {
				return err
			}
			options := train.Default()
			options.CV, options.Seed = cv, seed
			if err := options.Check(); err != nil {
				return misuse{err}
			}
			stages := newStages(c.ErrOrStderr())
			scores, err := train.Compare(c.Context(), data, options, stages.report)
			stages.done()
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(scores)
			}
			printAlgorithms(c.OutOrStdout(), scores)
			return nil
		},
	}
	f := c.Flags()
	f.IntVar(&cv, "cv", 5, "`K` folds of the cross-validation")
	f.Uint64Var(&seed, "seed", 1, "`SEED` of the folds")
	f.BoolVar(&asJSON, "json", false, "print the scores of every fold as JSON")
	return c
}

// printAlgorithms prints a table, with the folds' scores drawn from 0.45 to 0.85: the lowest and highest, and the median.
func printAlgorithms(w io.Writer, scores []train.AlgorithmScore) {
	fmt.Fprintf(w, "%-24s %-17s %-41s %9s %9s\n", "", "ROC AUC", "0.45                                 0.85", "fit s", "predict s")
	for _, s := range scores {
		fmt.Fprintf(w, "%-24s %.4f ± %.4f   %s %9.3f %9.3f\n", s.Name, s.Mean, s.Std, whiskers(s.ROCAUC), s.FitSeconds, s.PredictSeconds)
	}
}

// whiskers draws a box plot of few values: a line from the lowest to the highest and a mark at the median.
func whiskers(values []float64) string {
	const width, low, high = 41, 0.45, 0.85
	at := func(v float64) int { return min(max(int((v-low)/(high-low)*(width-1)+0.5), 0), width-1) }
	sorted := slices.Sorted(slices.Values(values))
	line := []rune(strings.Repeat(" ", width))
	for i := at(sorted[0]); i <= at(sorted[len(sorted)-1]); i++ {
		line[i] = '─'
	}
	line[at(sorted[len(sorted)/2])] = '█'
	return string(line)
}
