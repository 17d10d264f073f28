package sklearn

import (
	"math"

	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// maxSupportFeatures is the maximum number of columns of sparse support vectors.
const maxSupportFeatures = 1 << 26

// readSVC converts an SVC or a NuSVC.
func readSVC(a attributes) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	c := &head.SVC{
		Gamma: a.number("_gamma", 0), Coef0: a.number("coef0", 0), Degree: a.int("degree", 3),
		Pairwise:  a.text("decision_function_shape", "ovr") == "ovo" && len(classes) > 2,
		BreakTies: a.bool("break_ties", false), Scale: pairScale(a),
	}
	if kernel, _ := a.Attr("kernel"); kernel == "linear" {
		c.Kernel = head.KernelLinear
	} else if kernel == "poly" {
		c.Kernel = head.KernelPoly
	} else if kernel == "rbf" {
		c.Kernel = head.KernelRBF
	} else if kernel == "sigmoid" {
		c.Kernel = head.KernelSigmoid
	} else {
		a.p.add("", "the kernel %s is not supported", pickle.Describe(kernel))
	}
	if c.Pairwise && c.BreakTies {
		a.p.add("", "break_ties=True with decision_function_shape='ovo' is not supported")
	}
	before := a.p.count()
	c.Count = a.int32s("_n_support", "n_support_")
	c.Features = a.supportVectors(c)
	c.DualCoef, _, _ = a.matrix("_dual_coef_")
	c.Intercept, _ = a.floats("_intercept_")
	if probability, _ := a.Attr("probability"); probability == true {
		c.ProbA, c.ProbB = a.pairProbabilities("A"), a.pairProbabilities("B")
	}
	if a.p.count() > before {
		return nil, nil
	}
	vectors, n := 0, len(classes)
	for _, count := range c.Count {
		vectors += int(count)
	}
	if !isSparse(c) {
		a.p.add("", "support_vectors_ is damaged")
		return nil, nil
	}
	if n < 2 || len(c.Count) != n || vectors != len(c.Start)-1 || len(c.DualCoef) != (n-1)*vectors ||
		len(c.Intercept) != n*(n-1)/2 {
		a.p.add("", "%d support vectors do not fit %d classes", vectors, n)
	}
	if c.Kernel != head.KernelRBF {
		c.Start, c.Index, c.Value = head.Transpose(c.Start, c.Index, c.Value, c.Features)
	}
	a.finite("_dual_coef_", c.DualCoef)
	a.finite("_intercept_", c.Intercept)
	a.finite("support_vectors_", c.Value)
	return c, classes
}

// isSparse reports whether the support vectors are a valid sparse matrix by rows, with ascending features in each row.
func isSparse(c *head.SVC) bool {
	if len(c.Start) == 0 || c.Start[0] != 0 || int(c.Start[len(c.Start)-1]) != len(c.Index) ||
		len(c.Index) != len(c.Value) {
		return false
	}
	for i := range len(c.Start) - 1 {
		from, to := c.Start[i], c.Start[i+1]
		if to < from || int(to) > len(c.Index) {
			return false
		}
		for j := from; j < to; j++ {
			if int(c.Index[j]) >= c.Features || j > from && c.Index[j] <= c.Index[j-1] {
				return false
			}
		}
	}
	return true
}

// int32s returns an array of integers from 0 to 2³¹-1. old is the name of the attribute in earlier releases.
func (a attributes) int32s(name, old string) []int32 {
	if !a.Has(name) {
		name = old
	}
	values, _ := a.ints(name)
	out := make([]int32, len(values))
	for i, v := range values {
		if v < 0 || v > math.MaxInt32 {
			a.p.add("", "%s has the number %d", name, v)
			return nil
		}
		out[i] = int32(v)
	}
	return out
}

// pairProbabilities returns probA_ or probB_.
func (a attributes) pairProbabilities(which string) []float64 {
	name := "_prob" + which
	if !a.Has(name) {
		name = "prob" + which + "_" // before scikit-learn 0.24
	}
	values, _ := a.floats(name)
	a.finite(name, values)
	return values
}

// supportVectors sets the support vectors of c, and returns the number of features.
func (a attributes) supportVectors(c *head.SVC) int {
	if o, err := a.Object.Object("support_vectors_"); err == nil {
		m := attributes{o, a.p}
		c.Index, c.Start = m.int32s("indices", ""), m.int32s("indptr", "")
		c.Value, _ = m.floats("data")
		shape, _ := m.Values("_shape")
		if len(shape) == 2 && len(c.Index) == len(c.Value) {
			if n, ok := pickle.Number(shape[1]); ok && n >= 1 && n <= maxSupportFeatures {
				return int(n)
			}
		}
		a.p.add("", "support_vectors_ is no sparse matrix by rows")
		return 0
	}
	values, rows, columns := a.matrix("support_vectors_")
	c.Start = append(c.Start, 0)
	for i := range rows {
		for f, v := range values[i*columns:][:columns] {
			if v != 0 {
				c.Index, c.Value = append(c.Index, int32(f)), append(c.Value, v)
			}
		}
		c.Start = append(c.Start, int32(len(c.Index)))
	}
	return columns
}
