package console

import (
	"math"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// judge is a model as the page asks it. It is the only place here that knows what models are like.
type judge struct {
	model   *model.Model
	classes []string      // names, in the order of the probabilities
	trained *model.Scores // nil: not known
	two     bool          // it has two classes and their probabilities, between which a threshold decides
	marker  *marker
}

func newJudge(m *model.Model) (*judge, error) {
	marker, err := newMarker(m)
	if err != nil {
		return nil, err
	}
	return &judge{m, m.Names(), m.Scores(), !math.IsNaN(m.Threshold()), marker}, nil
}

// labels returns the classes that an answer's numbers stand for: the model's own, by their numbers. Those of another
// model stand for none.
func (j *judge) labels(numbers []float64) []int {
	switch {
	case j.model.IsMultilabel():
		return j.above(numbers)
	case j.two && len(numbers) == 2:
		return []int{j.model.Decide([2]float64(numbers))}
	case len(numbers) == 1 && len(j.classes) == 2: // a decision, positive for the second class
		if numbers[0] > 0 {
			return []int{1}
		}
		return []int{0}
	case len(numbers) != len(j.classes):
		return nil
	}
	best := 0
	for i, v := range numbers {
		if v > numbers[best] {
			best = i
		}
	}
	return []int{best}
}

// above returns the labels of a multilabel model.
func (j *judge) above(numbers []float64) (labels []int) {
	least := 0.0 // of a decision
	if j.model.HasProba() {
		least = 0.5
	}
	for i, v := range numbers {
		if len(numbers) == len(j.classes) && v > least {
			labels = append(labels, i)
		}
	}
	return labels
}

// areProba tells whether an answer's numbers are the model's probabilities.
func (j *judge) areProba(numbers []float64) bool {
	return j.model.HasProba() && len(numbers) == len(j.classes)
}

// threshold returns nil for a model that has none.
func (j *judge) threshold() *float64 {
	if !j.two {
		return nil
	}
	t := j.model.Threshold()
	return &t
}

// verdict is what a model makes of a comment.
type verdict struct {
	Model     string    `json:"model"`
	Digest    string    `json:"digest"`
	Classes   []string  `json:"classes"`
	Numbers   []float64 `json:"numbers"` // probabilities, or else decision values
	IsProba   bool      `json:"isProba"`
	Labels    []int     `json:"labels"`
	Threshold *float64  `json:"threshold"`
	For       string    `json:"for"` // the class that the words speak for or against
	Intercept float64   `json:"intercept"`
	Words     []word    `json:"words"`
	Spans     []span    `json:"spans"`
	Why       string    `json:"why,omitempty"` // there are no words
}

// word is an n-gram and what it adds to the decision value.
type word struct {
	NGram string  `json:"ngram"`
	Value float64 `json:"value"`
}

const shownWords = 12

// explain predicts a comment and says what decided.
func (j *judge) explain(text string) verdict {
	var p head.Prediction
	j.model.Predict(text, &p)
	v := verdict{
		Model: j.model.Name(), Digest: j.model.Digest()[:12], Classes: j.classes, Numbers: p.Proba, IsProba: len(p.Proba) > 0,
		Labels: []int{p.Label}, Threshold: j.threshold(), Words: []word{},
	}
	if !v.IsProba {
		v.Numbers = p.Decision
	}
	if j.model.IsMultilabel() {
		v.Labels = append([]int{}, p.Labels...)
	}
	e, err := j.model.Explain(text, -1)
	if err != nil {
		v.Why, v.Spans = err.Error(), []span{{Text: text}}
		return v
	}
	v.For, v.Intercept, v.Spans = j.classes[e.Class], e.Intercept, j.marker.mark(text, e.Top)
	for _, c := range e.Top[:min(len(e.Top), shownWords)] {
		v.Words = append(v.Words, word(c))
	}
	return v
}

// card is what the page says of a model.
type card struct {
	Name       string          `json:"name"`
	Version    string          `json:"version"`
	Digest     string          `json:"digest"`
	Classes    []string        `json:"classes"`
	Threshold  *float64        `json:"threshold"`
	IsProba    bool            `json:"isProba"`
	Multilabel bool            `json:"multilabel"`
	Manifest   model.Manifest  `json:"manifest"`
	Bytes      int             `json:"bytes"`
	Sections   []model.Section `json:"sections"`
	// Training is which part of the training's comments is in each bin of each class; nil: not known.
	Training   [][model.ScoreBins]float64 `json:"training"`
	TrainingOf string                     `json:"trainingOf"`
}

func (j *judge) card() card {
	m := j.model
	c := card{
		Name: m.Name(), Version: m.Version(), Digest: m.Digest(), Classes: j.classes,
		Threshold: j.threshold(), IsProba: m.HasProba(),
		Multilabel: m.IsMultilabel(), Manifest: m.Manifest(), Bytes: m.Size(), Sections: m.Sections(),
	}
	if training := j.trained; training != nil {
		c.TrainingOf = training.Of
		for class := range training.Counts {
			c.Training = append(c.Training, training.Shares(class))
		}
	}
	return c
}
