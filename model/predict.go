package model

import (
	"math"
	"unsafe"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// predictor holds the buffers of a prediction. Predictors are pooled, so that predictions allocate nothing once the
// buffers have grown.
type predictor struct {
	features   *features.Scratch
	head       head.Scratch
	prediction head.Prediction
	prepared   []byte
	decision   [1]float64
}

// maxPooledText is the size in bytes of a text up to which a predictor keeps its buffers.
const maxPooledText = 1 << 16

// Predict sets p to the prediction for a text: the probabilities and the decision values, if the model has them, and
// the predicted class or labels, as indices into [Model.Classes]. If the artifact has a threshold, it decides between
// the two classes. Predict reuses p's slices.
func (m *Model) Predict(text string, p *head.Prediction) {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, p)
	m.release(r)
}

// predict takes a text through all stages.
func (m *Model) predict(text string, r *predictor, p *head.Prediction) {
	x := m.extractor.Vector(m.prepareText(text, r), r.features)
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

// prepareText returns the text for the vectorizers. It is valid until the predictor is used again.
func (m *Model) prepareText(text string, r *predictor) string {
	if m.program == nil {
		return text
	}
	r.prepared = m.program.AppendPrepared(r.prepared[:0], text)
	return unsafe.String(unsafe.SliceData(r.prepared), len(r.prepared))
}

// release returns a predictor to the pool.
func (m *Model) release(r *predictor) {
	r.features.Shrink()
	if cap(r.prepared) > maxPooledText {
		r.prepared = nil
	}
	m.predictors.Put(r)
}

// AppendProba appends the probability of each class, in the order of [Model.Classes]. Probabilities are from 0 to 1.
// They add up to 1, except those of a multilabel model, whose labels are independent. It appends nothing if the model
// has no probabilities; see [Model.HasProba].
func (m *Model) AppendProba(dst []float64, text string) []float64 {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, &r.prediction)
	dst = append(dst, r.prediction.Proba...)
	m.release(r)
	return dst
}

// AppendDecision appends the values of scikit-learn's decision_function: one for two classes, which is positive for the
// second one, otherwise one for each class (one for each pair if it is an SVC with one-versus-one decisions). It
// appends nothing if the model has no decision function; see [Model.HasDecision].
func (m *Model) AppendDecision(dst []float64, text string) []float64 {
	r := m.predictors.Get().(*predictor)
	m.predict(text, r, &r.prediction)
	dst = append(dst, r.prediction.Decision...)
	m.release(r)
	return dst
}

// PredictProba returns the probabilities of a model of two classes, in the order of [Model.Classes]. They add up to 1.
// For other models, and for models without probabilities, both are NaN; use [Model.AppendProba] or
// [Model.AppendDecision] for those.
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

// Label returns the predicted class of a text, as an index into [Model.Classes]. It returns -1 for a multilabel model.
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

// AppendLabels appends the predicted labels of a text, as indices into [Model.Classes]. For a model that is not
// multilabel it appends the predicted class.
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

// Decide returns which of two classes, 0 or 1, the model predicts for their probabilities.
func (m *Model) Decide(proba [2]float64) int {
	if m.HasThreshold() && proba[1] >= m.manifest.Threshold || !m.HasThreshold() && proba[1] > proba[0] {
		return 1
	}
	return 0
}
