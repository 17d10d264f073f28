package sklearn

import (
	"math"

	"reddit-classifier/model/head"
)

// readMultinomialNB converts a MultinomialNB.
func readMultinomialNB(a attributes) (head.Classifier, []head.Class) {
	return a.bayes(func(likelihood, prior []float64) {})
}

// readComplementNB converts a ComplementNB, which uses the prior only if there is a single class.
func readComplementNB(a attributes) (head.Classifier, []head.Class) {
	return a.bayes(func(likelihood, prior []float64) {
		if len(prior) > 1 {
			clear(prior)
		}
	})
}

// readBernoulliNB converts a BernoulliNB. A present feature adds log p and an absent one log (1-p). This equals a
// constant plus log p - log (1-p) for each present feature.
func readBernoulliNB(a attributes) (head.Classifier, []head.Class) {
	c, classes := a.bayes(func(likelihood, prior []float64) {
		features := len(likelihood) / len(prior)
		absent := make([]float64, features)
		for k := range prior {
			row := likelihood[k*features:][:features]
			for f, v := range row {
				absent[f] = math.Log(1 - math.Exp(v))
				row[f] = v - absent[f]
			}
			prior[k] += head.Sum(absent)
		}
	})
	if l, ok := c.(*head.Linear); ok {
		if v, _ := a.Attr("binarize"); v != nil {
			l.Binarize, l.Threshold = true, a.number("binarize", 0)
			if l.Threshold < 0 {
				a.p.add("", "binarize=%v: features that a text does not have would count as 1", l.Threshold)
			}
		}
	}
	return c, classes
}

// bayes converts feature_log_prob_ and class_log_prior_. First f changes them to the coefficients and intercepts of the
// decision. A class without documents has the prior -Inf.
func (a attributes) bayes(f func(likelihood, prior []float64)) (head.Classifier, []head.Class) {
	before := a.p.count()
	classes := readClasses(a, "classes_")
	likelihood, rows, columns := a.matrix("feature_log_prob_")
	prior, _ := a.floats("class_log_prior_")
	if a.p.count() > before {
		return nil, nil
	}
	if rows != len(classes) || rows == 0 || columns == 0 || len(prior) != rows {
		a.p.add("", "feature_log_prob_ is of %d rows and %d columns and class_log_prior_ of %d numbers, for %d classes",
			rows, columns, len(prior), len(classes))
		return nil, nil
	}
	f(likelihood, prior)
	a.finite("feature_log_prob_", likelihood)
	possible := 0
	for _, v := range prior {
		if !math.IsInf(v, -1) {
			a.finite("class_log_prior_", []float64{v})
			possible++
		}
	}
	if possible == 0 {
		a.p.add("", "class_log_prior_ makes no class possible")
	}
	return newLinear(likelihood, rows, columns, prior, head.LinkBayes), classes
}
