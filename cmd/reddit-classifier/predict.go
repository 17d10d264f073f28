package main

import (
	"math"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/comments"
	"reddit-classifier/internal/models"
	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

func newPredict() *cobra.Command {
	var path string
	var explain int
	var threshold float64
	c := &cobra.Command{
		Use:   "predict [FILE]",
		Short: "Predict on a file of texts",
		Long: `Predict on a file of texts. For each text the command prints {"id","proba":[…],"label"}: the probability of
each class, and the predicted class as the model names it. A model without probabilities has "decision" instead: the
values of its decision function, one number for two classes. A model that has neither has only the label. The label of a
multilabel model is a list. Numbers read back exactly.

A model of two classes may have a threshold, as the built-in default has: the label is the second class if its
probability is at least the threshold.

--explain K adds the intercept and the K n-grams with the largest weights, as terms of the decision function; for naive
Bayes, which has no decision function, as terms of the logarithm of the odds.`,
		Example: `  printf '{"id":"1","text":"This is an input"}\n' | reddit-classifier predict
  reddit-classifier predict --model model.rcm --explain 3 comments.csv > predictions.jsonl`,
		Args:              maximumArgs(1),
		ValidArgsFunction: completeFiles(commentFiles, true),
		RunE: func(c *cobra.Command, args []string) error {
			if explain < 0 {
				return usageErrorf("--explain is %d: give 0 or more n-grams", explain)
			}
			if err := checkThresholds(c, "threshold"); err != nil {
				return err
			}
			m, err := models.Open(path)
			if err != nil {
				return err
			}
			p := &textPredictor{model: m, classes: m.Classes(), explain: explain}
			if c.Flags().Changed("threshold") {
				if math.IsNaN(m.Threshold()) {
					return usageErrorf("--threshold is for models of two classes with probabilities: %s is not one", path)
				}
				p.threshold = threshold
			}
			if explain > 0 {
				if _, err := m.Explain("", 0); err != nil {
					return usageErrorf("--explain: %w", err)
				}
			}
			if err := setEncoding(c, m); err != nil {
				return err
			}
			return eachComment(c, args, func(comment comments.Comment) any { return p.predict(comment) })
		},
	}
	c.Flags().StringVar(&path, "model", modelDefault, "Model to predict with: "+modelUsage)
	c.Flags().IntVar(&explain, "explain", 0, "Add the `K` n-grams with the largest weights. (default: no explanation)")
	c.Flags().Float64Var(&threshold, "threshold", 0, "Predict the second of two classes from this `PROBABILITY` on. "+
		"(default: the model's threshold)")
	completeFlag(c, "model", completeModel)
	inputFlags(c)
	return c
}

// The flag --model of all commands that have it.
const (
	modelDefault = "default"
	modelUsage   = "an artifact `FILE`, or a built-in model, default or original (the imported one)."
)

// prediction is a line of output.
type prediction struct {
	ID          string       `json:"id"`
	Proba       []float64    `json:"proba,omitempty"`
	Decision    []float64    `json:"decision,omitempty"`
	Label       any          `json:"label"` // a head.Class, or a list of them if the model is multilabel
	Explanation *explanation `json:"explanation,omitempty"`
}

type explanation struct {
	Class     *head.Class `json:"class,omitempty"` // the class whose decision value is explained; nil for two classes
	Intercept float64     `json:"intercept"`
	NGrams    []weight    `json:"ngrams"`
}

type weight struct {
	NGram string  `json:"ngram"`
	Value float64 `json:"value"`
}

// textPredictor predicts texts one after another.
type textPredictor struct {
	model     *model.Model
	classes   []head.Class
	explain   int
	threshold float64 // 0: the model decides

	last head.Prediction
}

// predict returns a prediction that is valid until the next one.
func (p *textPredictor) predict(c comments.Comment) prediction {
	p.model.Predict(c.Text, &p.last)
	line := prediction{ID: c.ID, Proba: p.last.Proba}
	if len(line.Proba) == 0 {
		line.Decision = p.last.Decision
	}
	if p.threshold > 0 {
		p.last.Label = 0
		if p.last.Proba[1] >= p.threshold {
			p.last.Label = 1
		}
	}
	line.Label = p.label()
	if p.explain > 0 {
		line.Explanation = p.explanation(c.Text)
	}
	return line
}

func (p *textPredictor) label() any {
	if !p.model.IsMultilabel() {
		return p.classes[p.last.Label]
	}
	labels := make([]head.Class, len(p.last.Labels))
	for i, label := range p.last.Labels {
		labels[i] = p.classes[label]
	}
	return labels
}

func (p *textPredictor) explanation(text string) *explanation {
	e, err := p.model.Explain(text, p.explain)
	if err != nil {
		return nil // cannot happen: the command has checked that the model can be explained
	}
	out := &explanation{Intercept: e.Intercept, NGrams: make([]weight, len(e.Top))}
	if len(p.classes) > 2 || p.model.IsMultilabel() {
		out.Class = &p.classes[e.Class]
	}
	for i, t := range e.Top {
		out.NGrams[i] = weight(t)
	}
	return out
}
