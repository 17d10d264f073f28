package head

import "reddit-classifier/model/features"

// jointLinear has the coefficients of several linear classifiers side by side, so that all coefficients of a feature
// are read at once.
type jointLinear struct {
	coef   []float64 // the coefficients of feature f are coef[f*stride:][:stride]
	stride int
}

// canJoin returns the total number of outputs of the members if all are linear classifiers that sum in the same way, or
// else 0.
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

// join returns the coefficients of the members side by side. The members must be joinable.
func join(members []Classifier, outputs int) (coef []float64) {
	for f := range uint32(members[0].Shape().Features) {
		for _, member := range members {
			l := member.(*Linear)
			coef = append(coef, l.row(f, l.Outputs)...)
		}
	}
	return coef
}

// sum returns the outputs of all members for x, one member after another, without intercepts. It returns nil if the
// members are not joined.
func (j *jointLinear) sum(x features.Vector, s *Scratch) []float64 {
	if j.stride == 0 {
		return nil
	}
	d := s.alloc(j.stride)
	all := Linear{Coef: j.coef, Stride: j.stride}
	all.sum(x, d)
	return d
}

// predictMember returns the prediction of a member for x. If all is not nil, it is the result of jointLinear.sum and
// only needs to be finished. The prediction stays valid until release.
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

// encode is a list of classifiers for vectors with that number of features. Its fields are the number of classifiers;
// their total number of outputs if they can be joined, or else 0; if joined, an array of the joined coefficients by
// feature; and the classifiers, without coefficients of their own if joined.
func (j *jointLinear) encode(c *codec, features int, members *[]Classifier) {
	n := list(c, members)
	outputs := 0
	if !c.reading {
		if outputs = canJoin(*members); outputs > 0 {
			j = &jointLinear{coef: join(*members, outputs)}
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

// assignCoef assigns the next of the joined coefficients to a linear classifier.
func (j *jointLinear) assignCoef(c *codec, l *Linear) {
	from := c.joinedOutputs
	if c.joinedOutputs += l.Outputs; !c.reading {
		return
	}
	if c.check(c.joinedOutputs <= j.stride, "more than the %d outputs that are joined", j.stride); c.err == nil {
		l.Coef, l.Stride, l.Offset = j.coef, j.stride, from
	}
}
