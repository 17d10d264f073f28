package console

import (
	"reddit-classifier/model"
)

// judge is a model as the page asks it. It is the only place here that knows what models are like.
type judge struct {
	model   *model.Model
	classes []string // names, in the order of the probabilities
	marker  *marker
}

func newJudge(m *model.Model) (*judge, error) {
	marker, err := newMarker(m)
	if err != nil {
		return nil, err
	}
	return &judge{m, m.Names(), marker}, nil
}

// label returns the class that probabilities stand for.
func (j *judge) label(p []float64) int {
	if len(p) == 2 {
		return j.model.Decide([2]float64(p))
	}
	best := 0
	for i, v := range p {
		if v > p[best] {
			best = i
		}
	}
	return best
}

// verdict is what a model makes of a comment.
type verdict struct {
	Model     string    `json:"model"`
	Digest    string    `json:"digest"`
	Classes   []string  `json:"classes"`
	Proba     []float64 `json:"proba"`
	Label     int       `json:"label"`
	Threshold float64   `json:"threshold"`
	Intercept float64   `json:"intercept"`
	Words     []word    `json:"words"`
	Spans     []span    `json:"spans"`
}

// word is an n-gram and what it adds to the logit.
type word struct {
	NGram string  `json:"ngram"`
	Value float64 `json:"value"`
}

const shownWords = 12

// explain predicts a comment and says what decided.
func (j *judge) explain(text string) verdict {
	proba := j.model.PredictProba(text)
	e, _ := j.model.Explain(text, -1)
	all := e.Top
	v := verdict{
		Model: j.model.Name(), Digest: j.model.Digest()[:12], Classes: j.classes, Proba: proba[:], Label: j.label(proba[:]),
		Threshold: j.model.Threshold(), Intercept: e.Intercept, Words: []word{}, Spans: j.marker.mark(text, all),
	}
	for _, c := range all[:min(len(all), shownWords)] {
		v.Words = append(v.Words, word(c))
	}
	return v
}

// card is what the page says of a model.
type card struct {
	Name      string          `json:"name"`
	Version   string          `json:"version"`
	Digest    string          `json:"digest"`
	Classes   []string        `json:"classes"`
	Threshold float64         `json:"threshold"`
	Manifest  model.Manifest  `json:"manifest"`
	Bytes     int             `json:"bytes"`
	Sections  []model.Section `json:"sections"`
}

func (j *judge) card() card {
	m := j.model
	return card{m.Name(), m.Version(), m.Digest(), j.classes, m.Threshold(), m.Manifest(), m.Size(), m.Sections()}
}
