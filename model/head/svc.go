package head

import (
	"math"
	"slices"

	"reddit-classifier/model/features"
)

// SVC is SVC or NuSVC: LIBSVM's classifiers for each pair of classes, which share support vectors.
type SVC struct {
	Kernel       Kernel
	Gamma, Coef0 float64
	Degree       int
	Features     int
	// Count is n_support_: the number of support vectors of each class. The vectors are ordered by class.
	Count []int32
	// Start, Index and Value are the support vectors, a sparse matrix. For KernelRBF the entries of vector i are those
	// from Start[i] to Start[i+1], and Index has their features in ascending order. For other kernels the entries of
	// feature f are those from Start[f] to Start[f+1], and Index has their vectors.
	Start []int32
	Index []int32
	Value []float64
	// DualCoef is _dual_coef_: len(Count)-1 rows with a number for each support vector.
	DualCoef  []float64
	Intercept []float64 // _intercept_, one for each pair
	// ProbA and ProbB convert the decision for each pair to a probability. They are empty if the classifier has no
	// probabilities.
	ProbA, ProbB []float64
	// Pairwise is decision_function_shape='ovo': the decision function has a number for each pair.
	Pairwise  bool
	BreakTies bool
	Scale     PairScale
}

// Kernel is the type of a kernel function.
type Kernel uint8

// The kernels.
const (
	KernelLinear Kernel = iota
	KernelPoly
	KernelRBF
	KernelSigmoid
	kernelEnd
)

// Shape returns the shape of the predictions.
func (v *SVC) Shape() Shape {
	n := len(v.Count)
	s := Shape{Features: v.Features, Classes: n, Proba: len(v.ProbA) > 0, Decision: decisionsOf(n)}
	if v.Pairwise {
		s.Decision = len(v.Intercept)
	}
	return s
}

// Predict sets p for the document x.
func (v *SVC) Predict(x features.Vector, s *Scratch, p *Prediction) {
	used := s.used
	n := len(v.Count)
	k, pairs := s.alloc(len(v.DualCoef)/(n-1)), s.alloc(len(v.Intercept))
	v.kernels(x, k)
	v.decide(k, pairs)
	votes, confidences := s.alloc(n), s.alloc(n)
	p.Proba, p.Decision, p.Labels = p.Proba[:0], p.Decision[:0], p.Labels[:0]
	p.Label = v.votes(pairs, votes)
	switch {
	case n == 2:
		p.Decision = append(p.Decision, -pairs[0])
	case v.Pairwise:
		p.Decision = append(p.Decision, pairs...)
	default:
		v.tally(pairs, votes, confidences)
		p.Decision = v.Scale.combine(p.Decision, votes, confidences)
		if v.BreakTies {
			p.Label = argmax(p.Decision)
		}
	}
	if len(v.ProbA) > 0 {
		p.Proba = v.probabilities(pairs, s, p.Proba)
	}
	s.used = used
}

// kernels sets k to the kernel function of x and each support vector.
func (v *SVC) kernels(x features.Vector, k []float64) {
	if v.Kernel == KernelRBF {
		for i := range k {
			from, to := v.entries(i)
			k[i] = exp(-v.Gamma * squaredDistance(x, v.Index[from:to], v.Value[from:to]))
		}
		return
	}
	v.products(x, k)
	for i, dot := range k {
		switch v.Kernel {
		case KernelPoly:
			k[i] = power(float64(v.Gamma*dot)+v.Coef0, v.Degree)
		case KernelSigmoid:
			k[i] = math.Tanh(float64(v.Gamma*dot) + v.Coef0)
		}
	}
}

// products sets k to the dot product of x and each support vector, summed in the order of the features.
func (v *SVC) products(x features.Vector, k []float64) {
	clear(k)
	for i, f := range x.Index {
		if int(f) >= v.Features {
			continue
		}
		from, to := v.entries(int(f))
		values := v.Value[from:to]
		for j, vector := range v.Index[from:to] {
			if uint(vector) < uint(len(k)) {
				k[vector] += float64(x.Value[i] * values[j])
			}
		}
	}
}

// entries returns the range of the entries of support vector i or of feature i. It is empty if it would be outside
// Index.
func (v *SVC) entries(i int) (from, to int) {
	from, to = int(v.Start[i]), int(v.Start[i+1])
	if from < 0 || to < from || to > len(v.Index) {
		return 0, 0
	}
	return from, to
}

// squaredDistance returns the squared distance between two sparse vectors, summed in the order of the features.
func squaredDistance(x features.Vector, index []int32, value []float64) float64 {
	sum, i, j := 0.0, 0, 0
	for i < len(x.Index) && j < len(index) {
		var d float64
		switch f, g := x.Index[i], uint32(index[j]); {
		case f == g:
			d = x.Value[i] - value[j]
			i++
			j++
		case f > g:
			d = value[j]
			j++
		default:
			d = x.Value[i]
			i++
		}
		sum += float64(d * d)
	}
	for ; i < len(x.Index); i++ {
		sum += float64(x.Value[i] * x.Value[i])
	}
	for ; j < len(index); j++ {
		sum += float64(value[j] * value[j])
	}
	return sum
}

// power is LIBSVM's powi: it raises base to an integer power by squaring.
func power(base float64, exponent int) float64 {
	result := 1.0
	for ; exponent > 0; exponent /= 2 {
		if exponent%2 == 1 {
			result *= base
		}
		base *= base
	}
	return result
}

// decide sets pairs to the decision for each pair of classes. It is positive for the first class.
func (v *SVC) decide(k, pairs []float64) {
	pair, from := 0, 0
	for i := range v.Count {
		ci := int(v.Count[i])
		next := from + ci
		for j := i + 1; j < len(v.Count); j++ {
			cj := int(v.Count[j])
			sum := v.weighted((j-1)*len(k)+from, from, ci, k, 0)
			sum = v.weighted(i*len(k)+next, next, cj, k, sum)
			pairs[pair] = sum + v.Intercept[pair]
			pair++
			next += cj
		}
		from += ci
	}
}

// weighted adds n kernel values, each times its coefficient, to sum.
func (v *SVC) weighted(coef, from, n int, k []float64, sum float64) float64 {
	for i, c := range v.DualCoef[coef:][:n] {
		sum += float64(c * k[from+i])
	}
	return sum
}

// votes counts the pairs that each class wins, and returns the first of the classes with the most.
func (v *SVC) votes(pairs, votes []float64) int {
	clear(votes)
	pair := 0
	for i := range votes {
		for j := i + 1; j < len(votes); j++ {
			if pairs[pair] > 0 {
				votes[i]++
			} else {
				votes[j]++
			}
			pair++
		}
	}
	return argmax(votes)
}

// tally counts as scikit-learn does for the decision function, where a tie goes to the first class of the pair.
func (v *SVC) tally(pairs, votes, confidences []float64) {
	clear(votes)
	clear(confidences)
	pair := 0
	for i := range votes {
		for j := i + 1; j < len(votes); j++ {
			vote(votes, confidences, i, j, pairs[pair] < 0, -pairs[pair])
			pair++
		}
	}
}

// probabilities appends the probabilities of the classes, coupled from those of the pairs. It is the second method of
// Wu, Lin and Weng (JMLR 5, 2004), with LIBSVM's starting point and stopping rule, so that the iterations are the same.
func (v *SVC) probabilities(pairs []float64, s *Scratch, dst []float64) []float64 {
	n := len(v.Count)
	r, q, qp := s.alloc(n*n), s.alloc(n*n), s.alloc(n)
	pair := 0
	for i := range n {
		for j := i + 1; j < n; j++ {
			r[i*n+j] = min(max(sigmoid(pairs[pair], v.ProbA[pair], v.ProbB[pair]), 1e-7), 1-1e-7)
			r[j*n+i] = 1 - r[i*n+j]
			pair++
		}
	}
	from := len(dst)
	for t := range n {
		dst = append(dst, 1/float64(n))
		q[t*n+t] = 0
		for j := range n {
			if j != t {
				q[t*n+t] += float64(r[j*n+t] * r[j*n+t])
				q[t*n+j] = -r[j*n+t] * r[t*n+j]
			}
		}
	}
	p := dst[from:]
	for range max(100, n) {
		if couple(p, q, qp) < 0.005/float64(n) {
			break
		}
		relax(p, q, qp)
	}
	return dst
}

// couple sets qp to Q·p and returns the largest error.
func couple(p, q, qp []float64) (worst float64) {
	n := len(p)
	for t := range p {
		qp[t] = 0
		for j := range p {
			qp[t] += float64(q[t*n+j] * p[j])
		}
	}
	total := quadratic(p, qp)
	for t := range p {
		worst = max(worst, math.Abs(qp[t]-total))
	}
	return worst
}

func quadratic(p, qp []float64) (total float64) {
	for t := range p {
		total += float64(p[t] * qp[t])
	}
	return total
}

// relax updates the probabilities one after another.
func relax(p, q, qp []float64) {
	n := len(p)
	total := quadratic(p, qp)
	for t := range p {
		qtt := q[t*n+t]
		diff := (-qp[t] + total) / qtt
		p[t] += diff
		total = (total + float64(diff*(float64(diff*qtt)+2*qp[t]))) / (1 + diff) / (1 + diff)
		for j := range p {
			qp[j] = (qp[j] + float64(diff*q[t*n+j])) / (1 + diff)
			p[j] /= 1 + diff
		}
	}
}

// sigmoid is LIBSVM's sigmoid_predict.
func sigmoid(decision, a, b float64) float64 {
	f := float64(decision*a) + b
	if f >= 0 {
		e := exp(-f)
		return e / (1 + e)
	}
	return 1 / (1 + exp(f))
}

// Transpose converts a sparse matrix from rows to columns or back. columns is the number of columns, or of rows on the
// way back.
func Transpose(start, index []int32, value []float64, columns int) (starts, indices []int32, values []float64) {
	starts = make([]int32, columns+1)
	for _, column := range index {
		starts[column+1]++
	}
	for i := range columns {
		starts[i+1] += starts[i]
	}
	next := slices.Clone(starts)
	indices, values = make([]int32, len(index)), make([]float64, len(index))
	for row := range len(start) - 1 {
		for i := start[row]; i < start[row+1]; i++ {
			at := next[index[i]]
			indices[at], values[at] = int32(row), value[i]
			next[index[i]]++
		}
	}
	return starts, indices, values
}

// encode has the fields Kernel, Gamma, Coef0, Degree, Features, Pairwise, BreakTies and Scale; the arrays Count, Start
// and Index of int32; and the arrays Value, DualCoef, Intercept, ProbA and ProbB.
func (v *SVC) encode(c *codec, features int) {
	enum(c, &v.Kernel, kernelEnd)
	c.float(&v.Gamma)
	c.float(&v.Coef0)
	c.int(&v.Degree, 1<<16)
	c.int(&v.Features, math.MaxInt32)
	c.bool(&v.Pairwise)
	c.bool(&v.BreakTies)
	enum(c, &v.Scale, pairScaleEnd)
	array(c, &v.Count)
	array(c, &v.Start)
	array(c, &v.Index)
	c.numbersOf(&v.Value)
	c.numbersOf(&v.DualCoef)
	c.numbersOf(&v.Intercept)
	c.numbersOf(&v.ProbA)
	c.numbersOf(&v.ProbB)
	if c.err == nil && c.reading {
		c.check(v.Features == features, "a classifier of %d features, not %d", v.Features, features)
		v.check(c)
	}
}

// check checks the lengths of the arrays. The values in Start and Index are checked where they are used.
func (v *SVC) check(c *codec) {
	n, vectors := len(v.Count), 0
	for _, count := range v.Count {
		c.check(count >= 0, "%d support vectors", count)
		vectors += int(count)
	}
	pairs, starts := n*(n-1)/2, vectors+1
	if v.Kernel != KernelRBF {
		starts = v.Features + 1
	}
	c.check(n >= 2 && n <= 1<<12 && len(v.Start) == starts && len(v.Index) == len(v.Value) &&
		len(v.DualCoef) == (n-1)*vectors && len(v.Intercept) == pairs &&
		len(v.ProbA) == len(v.ProbB) && (len(v.ProbA) == 0 || len(v.ProbA) == pairs),
		"support vectors that do not fit %d classes", n)
}
