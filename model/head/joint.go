package head

import "reddit-classifier/model/features"

// joint is the coefficients of several linear classifiers side by side, so that a feature's are read at once.
type joint struct {
	coef   []float64 // those of feature f are coef[f*stride:][:stride]
	stride int
}

// canJoin returns how many outputs the members have together if all are linear classifiers that add up alike, otherwise
// 0.
func canJoin(members []Classifier) (outputs int) {
	if len(members) < 2 {
		return 0
	}
	features := members[0].Shape().Features
	for _, member := range members {
		l, ok := member.(*Linear)
		if !ok || l.Precision != Double || l.Binarize || l.Shape().Features != features {
			return 0
		}
		outputs += l.Outputs
	}
	return outputs
}

// join returns the coefficients of members that can be joined, side by side.
func join(members []Classifier, outputs int) (coef []float64) {
	for f := range uint32(members[0].Shape().Features) {
		for _, member := range members {
			l := member.(*Linear)
			coef = append(coef, l.row(f, l.Outputs)...)
		}
	}
	return coef
}

// sum returns the members' outputs for x, one behind the other; nil if the members are not joined.
func (j *joint) sum(x features.Vector, s *Scratch) []float64 {
	if j.stride == 0 {
		return nil
	}
	d := s.take(j.stride)
	all := Linear{Coef: j.coef, Stride: j.stride}
	all.sum(x, d)
	return d
}

// predictMember has a member predict x, or finish its outputs among all those that joint.sum returned. The prediction
// stays valid until release.
func (s *Scratch) predictMember(member Classifier, x features.Vector, all []float64) *Prediction {
	if all == nil {
		return s.predict(member, x)
	}
	l := member.(*Linear)
	d := all[l.Offset:][:l.Outputs]
	for i := range d {
		d[i] += l.Intercept[i]
	}
	q := s.next()
	l.Finish(d, q)
	return q
}

// encode is a list of classifiers of vectors of that many features, in this order: how many there are, how many outputs
// they have if they can be joined, otherwise 0, an array of the joined coefficients by feature, and the classifiers,
// without theirs if joined.
func (j *joint) encode(c *codec, features int, members *[]Classifier) {
	n := list(c, members)
	outputs := 0
	if !c.reading {
		if outputs = canJoin(*members); outputs > 0 {
			j = &joint{coef: join(*members, outputs)}
		}
	}
	c.int(&outputs, maxClassifiers)
	outer := c.joined
	c.joined = nil
	if outputs > 0 {
		c.numbersOf(&j.coef)
		j.stride = outputs
		c.joined, c.joinedOutputs = j, 0
		c.check(!c.reading || len(j.coef) == outputs*features, "%d coefficients for %d outputs and %d features",
			len(j.coef), outputs, features)
	}
	for i := range n {
		c.classifier(&(*members)[i], features)
	}
	if c.reading && c.err == nil {
		could := canJoin(*members)
		c.check(could == outputs && (outputs == 0 || c.joinedOutputs == outputs),
			"%d outputs are joined where %d can be", outputs, could)
	}
	c.joined = outer
}

// take gives a linear classifier its place among the joined coefficients.
func (j *joint) take(c *codec, l *Linear) {
	from := c.joinedOutputs
	if c.joinedOutputs += l.Outputs; !c.reading {
		return
	}
	if c.check(c.joinedOutputs <= j.stride, "more than the %d outputs that are joined", j.stride); c.err == nil {
		l.Coef, l.Stride, l.Offset = j.coef, j.stride, from
	}
}
