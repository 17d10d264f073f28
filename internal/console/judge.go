package console

import (
	"math"
	"slices"

	"reddit-classifier/internal/local"
	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// judge is a model as the page asks it. It is the only place here that knows what models are like.
type judge struct {
	model   *model.Model
	classes []string      // names, in the order of the probabilities
	trained *model.Scores // nil: not known
	two     bool          // it has two classes and their probabilities
	marker  *marker
}

func newJudge(m *model.Model) (*judge, error) {
	marker, err := newMarker(m)
	if err != nil {
		return nil, err
	}
	return &judge{m, m.Names(), m.Scores(), !math.IsNaN(m.Threshold()), marker}, nil
}

// labels returns the classes of one of an answer's comments: those that the answer names, or else what local.Labels
// says.
func (j *judge) labels(numbers []float64, names []string, comment *string) (labels []int, sure bool) {
	if names == nil {
		return local.Labels(j.model, numbers, comment)
	}
	for _, name := range names {
		if class := slices.Index(j.classes, name); class >= 0 {
			labels = append(labels, class)
		}
	}
	return labels, true
}

// areProba tells whether an answer's numbers are the model's probabilities.
func (j *judge) areProba(numbers []float64) bool {
	return j.model.HasProba() && len(numbers) == len(j.classes)
}

// threshold returns where the slider stands at first, nil for a model without the probabilities of two classes.
func (j *judge) threshold() *float64 {
	if !j.two {
		return nil
	}
	t := j.model.Threshold()
	return &t
}

// decides returns the threshold that decides between the classes, nil where the model predicts otherwise.
func (j *judge) decides() *float64 {
	if !j.model.HasThreshold() {
		return nil
	}
	return j.threshold()
}

// verdict is what a model makes of a comment.
type verdict struct {
	Model     string    `json:"model"`
	Digest    string    `json:"digest"`
	Classes   []string  `json:"classes"`
	Numbers   []float64 `json:"numbers"` // probabilities, or else decision values
	IsProba   bool      `json:"isProba"`
	Labels    []int     `json:"labels"`
	Threshold *float64  `json:"threshold"` // that decided; nil: none did
	For       string    `json:"for"`       // the class that the words speak for or against
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
		Labels: []int{p.Label}, Threshold: j.decides(), Words: []word{},
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
	Threshold  *float64        `json:"threshold"` // where the slider begins; nil: there are not two probabilities
	Decides    bool            `json:"decides"`   // that threshold decides what is predicted
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
		Threshold: j.threshold(), Decides: m.HasThreshold(), IsProba: m.HasProba(),
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
