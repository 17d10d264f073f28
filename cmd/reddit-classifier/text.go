package main

import (
	"errors"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/model"
	"reddit-classifier/model/clean"
)

// eachComment reads the file that args name, or standard input, and writes what answer makes of each comment as a line of JSON.
func eachComment(c *cobra.Command, args []string, answer func(comments.Comment) any) error {
	path := "-"
	if len(args) > 0 {
		path = args[0]
	}
	in, err := comments.Open(path, c.InOrStdin())
	if err != nil {
		return err
	}
	defer in.Close()
	out := newJSONLines(c.OutOrStdout())
	bar := newProgress(c.ErrOrStderr())
	if isTerminal(c.OutOrStdout()) {
		bar.Hide() // the output itself shows how far it is
	}
	defer bar.Done()
	for comment, err := range in.All() {
		if err == nil {
			err = c.Context().Err()
		}
		if err != nil {
			return errors.Join(out.Flush(), err)
		}
		if err := out.Write(answer(comment)); err != nil {
			return err
		}
		bar.Add()
	}
	return out.Flush()
}

func newPredict() *cobra.Command {
	var path string
	var explain int
	c := &cobra.Command{
		Use:   "predict [FILE]",
		Short: "Predict on a file of comments",
		Long: `Predict on a file of comments: {"id","proba":[p0,p1],"label"} for each, where p1 is the probability that it is removed and
label is 1 where p1 reaches the model's threshold, or, of a model without one, where 1 is more probable than 0. Numbers read back
exactly. With --explain K also the intercept and the K n-grams that weigh most, as terms of the logit.`,
		Args: atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			if explain < 0 {
				return misusef("--explain is %d: give a number of n-grams", explain)
			}
			m, err := model.Open(path)
			if err != nil {
				return err
			}
			return eachComment(c, args, func(comment comments.Comment) any { return predict(m, comment, explain) })
		},
	}
	c.Flags().StringVar(&path, "model", modelDefault, modelUsage)
	c.Flags().IntVar(&explain, "explain", 0, "add the `K` n-grams that weigh most")
	return c
}

// The flag --model of all commands that have it.
const (
	modelDefault = "default"
	modelUsage   = "artifact `FILE`, or the name of a model within the program: default, or original, the imported one"
)

type prediction struct {
	ID          string       `json:"id"`
	Proba       [2]float64   `json:"proba"`
	Label       int          `json:"label"`
	Explanation *explanation `json:"explanation,omitempty"`
}

type explanation struct {
	Intercept float64  `json:"intercept"`
	NGrams    []weight `json:"ngrams"`
}

type weight struct {
	NGram string  `json:"ngram"`
	Value float64 `json:"value"`
}

func predict(m *model.Model, c comments.Comment, explain int) prediction {
	p := prediction{ID: c.ID, Proba: m.PredictProba(c.Text)}
	p.Label = m.Decide(p.Proba)
	if explain > 0 {
		p.Explanation = &explanation{NGrams: []weight{}}
		e, _ := m.Explain(c.Text, explain)
		p.Explanation.Intercept = e.Intercept
		for _, t := range e.Top {
			p.Explanation.NGrams = append(p.Explanation.NGrams, weight(t))
		}
	}
	return p
}

func newClean() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "clean [FILE]",
		Short: "Clean comments, as it is done before they are split into tokens",
		Long:  `Clean comments: {"id","clean"} for each. Mode original does exactly what the original does, mode unicode what it meant to.`,
		Args:  atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			mode, err := clean.ParseMode(name)
			if err != nil {
				return misuse{err}
			}
			return eachComment(c, args, func(comment comments.Comment) any {
				return struct {
					ID    string `json:"id"`
					Clean string `json:"clean"`
				}{comment.ID, mode.Clean(comment.Text)}
			})
		},
	}
	c.Flags().StringVar(&name, "mode", "original", "`original` or unicode")
	return c
}
