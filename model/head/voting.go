package head

import "reddit-classifier/model/features"

// Voting is VotingClassifier. Soft voting takes the weighted mean of the members' probabilities; hard voting takes the
// class with the largest sum of weights.
type Voting struct {
	Members []Classifier // estimators_
	Weights []float64    // one for each member; nil if all are equal
	Soft    bool

	joint jointLinear
}

// Shape returns the shape of the predictions.
func (v *Voting) Shape() Shape {
	s := v.Members[0].Shape()
	return Shape{Features: s.Features, Classes: s.Classes, Proba: v.Soft}
}

// Predict sets p for the document x.
func (v *Voting) Predict(x features.Vector, s *Scratch, p *Prediction) {
	used := s.used
	all := v.joint.sum(x, s)
	total := s.alloc(v.Shape().Classes)
	clear(total)
	for i, member := range v.Members {
		q := s.predictMember(member, x, all)
		weight := 1.0
		if v.Weights != nil {
			weight = v.Weights[i]
		}
		if v.Soft {
			for j := range total {
				total[j] += float64(q.Proba[j] * weight)
			}
		} else {
			total[q.Label] += weight
		}
		s.release()
	}
	p.Proba, p.Decision, p.Labels, p.Label = p.Proba[:0], p.Decision[:0], p.Labels[:0], argmax(total)
	if v.Soft {
		sum := float64(len(v.Members))
		if v.Weights != nil {
			sum = Sum(v.Weights)
		}
		for _, t := range total {
			p.Proba = append(p.Proba, t/sum)
		}
		p.Label = argmax(p.Proba)
	}
	s.used = used
}

// encode has the field Soft, the array Weights, and the members.
func (v *Voting) encode(c *codec, features int) {
	c.bool(&v.Soft)
	c.numbersOf(&v.Weights)
	v.joint.encode(c, features, &v.Members)
	n := len(v.Members)
	c.check(len(v.Weights) == 0 || len(v.Weights) == n && Sum(v.Weights) != 0, "%d weights for %d classifiers",
		len(v.Weights), n)
	for i := 0; i < n && c.err == nil && c.reading; i++ {
		s, first := v.Members[i].Shape(), v.Members[0].Shape()
		c.check(s.Classes == first.Classes && !s.Multilabel && (s.Proba || !v.Soft),
			"classifiers that cannot vote together")
	}
}
