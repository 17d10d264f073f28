package head

import "reddit-classifier/model/features"

// Constant predicts the same for every document. It is DummyClassifier, or the classifier that OneVsRestClassifier uses
// for a label that all documents have, or none.
type Constant struct {
	Proba    []float64
	Decision []float64
	Label    int
}

// Shape returns the shape of the predictions.
func (k *Constant) Shape() Shape {
	return Shape{Classes: len(k.Proba), Proba: true, Decision: len(k.Decision)}
}

// Predict sets p to the constant prediction.
func (k *Constant) Predict(_ features.Vector, _ *Scratch, p *Prediction) {
	p.Proba, p.Decision, p.Labels = append(p.Proba[:0], k.Proba...), append(p.Decision[:0], k.Decision...), p.Labels[:0]
	p.Label = k.Label
}

// encode has the arrays Proba and Decision, and the field Label.
func (k *Constant) encode(c *codec, _ int) {
	c.numbersOf(&k.Proba)
	c.numbersOf(&k.Decision)
	c.check(len(k.Proba) > 0 && len(k.Proba) <= maxClasses && len(k.Decision) <= maxClasses,
		"a constant with %d classes", len(k.Proba))
	c.int(&k.Label, len(k.Proba)-1)
}
