package model

import (
	"encoding/json"
	"slices"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/rich"
)

// Spec describes a model for [Build]: the stages from a text to a prediction, in their order.
type Spec struct {
	Manifest Manifest // Language, Cleaner, Classes and Threshold are filled in by Build
	// Prepare is an encoded program of package prepare that changes a text before anything else; nil if there is none.
	Prepare []byte
	// Vectorizers turn a text into one vector each; the vectors of several are concatenated, as in a FeatureUnion.
	Vectorizers []features.Vectorizer
	Transforms  []features.Transform
	Classifier  head.Classifier
	Classes     []head.Class // classes, or labels, in the order of the probabilities
	// Threshold is the probability from which on the second of two classes is predicted; 0 if there is none.
	Threshold float64
	Chars     *rich.Chars // what characters add to the decision function; nil if nothing
	Style     []float64   // weights of rich.StyleNames; nil if there are none
	// Parity are texts to store in the artifact together with the model's own answers.
	Parity []string
	// Vectors are texts with answers from elsewhere, to store in the artifact.
	Vectors []Vector
}

// Build returns an artifact with the model of spec. The same spec gives the same bytes. The error is a [FormatError] or
// an [UnsupportedError].
func Build(spec Spec) ([]byte, error) {
	if spec.Classifier == nil || len(spec.Classes) != spec.Classifier.Shape().Classes {
		return nil, artifact.FormatErrorf("%d names of classes do not fit the classifier", len(spec.Classes))
	}
	classifier, err := spec.classifierSections()
	if err != nil {
		return nil, err
	}
	if s := &spec; s.mixesOrders() {
		return nil, artifact.UnsupportedErrorf(
			"sums in single precision over several vectorizers with idf of scikit-learn before 1.5 " +
				"are not supported: fit them with dtype=numpy.float64",
		)
	}
	stages, width, err := features.Build(spec.Vectorizers, spec.Transforms, spec.options())
	if err != nil {
		return nil, err
	}
	if n := spec.Classifier.Shape().Features; n != 0 && n != width {
		return nil, artifact.FormatErrorf("the vectors have %d features, the classifier is for %d", width, n)
	}
	more, err := rich.Sections(spec.Chars, spec.Style)
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal(spec.manifest())
	if err != nil {
		return nil, artifact.FormatErrorf("the manifest: %v", err)
	}
	sections := []artifact.Section{{Name: "manifest", Data: manifest}}
	if spec.Prepare != nil {
		sections = append(sections, artifact.Section{Name: "prepare", Required: true, Data: spec.Prepare})
	}
	sections = append(sections, stages...)
	return spec.withParity(append(append(sections, classifier...), more...))
}

func (s *Spec) manifest() Manifest {
	m := s.Manifest
	m.Classes = s.Classes
	if m.Threshold = 0; isThreshold(s.Threshold) {
		m.Threshold = s.Threshold
	}
	for i := range s.Vectorizers {
		if a := &s.Vectorizers[i].Analyzer; a.Kind == features.AnalyzerEnglish {
			if pack, err := english.Load(a.Language); err == nil {
				m.Language, m.Cleaner = pack.Name(), clean.Mode(a.Cleaner).String()
			}
		}
	}
	if m.Scores == nil {
		m.Scores = s.checked()
	}
	return m
}

// checked returns the histograms of the vectors' probabilities, or nil if they have none.
func (s *Spec) checked() *Scores {
	scores, n := NewScores(ScoresOfCheck, len(s.Classes)), 0
	for _, v := range s.Vectors {
		if len(v.Proba) == len(s.Classes) {
			scores.Add(v.Proba)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return scores
}

// direct returns the linear classifier if it directly follows a single vectorizer, or nil.
func (s *Spec) direct() *head.Linear {
	if len(s.Vectorizers) == 1 && len(s.Transforms) == 0 {
		linear, _ := s.Classifier.(*head.Linear)
		return linear
	}
	return nil
}

// sharesIDF reports whether each feature's idf is stored with its coefficients, so that one read gets both.
func (s *Spec) sharesIDF() bool {
	return s.direct() != nil && s.Vectorizers[0].Tfidf != nil && s.Vectorizers[0].Tfidf.IDF != nil
}

// mixesOrders reports whether sums in single precision, whose digits depend on their order, would go over concatenated
// vectors of which one runs from the last feature to the first.
func (s *Spec) mixesOrders() bool {
	backward := false
	for _, v := range s.Vectorizers {
		if !v.Float32 {
			return false
		}
		backward = backward || v.Tfidf != nil && v.Tfidf.Diagonal && v.Tfidf.IDF != nil
	}
	linear, _ := s.Classifier.(*head.Linear)
	isSVD := func(t features.Transform) bool { _, ok := t.(*features.SVD); return ok }
	return backward && len(s.Vectorizers) > 1 &&
		(linear != nil && linear.Precision != head.Double || slices.ContainsFunc(s.Transforms, isSVD))
}

func (s *Spec) options() features.Options {
	return features.Options{SharedIDF: s.sharesIDF(), InOrder: head.InOrder(s.Classifier)}
}

// classifierSections encodes the classifier.
func (s *Spec) classifierSections() ([]artifact.Section, error) {
	classifier := s.Classifier
	var sections []artifact.Section
	if s.sharesIDF() {
		linear := *s.direct()
		idf := s.Vectorizers[0].Tfidf.IDF
		if len(idf) != linear.Shape().Features {
			return nil, artifact.FormatErrorf("%d values of idf, coefficients of %d features", len(idf), linear.Shape().Features)
		}
		var weights []float64
		for f := range idf {
			weights = append(append(weights, idf[f]), linear.Coef[f*linear.Stride+linear.Offset:][:linear.Outputs]...)
		}
		if !artifact.AreWeights(weights) {
			return nil, artifact.FormatErrorf("a coefficient or idf is not a finite number")
		}
		sections = append(
			sections,
			artifact.Section{Name: "weights", Required: true, Data: artifact.AppendFloats(nil, weights...)},
		)
		linear.Coef, linear.Stride, linear.Offset = nil, linear.Outputs, 0
		classifier = &linear
	}
	program, numbers, err := head.Encode(classifier)
	if err != nil {
		return nil, artifact.FormatErrorf("the classifier: %v", err)
	}
	return append(sections,
		artifact.Section{Name: "head", Required: true, Data: program},
		artifact.Section{Name: "head.num", Required: true, Data: numbers}), nil
}

// withParity appends the parity vectors. The model of the sections computes the answers to s.Parity.
func (s *Spec) withParity(sections []artifact.Section) ([]byte, error) {
	b := artifact.Encode(sections)
	m, err := Parse(b)
	if err != nil {
		return nil, err
	}
	vectors := s.Vectors
	for _, text := range s.Parity {
		vectors = append(vectors, m.Answer(text))
	}
	if len(vectors) == 0 {
		return b, nil
	}
	data, err := json.Marshal(vectors)
	if err != nil {
		return nil, artifact.FormatErrorf("the parity vectors: %v", err)
	}
	return artifact.Encode(append(sections, artifact.Section{Name: "parity", Data: data})), nil
}
