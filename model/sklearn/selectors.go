package sklearn

import (
	"math"
	"slices"

	"reddit-classifier/model/features"
	"reddit-classifier/model/pickle"
)

// mask returns which columns a selector keeps, or nil if it has reported an obstacle. next is the number of columns
// that the next step was fitted on, 0 if that is not known.
type mask func(a attributes, next int) []bool

// selection reads a selector with the given mask.
func selection(read mask) transformReader {
	return func(a attributes, in columns) columns {
		before := a.p.count()
		keep := read(a, in.next)
		if a.p.count() > before {
			return in
		}
		checkColumns(a, in, len(keep))
		s := &features.Select{Columns: []uint32{}}
		for i, yes := range keep {
			if yes {
				s.Columns = append(s.Columns, uint32(i))
			}
		}
		if len(s.Columns) == 0 {
			a.p.add("", "%s keeps no feature at all", a.Class)
		}
		return in.with(s, len(s.Columns))
	}
}

// scores returns scores_, with NaN replaced by the smallest number of the type.
func scores(a attributes) []float64 {
	values, _ := a.floats("scores_")
	least := -math.MaxFloat64
	if array, err := a.Array("scores_"); err == nil && array.DType.Width == 4 {
		least = -math.MaxFloat32
	}
	for i, v := range values {
		if math.IsNaN(v) {
			values[i] = least
		}
	}
	return values
}

// parameter returns the parameter of a selector, which is named param in a GenericUnivariateSelect.
func parameter(a attributes, name string, fallback float64) float64 {
	if a.Class == "GenericUnivariateSelect" {
		name, fallback = "param", 1e-5
	}
	return a.number(name, fallback)
}

func kBest(a attributes, _ int) []bool {
	values := scores(a)
	name := "k"
	if a.Class == "GenericUnivariateSelect" {
		name = "param"
	}
	if all, _ := a.Attr(name); all == "all" {
		return slices.Repeat([]bool{true}, len(values))
	}
	k := parameter(a, "k", 10)
	if k < 0 || k != math.Trunc(k) {
		a.p.add("", "k=%v", k)
		return nil
	}
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return compare(values[i], values[j]) })
	keep := make([]bool, len(values))
	for _, i := range order[len(order)-min(len(order), int(min(k, math.MaxInt32))):] {
		keep[i] = true
	}
	return keep
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func percentile(a attributes, next int) []bool {
	values := scores(a)
	percent := parameter(a, "percentile", 10)
	switch {
	case !(percent >= 0 && percent <= 100):
		a.p.add("", "percentile=%v", percent)
		return nil
	case percent == 100 || len(values) == 0:
		return slices.Repeat([]bool{true}, len(values))
	case percent == 0:
		return make([]bool, len(values))
	}
	// Which of these NumPy compares with depends on its release. Almost always they leave the same features.
	var limits []float64
	newer, older := quantile(values, 100-percent)
	limits = append(limits, newer, older)
	if array, err := a.Array("scores_"); err == nil && array.DType.Width == 4 {
		newer, older = quantile(toFloat32(values), 100-percent)
		limits = append(limits, newer, older)
	}
	var masks [][]bool
	for _, limit := range limits {
		keep := bestPercent(values, percent, limit)
		fits := next == 0 || countTrue(keep) == next
		if fits && !slices.ContainsFunc(masks, func(m []bool) bool { return slices.Equal(m, keep) }) {
			masks = append(masks, keep)
		}
	}
	if len(masks) != 1 || slices.ContainsFunc(limits, math.IsNaN) {
		a.p.add("use SelectKBest", "which features stay depends on the release of NumPy: scores are equal or infinite "+
			"at the limit")
		return nil
	}
	return masks[0]
}

func countTrue(keep []bool) (n int) {
	for _, yes := range keep {
		if yes {
			n++
		}
	}
	return n
}

// inputsOf returns the number of features that an estimator was fitted on, or 0 if it does not say.
func inputsOf(o *pickle.Object) int {
	if n, err := o.Int("n_features_in_", 0); err == nil && n > 0 {
		return n
	}
	for _, name := range []string{"scores_", "variances_", "scale_", "coef_", "feature_log_prob_", "components_", "idf_"} {
		if array, err := o.Array(name); err == nil && len(array.Shape) > 0 {
			return array.Shape[len(array.Shape)-1]
		}
	}
	return 0
}

func bestPercent(values []float64, percent, threshold float64) []bool {
	keep := make([]bool, len(values))
	var ties []int
	n := 0
	for i, v := range values {
		switch {
		case v > threshold:
			keep[i] = true
			n++
		case v == threshold:
			ties = append(ties, i)
		}
	}
	last := int(float64(len(values))*percent/100) - n // as in Python, a negative end counts from the back
	if last < 0 {
		last = max(len(ties)+last, 0)
	}
	for _, i := range ties[:min(last, len(ties))] {
		keep[i] = true
	}
	return keep
}

// selectBelow keeps the features whose p-value is less than the limit.
func selectBelow(a attributes, limit func(alpha float64, n int) float64) []bool {
	values, _ := a.floats("pvalues_")
	alpha := limit(parameter(a, "alpha", 0.05), len(values))
	keep := make([]bool, len(values))
	for i, v := range values {
		keep[i] = v < alpha
	}
	return keep
}

func fpr(a attributes, _ int) []bool {
	return selectBelow(a, func(alpha float64, _ int) float64 { return alpha })
}

func fwe(a attributes, _ int) []bool {
	return selectBelow(a, func(alpha float64, n int) float64 { return alpha / float64(n) })
}

// fdr keeps features by the procedure of Benjamini and Hochberg.
func fdr(a attributes, _ int) []bool {
	values, _ := a.floats("pvalues_")
	alpha := parameter(a, "alpha", 0.05)
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(sorted)
	limit := math.Inf(-1)
	for i, v := range sorted {
		if v <= alpha/float64(len(values))*float64(i+1) {
			limit = max(limit, v)
		}
	}
	keep := make([]bool, len(values))
	for i, v := range values {
		keep[i] = v <= limit
	}
	return keep
}

func univariate(a attributes, next int) []bool {
	switch mode := a.text("mode", "percentile"); mode {
	case "percentile":
		return percentile(a, next)
	case "k_best":
		return kBest(a, next)
	case "fpr":
		return fpr(a, next)
	case "fdr":
		return fdr(a, next)
	case "fwe":
		return fwe(a, next)
	default:
		a.p.add("", "mode=%q", mode)
	}
	return nil
}

func variance(a attributes, _ int) []bool {
	values, _ := a.floats("variances_")
	threshold := a.number("threshold", 0)
	keep := make([]bool, len(values))
	for i, v := range values {
		keep[i] = v > threshold
	}
	return keep
}

// selectSupport keeps the features in support_.
func selectSupport(a attributes, _ int) []bool {
	keep, err := a.Bools("support_")
	a.p.fail(err)
	return keep
}

// fromModel keeps the features that are important to an estimator, as SelectFromModel does.
func fromModel(a attributes, _ int) []bool {
	name := "estimator_"
	if prefit := a.bool("prefit", false); prefit && !a.Has(name) {
		name = "estimator"
	}
	inner, ok := a.object(name)
	if !ok {
		return nil
	}
	if getter, ok := a.Attr("importance_getter"); ok && getter != "auto" {
		a.p.add("use importance_getter='auto'", "importance_getter=%s is not supported", pickle.Describe(getter))
		return nil
	}
	at := attributes{inner, a.p.at(inner.Class)}
	values, single := importances(at, a.number("norm_order", 1))
	if values == nil {
		return nil
	}
	most := len(values)
	if v, _ := a.Attr("max_features"); v != nil {
		if most, ok = maxFeatures(a, v); !ok {
			return nil
		}
	}
	var keep []bool
	for i, threshold := range thresholdsOf(a, at, values, single) {
		also := selectAbove(values, threshold, most)
		if i > 0 && !slices.Equal(keep, also) {
			a.p.add("fit it on float64", "which features stay depends on the release of NumPy")
		}
		keep = also
	}
	return keep
}

// selectAbove keeps the values that are at least the threshold, but at most a number of them: the largest, and of equal
// ones the first.
func selectAbove(values []float64, threshold float64, most int) []bool {
	keep := make([]bool, len(values))
	order := make([]int, len(values))
	for i, v := range values {
		keep[i], order[i] = !(v < threshold), i
	}
	slices.SortStableFunc(order, func(i, j int) int { return compare(-values[i], -values[j]) })
	for _, i := range order[min(most, len(order)):] {
		keep[i] = false
	}
	return keep
}

// maxFeatures returns the maximum number of features to keep. If max_features is a function, max_features_ has its
// result.
func maxFeatures(a attributes, v any) (int, bool) {
	name := "max_features"
	if a.Has("max_features_") {
		name = "max_features_"
	} else if _, ok := pickle.Number(v); !ok {
		a.p.add("use a number", "max_features is a function, %s", callableName(v))
		return 0, false
	}
	n := a.int(name, 0)
	return n, n >= 0
}
