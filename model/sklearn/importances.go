package sklearn

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"reddit-classifier/model/pickle"
)

// importances returns the numbers that SelectFromModel compares with its threshold, one for each feature: the norm of
// the coefficients, or the feature_importances_ of trees. single reports whether they are float32.
func importances(a attributes, order float64) (values []float64, single bool) {
	switch className(a.Object) {
	case "DecisionTreeClassifier", "ExtraTreeClassifier", "DecisionTreeRegressor", "ExtraTreeRegressor":
		return treeImportances(a, true), false
	case "RandomForestClassifier", "ExtraTreesClassifier", "RandomForestRegressor", "ExtraTreesRegressor":
		return forestImportances(a), false
	case "GradientBoostingClassifier", "GradientBoostingRegressor":
		return boostingImportances(a), false
	case "":
		a.p.add("use an estimator of scikit-learn's", "SelectFromModel of %s is not supported", a.Object)
		return nil, false
	}
	if !a.Has("coef_") {
		a.p.add("use a linear estimator, or trees", "SelectFromModel of %s, which has no coef_, is not supported", a.Object)
		return nil, false
	}
	return coefficientNorms(a, order)
}

// coefficientNorms returns the norms of the columns of coef_, or the absolute values if it has one dimension.
func coefficientNorms(a attributes, order float64) ([]float64, bool) {
	coef, rows, n := a.matrix("coef_")
	if n == 0 || len(coef) != rows*n {
		a.p.add("", "coef_ has %d rows of %d numbers", rows, n)
		return nil, false
	}
	checkFinite(a.p, "coef_", coef)
	array, err := a.Array("coef_")
	if err != nil { // sparse
		return norms(a, coef, n, order, false), false
	}
	if len(array.Shape) == 1 {
		order = math.Inf(1)
	}
	if array.DType.Width == 4 {
		return toFloat64(norms(a, toFloat32(coef), n, order, array.Fortran())), true
	}
	return norms(a, coef, n, order, array.Fortran()), false
}

// norms returns the norms of the n columns of coef. alongColumns says that the matrix is stored column by column, on
// which the order of NumPy's additions depends.
func norms[T float](a attributes, coef []T, n int, order float64, alongColumns bool) []T {
	out := make([]T, n)
	column := make([]T, len(coef)/n)
	for j := range out {
		for i := range column {
			if column[i] = coef[i*n+j]; column[i] < 0 {
				column[i] = -column[i]
			}
			if order == 2 {
				column[i] *= column[i]
			}
		}
		switch {
		case math.IsInf(order, 1):
			out[j] = slices.Max(column)
			continue
		case order != 1 && order != 2:
			a.p.add("use norm_order=1", "norm_order=%v is not supported", order)
			return nil
		case alongColumns:
			out[j] = pairwiseSum(column)
		default:
			for _, v := range column {
				out[j] += v
			}
		}
		if order == 2 {
			out[j] = T(math.Sqrt(float64(out[j])))
		}
	}
	return out
}

// treeImportances returns, for each feature, the total decrease of impurity by the splits on it.
func treeImportances(a attributes, normalize bool) []float64 {
	tree, ok := a.object("tree_")
	if !ok {
		return nil
	}
	nodes, err := tree.Array("nodes")
	if err != nil {
		a.p.fail(err)
		return nil
	}
	var n int64
	if len(tree.Args) > 0 {
		n, _ = tree.Args[0].(int64)
	}
	column := func(name string) []float64 {
		field, err := nodes.Field(name)
		if err != nil {
			a.p.fail(err)
			return nil
		}
		values, err := field.Floats()
		a.p.fail(err)
		return values
	}
	left, right, feature := column("left_child"), column("right_child"), column("feature")
	impurity, weight := column("impurity"), column("weighted_n_node_samples")
	size := len(left)
	if size == 0 || len(right) != size || len(feature) != size || len(impurity) != size || len(weight) != size ||
		n < 1 || n > math.MaxInt32 {
		a.p.add("", "tree_ is damaged")
		return nil
	}
	out := make([]float64, n)
	inside := func(v float64, n int) bool { return v >= 0 && v < float64(n) }
	for i := range left {
		if left[i] == -1 {
			continue
		}
		if !inside(left[i], len(left)) || !inside(right[i], len(left)) || !inside(feature[i], int(n)) {
			a.p.add("", "tree_ is damaged")
			return nil
		}
		l, r := int(left[i]), int(right[i])
		out[int(feature[i])] += float64(weight[i]*impurity[i]) - float64(weight[l]*impurity[l]) -
			float64(weight[r]*impurity[r])
	}
	for i := range out {
		out[i] /= weight[0]
	}
	if normalize {
		normalizeSum(out)
	}
	return out
}

func normalizeSum(values []float64) {
	if sum := pairwiseSum(values); sum > 0 {
		for i := range values {
			values[i] /= sum
		}
	}
}

// meanImportances returns the mean of the importances of the trees. Unless all is set, trees without a split do not
// count.
func meanImportances(a attributes, trees []*pickle.Object, normalizeEach, all bool) []float64 {
	var sum []float64
	n := 0
	for _, tree := range trees {
		values := treeImportances(attributes{tree, a.p}, normalizeEach)
		if values == nil || sum != nil && len(values) != len(sum) {
			a.p.add("", "its trees do not fit together")
			return nil
		}
		if inner, err := tree.Object("tree_"); err == nil && !all {
			if nodes, err := inner.Array("nodes"); err == nil && nodes.Len() <= 1 {
				if sum == nil {
					sum = make([]float64, len(values))
				}
				continue
			}
		}
		n++
		if sum == nil {
			sum = values
			continue
		}
		for i, v := range values {
			sum[i] += v
		}
	}
	if n == 0 {
		return sum
	}
	for i := range sum {
		sum[i] /= float64(n)
	}
	return sum
}

func forestImportances(a attributes) []float64 {
	r, ok := releaseOf(a.Object)
	old := ok && r.before(0, 22)
	out := meanImportances(a, a.objects("estimators_"), true, old)
	if !old {
		normalizeSum(out)
	}
	return out
}

func boostingImportances(a attributes) []float64 {
	if r, ok := releaseOf(a.Object); !ok || r.before(0, 22) {
		a.p.add("use a newer release", "SelectFromModel of %s before 0.22 is not supported", a.Class)
		return nil
	}
	out := meanImportances(a, a.objects("estimators_"), false, false)
	normalizeSum(out)
	return out
}

// thresholdsOf returns the importance that a feature must reach. For float32 there are two values, because releases of
// NumPy differ in how they multiply a float32 by a number.
func thresholdsOf(a, inner attributes, values []float64, single bool) []float64 {
	value, _ := a.Attr("threshold")
	if value == nil {
		value = "mean"
		if isL1(inner) {
			value = 1e-5
		}
	}
	text, ok := value.(string)
	if !ok {
		threshold, ok := pickle.Number(value)
		if !ok {
			a.p.add("", "threshold=%s", pickle.Describe(value))
			return nil
		}
		if single {
			threshold = float64(float32(threshold))
		}
		return []float64{threshold}
	}
	scale, reference := 1.0, text
	if before, after, found := strings.Cut(text, "*"); found {
		f, err := strconv.ParseFloat(strings.TrimSpace(before), 64)
		if err != nil {
			a.p.add("", "threshold=%q", text)
			return nil
		}
		scale, reference = f, strings.TrimSpace(after)
	}
	average := mean[float64]
	averageSingle := mean[float32]
	switch reference {
	case "mean":
	case "median":
		average, averageSingle = median[float64], median[float32]
	default:
		a.p.add("", "threshold=%q", text)
		return nil
	}
	if single {
		v := averageSingle(toFloat32(values))
		return []float64{float64(float32(scale) * v), float64(float32(scale * float64(v)))}
	}
	threshold := scale * average(values)
	checkClose(a, inner, values, threshold)
	return []float64{threshold}
}

// checkClose reports a threshold so close to an importance of trees that the last rounding decides. The rounding may
// differ from scikit-learn's.
func checkClose(a, inner attributes, values []float64, threshold float64) {
	if inner.Has("coef_") {
		return
	}
	for i, v := range values {
		if v != threshold && math.Abs(v-threshold) <= 1e-12*math.Abs(threshold) {
			a.p.add("use a number as threshold", "the importance of feature %d is the threshold but for a rounding", i)
			return
		}
	}
}

// isL1 reports whether SelectFromModel uses the threshold 1e-5 because the estimator has an L1 penalty.
func isL1(a attributes) bool {
	if penalty, _ := a.Attr("penalty"); penalty == "l1" || strings.Contains(a.Class, "Lasso") {
		return true
	}
	r, ok := releaseOf(a.Object)
	ones := func(name string) bool {
		v, _ := a.Attr(name)
		items, isList := pickle.Values(v)
		if !isList {
			items = []any{v}
		}
		for _, item := range items {
			if f, ok := pickle.Number(item); !ok || math.Abs(f-1) > 1e-8+1e-5 {
				return false
			}
		}
		return true
	}
	switch a.Class {
	case "ElasticNet":
		return (!ok || !r.before(1, 0)) && ones("l1_ratio")
	case "ElasticNetCV":
		return (!ok || !r.before(1, 0)) && ones("l1_ratio_")
	case "LogisticRegression":
		return (!ok || !r.before(1, 8)) && ones("l1_ratio")
	case "LogisticRegressionCV":
		return (!ok || !r.before(1, 8)) && ones("l1_ratio_")
	}
	return false
}
