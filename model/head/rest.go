package head

import (
	"math"

	"reddit-classifier/model/features"
)

// OneVsRest is OneVsRestClassifier. It has a classifier of two classes for each class or, if multilabel, for each
// label. For two classes it has a single classifier.
type OneVsRest struct {
	Members    []Classifier // estimators_
	Multilabel bool
	// Threshold is the value that the score must exceed for a label, or for the second of two classes: 0, or 0.5 if the
	// members score by probability.
	Threshold float64
	// LastTie says that the last of equal scores wins, as before scikit-learn 1.8.
	LastTie bool

	joint jointLinear
}

// Shape returns the shape of the predictions.
func (r *OneVsRest) Shape() Shape {
	shape := Shape{Classes: max(len(r.Members), 2), Proba: true, Decision: len(r.Members), Multilabel: r.Multilabel}
	if r.Multilabel {
		shape.Classes = len(r.Members)
	}
	for _, member := range r.Members {
		s := member.Shape()
		shape.Proba = shape.Proba && s.Proba
		shape.Features = max(shape.Features, s.Features)
		if s.Decision != 1 {
			shape.Decision = 0
		}
	}
	return shape
}

// Predict sets p for the document x.
func (r *OneVsRest) Predict(x features.Vector, s *Scratch, p *Prediction) {
	p.Proba, p.Decision, p.Labels, p.Label = p.Proba[:0], p.Decision[:0], p.Labels[:0], 0
	hasProba, hasDecision := true, true
	best := math.Inf(-1)
	used := s.used
	all := r.joint.sum(x, s)
	for i, member := range r.Members {
		q := s.predictMember(member, x, all)
		score := q.score()
		if hasProba = hasProba && len(q.Proba) == 2; hasProba {
			p.Proba = append(p.Proba, q.Proba[1])
		}
		if hasDecision = hasDecision && len(q.Decision) == 1; hasDecision {
			p.Decision = append(p.Decision, q.Decision[0])
		}
		s.release()
		switch {
		case r.Multilabel:
			if score > r.Threshold {
				p.Labels = append(p.Labels, i)
			}
		case len(r.Members) == 1:
			if score > r.Threshold {
				p.Label = 1
			}
		case score > best || r.LastTie && score == best:
			best, p.Label = score, i
		}
	}
	s.used = used
	r.finish(p, hasProba, hasDecision)
}

// finish drops probabilities or decision values that not all members have, and divides probabilities by their sum
// unless it is 0.
func (r *OneVsRest) finish(p *Prediction, hasProba, hasDecision bool) {
	if !hasDecision {
		p.Decision = p.Decision[:0]
	}
	if !hasProba {
		p.Proba = p.Proba[:0]
		return
	}
	if r.Multilabel {
		return
	}
	if len(r.Members) == 1 {
		p.Proba = append(p.Proba, p.Proba[0])
		p.Proba[0] = 1 - p.Proba[1]
	}
	if total := Sum(p.Proba); total != 0 {
		for i := range p.Proba {
			p.Proba[i] /= total
		}
	}
}

// score returns the score of the second of two classes: the decision function or, without one, the probability.
func (p *Prediction) score() float64 {
	if len(p.Decision) > 0 {
		return p.Decision[0]
	}
	return p.Proba[1]
}

// encode has the fields Multilabel, LastTie and Threshold, and the members.
func (r *OneVsRest) encode(c *codec, features int) {
	c.bool(&r.Multilabel)
	c.bool(&r.LastTie)
	c.float(&r.Threshold)
	r.joint.encode(c, features, &r.Members)
	checkBinary(c, r.Members)
}

// checkBinary checks that the classifiers have two classes and a score.
func checkBinary(c *codec, members []Classifier) {
	for i := 0; i < len(members) && c.err == nil && c.reading; i++ {
		s := members[i].Shape()
		c.check(s.Classes == 2 && !s.Multilabel && (s.Proba || s.Decision == 1),
			"a classifier of two classes has %d, or no score", s.Classes)
	}
}
