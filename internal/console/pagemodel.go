package console

import (
	"math"
	"slices"

	"reddit-classifier/internal/local"
	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// pageModel is a model with what the page shows of it.
type pageModel struct {
	model   *model.Model
	classes []string      // names, in the order of the probabilities
	trained *model.Scores // scores in training; nil: unknown
	two     bool          // it has the probabilities of two classes
	marker  *marker
}

func newPageModel(m *model.Model) (*pageModel, error) {
	marker, err := newMarker(m)
	if err != nil {
		return nil, err
	}
	return &pageModel{m, m.Names(), m.Scores(), !math.IsNaN(m.Threshold()), marker}, nil
}

// labels returns the indexes of the classes of a comment: those that the answer names or, if names is nil, those of
// [local.Labels].
func (m *pageModel) labels(numbers []float64, names []string, comment *string) (labels []int, sure bool) {
	if names == nil {
		return local.Labels(m.model, numbers, comment)
	}
	for _, name := range names {
		if class := slices.Index(m.classes, name); class >= 0 {
			labels = append(labels, class)
		}
	}
	return labels, true
}

// areProba reports whether the numbers of a comment are probabilities of this model.
func (m *pageModel) areProba(numbers []float64) bool {
	return m.model.HasProba() && len(numbers) == len(m.classes)
}

// threshold returns the initial threshold of the slider, or nil if the model has no probabilities of two classes.
func (m *pageModel) threshold() *float64 {
	if !m.two {
		return nil
	}
	t := m.model.Threshold()
	return &t
}

// decisionThreshold returns the threshold by which the model predicts, or nil if it predicts in another way.
func (m *pageModel) decisionThreshold() *float64 {
	if !m.model.HasThreshold() {
		return nil
	}
	return m.threshold()
}

// verdict is the prediction of a model for a comment, with its explanation.
type verdict struct {
	Model     string    `json:"model"`
	Digest    string    `json:"digest"`
	Classes   []string  `json:"classes"`
	Numbers   []float64 `json:"numbers"` // probabilities or decision values
	IsProba   bool      `json:"isProba"`
	Labels    []int     `json:"labels"`
	Threshold *float64  `json:"threshold"` // by which the model predicts; may be nil
	For       string    `json:"for"`       // the class to which the words contribute
	Intercept float64   `json:"intercept"`
	Words     []word    `json:"words"`
	Spans     []span    `json:"spans"`
	Why       string    `json:"why,omitempty"` // why there are no words
}

// word is an n-gram and what it adds to the decision value.
type word struct {
	NGram string  `json:"ngram"`
	Value float64 `json:"value"`
}

const shownWords = 12

// explain classifies a comment and explains the result.
func (m *pageModel) explain(text string) verdict {
	var p head.Prediction
	m.model.Predict(text, &p)
	v := verdict{
		Model: m.model.Name(), Digest: m.model.Digest()[:12], Classes: m.classes, Numbers: p.Proba, IsProba: len(p.Proba) > 0,
		Labels: []int{p.Label}, Threshold: m.decisionThreshold(), Words: []word{},
	}
	if !v.IsProba {
		v.Numbers = p.Decision
	}
	if m.model.IsMultilabel() {
		v.Labels = append([]int{}, p.Labels...)
	}
	e, err := m.model.Explain(text, -1)
	if err != nil {
		v.Why, v.Spans = err.Error(), []span{{Text: text}}
		return v
	}
	v.For, v.Intercept, v.Spans = m.classes[e.Class], e.Intercept, m.marker.mark(text, e.Top)
	for _, c := range e.Top[:min(len(e.Top), shownWords)] {
		v.Words = append(v.Words, word(c))
	}
	return v
}

// card describes a model.
type card struct {
	Name       string          `json:"name"`
	Version    string          `json:"version"`
	Digest     string          `json:"digest"`
	Classes    []string        `json:"classes"`
	Threshold  *float64        `json:"threshold"` // the initial threshold of the slider; may be nil
	Decides    bool            `json:"decides"`   // the model predicts by that threshold
	IsProba    bool            `json:"isProba"`
	Multilabel bool            `json:"multilabel"`
	Manifest   model.Manifest  `json:"manifest"`
	Bytes      int             `json:"bytes"`
	Sections   []model.Section `json:"sections"`
	// Training is the fraction of the training comments in each bin, by class; nil: unknown.
	Training   [][model.ScoreBins]float64 `json:"training"`
	TrainingOf string                     `json:"trainingOf"`
}

func (m *pageModel) card() card {
	c := card{
		Name: m.model.Name(), Version: m.model.Version(), Digest: m.model.Digest(), Classes: m.classes,
		Threshold: m.threshold(), Decides: m.model.HasThreshold(), IsProba: m.model.HasProba(),
		Multilabel: m.model.IsMultilabel(), Manifest: m.model.Manifest(), Bytes: m.model.Size(),
		Sections: m.model.Sections(),
	}
	if training := m.trained; training != nil {
		c.TrainingOf = training.Of
		for class := range training.Counts {
			c.Training = append(c.Training, training.Shares(class))
		}
	}
	return c
}
