package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/metric"
)

func newCompare() *cobra.Command {
	var cv int
	var seed uint64
	var asJSON bool
	c := &cobra.Command{
		Use:   "compare FILE.csv…",
		Short: "Compare algorithms on labelled comments",
		Long: `Compare algorithms on labelled comments, cross-validated on the same folds and the same words: logistic
regression, linear SVM, multinomial and complement naive Bayes, k nearest neighbours, a decision tree, and the majority
class. The files have the formats that train reads; - is standard input, read as JSON lines.`,
		Example: `  reddit-classifier compare comments.csv
  reddit-classifier compare --cv 10 --json comments.csv more.jsonl`,
		Args:              requireArgs,
		ValidArgsFunction: completeFiles(labelledFiles, false),
		RunE: func(c *cobra.Command, paths []string) error {
			data, err := readLabelled(c, nil, paths)
			if err != nil {
				return err
			}
			options := train.Default()
			options.CV, options.Seed = cv, seed
			if err := options.Check(); err != nil {
				return usageError{err}
			}
			bar := newProgress(c.ErrOrStderr())
			scores, err := train.Compare(c.Context(), data, options, bar.Stage)
			bar.Done()
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(scores)
			}
			return printTo(c.OutOrStdout(), func(w io.Writer) { printAlgorithms(w, scores) })
		},
	}
	f := c.Flags()
	f.IntVar(&cv, "cv", 5, "Cross-validate on `K` folds.")
	f.Uint64Var(&seed, "seed", 1, "`SEED` of the random assignment of comments to folds.")
	f.BoolVar(&asJSON, "json", false, "Print the scores of every fold as JSON.")
	labelledFlags(c)
	return c
}

// chartWidth is how many characters wide the chart of printAlgorithms is.
const chartWidth = 41

// printAlgorithms prints a table, with the folds' scores drawn as box plots on a common axis.
func printAlgorithms(w io.Writer, scores []train.AlgorithmScore) {
	low, high := axis(scores)
	fmt.Fprintf(w, "%-24s %-17s %-*.2f%*.2f %9s %9s\n",
		"", "ROC AUC", chartWidth-5, low, 5, high, "fit s", "predict s")
	for _, s := range scores {
		fmt.Fprintf(
			w,
			"%-24s %.4f ± %.4f   %s %9.3f %9.3f\n",
			s.Name,
			s.Mean,
			s.Std,
			boxPlot(s.ROCAUC, low, high),
			s.FitSeconds,
			s.PredictSeconds,
		)
	}
	fmt.Fprintf(
		w,
		"%-24s %-17s of the folds: lowest ├─[ quartile ┃ median ┃ quartile ]─┤ highest\n",
		"",
		"mean ± deviation",
	)
}

// axis returns two multiples of 0.05 that all scores lie between.
func axis(scores []train.AlgorithmScore) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range scores {
		low, high = min(low, slices.Min(s.ROCAUC)), max(high, slices.Max(s.ROCAUC))
	}
	from := math.Floor(min(low, 0.95) * 20) // there is no score above 1
	return from / 20, max(math.Ceil(high*20), from+1) / 20
}

// boxPlot draws values on an axis from low to high, as ├─[  ┃ ]──┤: the lowest, the quartiles with the median between
// them, the highest. Where two marks fall on one character, the inner one is drawn.
func boxPlot(values []float64, low, high float64) string {
	sorted := slices.Sorted(slices.Values(values))
	at := func(q float64) int {
		return int((metric.Quantile(sorted, q)-low)/(high-low)*(chartWidth-1) + 0.5)
	}
	line := []rune(strings.Repeat(" ", chartWidth))
	for i := at(0); i <= at(1); i++ {
		if i <= at(0.25) || i >= at(0.75) {
			line[i] = '─'
		}
	}
	line[at(0)], line[at(1)] = '├', '┤'
	line[at(0.25)], line[at(0.75)] = '[', ']'
	line[at(0.5)] = '┃'
	return string(line)
}
