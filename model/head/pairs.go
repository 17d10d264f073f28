package head

import (
	"math"

	"reddit-classifier/model/features"
)

// OneVsOne is OneVsOneClassifier. It has a classifier for each pair of classes, in the order (0, 1), (0, 2), …, (1, 2),
// ….
type OneVsOne struct {
	Members []Classifier // estimators_
	Number  int          // number of classes
	// Threshold is the value that the decision function must exceed for the second of two classes: 0, or 0.5 if the
	// members score by probability.
	Threshold float64
	Scale     PairScale

	joint jointLinear
}

// PairScale says how confidences are scaled down, so that they only decide between classes with equal numbers of votes.
type PairScale uint8

// The scales.
const (
	// ScaleSmooth scales a confidence c to c/(3(|c|+1)).
	ScaleSmooth PairScale = iota
	// ScaleLargest scales the largest confidence to just below 0.5, as scikit-learn 0.20 does. There the result depends on
	// all documents that are predicted in one call; here it is that of a call with one document.
	ScaleLargest
	pairScaleEnd
)

// Shape returns the shape of the predictions.
func (o *OneVsOne) Shape() Shape {
	return Shape{Features: o.Members[0].Shape().Features, Classes: o.Number, Decision: decisionsOf(o.Number)}
}

// decisionsOf returns the length of scikit-learn's decision function for that number of classes.
func decisionsOf(classes int) int {
	if classes == 2 {
		return 1
	}
	return classes
}

// Predict sets p for the document x.
func (o *OneVsOne) Predict(x features.Vector, s *Scratch, p *Prediction) {
	used := s.used
	all := o.joint.sum(x, s)
	votes, confidences := s.alloc(o.Number), s.alloc(o.Number)
	clear(votes)
	clear(confidences)
	k := 0
	for i := range o.Number {
		for j := i + 1; j < o.Number; j++ {
			q := s.predictMember(o.Members[k], x, all)
			vote(votes, confidences, i, j, q.Label == 1, q.score())
			s.release()
			k++
		}
	}
	p.Proba, p.Labels = p.Proba[:0], p.Labels[:0]
	p.Decision = o.Scale.combine(p.Decision[:0], votes, confidences)
	p.Label = argmax(p.Decision)
	if o.Number == 2 {
		p.Decision = append(p.Decision[:0], p.Decision[1])
		if p.Label = 0; p.Decision[0] > o.Threshold {
			p.Label = 1
		}
	}
	s.used = used
}

// vote adds the result for the pair of classes i and j. second says that j wins.
func vote(votes, confidences []float64, i, j int, second bool, confidence float64) {
	confidences[i] -= confidence
	confidences[j] += confidence
	if second {
		votes[j]++
	} else {
		votes[i]++
	}
}

// combine appends the votes plus the scaled confidences, as sklearn.utils.multiclass._ovr_decision_function computes
// them.
func (scale PairScale) combine(dst, votes, confidences []float64) []float64 {
	if scale == ScaleSmooth {
		for i, c := range confidences {
			dst = append(dst, votes[i]+c/(3*(math.Abs(c)+1)))
		}
		return dst
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range confidences {
		low, high = min(low, c), max(high, c)
	}
	factor := 0.0
	if low != high {
		factor = (0.5 - 0x1p-52) / max(math.Abs(low), math.Abs(high))
	}
	for i, c := range confidences {
		dst = append(dst, votes[i]+float64(c*factor))
	}
	return dst
}

// encode has the fields Number, Threshold and Scale, and the members.
func (o *OneVsOne) encode(c *codec, features int) {
	c.int(&o.Number, maxClasses)
	c.float(&o.Threshold)
	enum(c, &o.Scale, pairScaleEnd)
	o.joint.encode(c, features, &o.Members)
	n := len(o.Members)
	c.check(o.Number > 1 && n == o.Number*(o.Number-1)/2, "%d classifiers for the pairs of %d classes", n, o.Number)
	checkBinary(c, o.Members)
}
