package head

import (
	"math"

	"reddit-classifier/model/features"
)

// Pipeline is a Pipeline within another classifier: transforms followed by a classifier.
type Pipeline struct {
	Features   int
	Program    []byte // encoded features.Transforms
	Numbers    []float64
	Classifier Classifier

	transforms *features.Transforms
}

// NewPipeline returns a [Pipeline] of the transforms, for vectors of n features, and the classifier c. The error says
// which transform is invalid.
func NewPipeline(transforms []features.Transform, n int, c Classifier) (*Pipeline, error) {
	p := &Pipeline{Features: n, Classifier: c}
	var err error
	if p.Program, p.Numbers, _, err = features.EncodeTransforms(transforms, n); err != nil {
		return nil, err
	}
	p.transforms, err = features.OpenTransforms(p.Program, p.Numbers, n)
	return p, err
}

// Shape returns the shape of the predictions.
func (l *Pipeline) Shape() Shape {
	s := l.Classifier.Shape()
	s.Features = l.Features
	return s
}

// Predict sets p for the document x.
func (l *Pipeline) Predict(x features.Vector, s *Scratch, p *Prediction) {
	if s.opened == len(s.buffers) {
		s.buffers = append(s.buffers, new(features.Buffer))
	}
	b := s.buffers[s.opened]
	s.opened++
	l.Classifier.Predict(l.transforms.Apply(x, b), s, p)
	s.opened--
}

// encode has the fields in their order; Program and Numbers are arrays.
func (l *Pipeline) encode(c *codec, n int) {
	c.int(&l.Features, math.MaxInt32)
	array(c, &l.Program)
	array(c, &l.Numbers)
	if c.reading && c.err == nil {
		c.check(l.Features == n, "a pipeline of %d features, not %d", l.Features, n)
		var err error
		if l.transforms, err = features.OpenTransforms(l.Program, l.Numbers, n); err != nil && c.err == nil {
			c.err = err
		}
	}
	if c.err == nil {
		c.classifier(&l.Classifier, l.transforms.Features())
	}
}
