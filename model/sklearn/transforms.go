package sklearn

import "reddit-classifier/model/features"

// transformReader reads a step between vectorizer and classifier. in is its input, with n -1 if that is unknown. It
// reports obstacles to a.p; its result is valid only if there are none.
type transformReader func(a attributes, in columns) columns

// transformReaders maps classes to their readers. init fills it because the reader of SelectFromModel uses it too.
var transformReaders map[string]transformReader

func init() {
	transformReaders = map[string]transformReader{
		"TfidfTransformer":          readTfidfTransformer,
		"SelectKBest":               selection(kBest),
		"SelectPercentile":          selection(percentile),
		"SelectFpr":                 selection(fpr),
		"SelectFdr":                 selection(fdr),
		"SelectFwe":                 selection(fwe),
		"GenericUnivariateSelect":   selection(univariate),
		"SelectFromModel":           selection(fromModel),
		"VarianceThreshold":         selection(variance),
		"RFE":                       selection(selectSupport),
		"RFECV":                     selection(selectSupport),
		"SequentialFeatureSelector": selection(selectSupport),
		"MaxAbsScaler":              readScaler,
		"StandardScaler":            readScaler,
		"Normalizer":                readNormalizer,
		"Binarizer":                 readBinarizer,
		"TruncatedSVD":              readSVD,
		"FunctionTransformer":       readFunction,
	}
}

// checkColumns reports an obstacle if a step was fitted on another number of features than it gets.
func checkColumns(a attributes, in columns, n int) {
	if in.n >= 0 && n != in.n {
		a.p.add("give the files of one training", "it was fitted on %d features and gets %d", n, in.n)
	}
}

func readTfidfTransformer(a attributes, in columns) columns {
	t := readTfidf(a)
	checkLogarithm(a, t, in.single)
	if t.IDF != nil {
		checkColumns(a, in, len(t.IDF))
	}
	if in.dense {
		a.p.add("put the TfidfTransformer before it", "a TfidfTransformer after a step with dense output is not supported")
	}
	if len(in.vectorizers) == 1 && len(in.transforms) == 0 {
		// A CountVectorizer and a TfidfTransformer are a TfidfVectorizer.
		if v := in.vectorizers[0]; v.Hashing == nil && v.Tfidf == nil && v.Weight == 1 {
			v.Tfidf = t
			in.vectorizers = []features.Vectorizer{v}
			return in
		}
	}
	if r, ok := releaseOf(a.Object); in.single && t.SublinearTF && ok && r.before(0, 22) {
		// Since NumPy 1.17 the logarithm of a float32 is a different one. For counts the results are mostly equal.
		a.p.add("fit the vectorizer with dtype=numpy.float64",
			"sublinear_tf of float32 before scikit-learn 0.22 depends on the release of NumPy")
	}
	if in.negative && t.SublinearTF {
		a.p.add("use alternate_sign=False", "sublinear_tf takes the logarithm of values that can be negative")
	}
	return in.with(t, in.n)
}

// with returns the columns after one more transform.
func (c columns) with(t features.Transform, n int) columns {
	c.transforms = append(c.transforms[:len(c.transforms):len(c.transforms)], t)
	c.n = n
	return c
}

// readScaler reads a MaxAbsScaler or a StandardScaler, which divide each column by its scale_.
func readScaler(a attributes, in columns) columns {
	if a.bool("clip", false) {
		a.p.add("use clip=False", "clip=True is not supported")
	}
	if a.Class == "StandardScaler" && a.bool("with_mean", true) {
		a.p.add("use with_mean=False", "with_mean=True is not supported: it makes every vector dense")
	}
	if v, ok := a.Attr("scale_"); ok && v == nil { // with_std=False
		return in
	}
	if in.single && in.dense && a.isSingle("scale_") {
		// Sparse vectors are multiplied by 1/scale_, dense ones divided by scale_.
		a.p.add(doubleAdvice, "scaling dense vectors in single precision is not supported")
	}
	scale, _ := a.floats("scale_")
	checkColumns(a, in, len(scale))
	for i, v := range scale {
		if !finite(v) || v == 0 {
			a.p.add("", "number %d of scale_ is %v", i, v)
			break
		}
		if v < 0 {
			in.negative = true
		}
	}
	return in.with(&features.Scale{Divisor: scale}, len(scale))
}

func readNormalizer(a attributes, in columns) columns {
	t := &features.Normalize{}
	switch norm := a.text("norm", "l2"); norm {
	case "l1":
		t.Norm = features.NormL1
	case "l2":
		t.Norm = features.NormL2
	case "max":
		t.Norm = features.NormMax
		switch r, ok := releaseOf(a.Object); {
		case !in.negative:
		case !ok:
			a.p.add("use l1 or l2", "norm='max' of values that can be negative depends on the release of scikit-learn, "+
				"and the file does not say which one it is from")
		case r.before(0, 24):
			t.Norm = features.NormGreatest
		}
	default:
		a.p.add("", "norm=%q", norm)
	}
	if in.single && in.dense && t.Norm != features.NormMax && t.Norm != features.NormGreatest {
		a.p.add(doubleAdvice, "norms of dense vectors in single precision are not supported: NumPy's sums depend on the processor")
	}
	return in.with(t, in.n)
}

func readBinarizer(a attributes, in columns) columns {
	t := &features.Binarize{Threshold: a.number("threshold", 0)}
	if t.Threshold < 0 {
		a.p.add("", "threshold=%v: features that a text does not have would count as 1", t.Threshold)
	}
	in.negative = false
	return in.with(t, in.n)
}

func readSVD(a attributes, in columns) columns {
	components, rows, n := a.matrix("components_")
	checkColumns(a, in, n)
	checkFinite(a.p, "components_", components)
	if rows == 0 {
		a.p.add("", "components_ is empty")
	}
	in.negative, in.dense = true, true
	if array, err := a.Array("components_"); err == nil {
		in.single = in.single && array.DType.Width == 4
	}
	return in.with(&features.SVD{Features: n, Components: components}, rows)
}

// readFunction reads a FunctionTransformer, which does nothing if its function is None.
func readFunction(a attributes, in columns) columns {
	if f, _ := a.Attr("func"); f != nil {
		a.p.add(advice["FunctionTransformer"], "FunctionTransformer calls %s", callableName(f))
	}
	return in
}
