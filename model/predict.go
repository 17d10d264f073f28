package model

import (
	"math"
	"unsafe"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// predictor is what a prediction writes on. Predictors are pooled: a prediction allocates nothing once they have grown.
type predictor struct {
	features   *features.Scratch
	head       head.Scratch
	prediction head.Prediction
	prepared   []byte
	decision   [1]float64
}

// mostKept is how many bytes of a long text a predictor keeps memory for.
const mostKept = 1 << 16

// Predict sets p for a text: its probabilities and decision values, where the model has them, and the class or the
// labels that it predicts, by their numbers in Classes. Where the artifact has a threshold, it decides between the two
// classes. Predict reuses p's slices.
func (m *Model) Predict(text string, p *head.Prediction) {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, p)
	m.release(r)
}

// predict is how a text becomes a prediction, from one end to the other.
func (m *Model) predict(text string, r *predictor, p *head.Prediction) {
	x := m.extractor.Vector(m.prepared(text, r), r.features)
	m.classifier.Predict(x, &r.head, p)
	if m.blocks != nil {
		r.decision[0] = p.Decision[0] + m.blocks.Decision(m.extractor.Cleaned(r.features))
		m.classifier.(*head.Linear).Finish(r.decision[:], p)
	}
	if m.HasThreshold() {
		p.Label = 0
		if p.Proba[1] >= m.manifest.Threshold {
			p.Label = 1
		}
	}
}

// prepared returns the text that the vectorizers are given. It lives until the predictor is used again.
func (m *Model) prepared(text string, r *predictor) string {
	if m.program == nil {
		return text
	}
	r.prepared = m.program.AppendPrepared(r.prepared[:0], text)
	return unsafe.String(unsafe.SliceData(r.prepared), len(r.prepared))
}

// release gives a predictor back.
func (m *Model) release(r *predictor) {
	r.features.Shrink()
	if cap(r.prepared) > mostKept {
		r.prepared = nil
	}
	m.predictors.Put(r)
}

// AppendProba appends the probability of each class, in the order of Classes. They are 0 to 1 and add up to 1, except
// for a multilabel model, where each label has one of its own. It appends nothing if the model has no probabilities,
// see HasProba.
func (m *Model) AppendProba(dst []float64, text string) []float64 {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, &r.prediction)
	dst = append(dst, r.prediction.Proba...)
	m.release(r)
	return dst
}

// AppendDecision appends scikit-learn's decision_function: one number for two classes, which is positive for the second
// one, otherwise one for each class (for SVC with one-versus-one decisions, for each pair). It appends nothing if the
// model has none, see HasDecision.
func (m *Model) AppendDecision(dst []float64, text string) []float64 {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, &r.prediction)
	dst = append(dst, r.prediction.Decision...)
	m.release(r)
	return dst
}

// PredictProba returns the probabilities of a model of two classes, in the order of Classes. They add up to 1. For a
// model of more classes, a multilabel one, and one without probabilities both are NaN: AppendProba and AppendDecision
// serve all models.
func (m *Model) PredictProba(text string) [2]float64 {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, &r.prediction)
	proba := [2]float64{math.NaN(), math.NaN()}
	if p := r.prediction.Proba; len(p) == 2 && !m.shape.Multilabel {
		proba = [2]float64(p)
	}
	m.release(r)
	return proba
}

// Label returns the number of the class that the model predicts for a text, in the order of Classes; -1 for a
// multilabel model.
func (m *Model) Label(text string) int {
	if m.shape.Multilabel {
		return -1
	}
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, &r.prediction)
	label := r.prediction.Label
	m.release(r)
	return label
}

// AppendLabels appends the numbers of the labels that a multilabel model predicts for a text; that of the class for
// other models.
func (m *Model) AppendLabels(dst []int, text string) []int {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, &r.prediction)
	if m.shape.Multilabel {
		dst = append(dst, r.prediction.Labels...)
	} else {
		dst = append(dst, r.prediction.Label)
	}
	m.release(r)
	return dst
}

// Decide returns which of two classes their probabilities stand for, as Predict does.
func (m *Model) Decide(proba [2]float64) int {
	if m.HasThreshold() && proba[1] >= m.manifest.Threshold || !m.HasThreshold() && proba[1] > proba[0] {
		return 1
	}
	return 0
}
