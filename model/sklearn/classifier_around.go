package sklearn

import (
	"slices"

	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// member converts a classifier within another one. It returns nil if it has reported an obstacle.
func (a attributes) member(o *pickle.Object, at position) (head.Classifier, []head.Class) {
	if a.p.members++; a.p.members > maxMembers {
		a.p.add("", "more than %d classifiers within others", maxMembers)
		return nil, nil
	}
	if at.depth >= maxNesting {
		a.p.add("", "more than %d classifiers within one another", maxNesting)
		return nil, nil
	}
	at.depth++
	return readClassifier(o, a.p.at(o.Class), at)
}

// readNested converts a Pipeline within another classifier: transforms followed by a classifier.
func readNested(a attributes, at position) (head.Classifier, []head.Class) {
	if b, ok := at.branches[a.Object]; ok {
		return readLifted(a, b, at)
	}
	steps := pipelineSteps(a.Object, a.p)
	if len(steps) == 0 {
		a.p.add("", "an empty Pipeline")
		return nil, nil
	}
	if len(steps) > 1 && beginsWithText(steps) { // the obstacles in its vectorizer were already reported
		return a.member(steps[len(steps)-1].estimator, position{in: columns{n: -1}, depth: at.depth})
	}
	in := columns{n: at.in.n, single: at.in.single, negative: at.in.negative, dense: at.in.dense}
	before := a.p.count()
	last := len(steps) - 1
	for _, s := range steps[:last] {
		read, ok := transformReaders[className(s.estimator)]
		if !ok {
			s.p.add(adviceFor(s.estimator), "the step of class %s is not supported within a classifier", s.estimator)
			continue
		}
		in = read(attributes{s.estimator, s.p}, in)
	}
	if in.single && len(in.transforms) > 0 {
		a.p.add("fit the vectorizer with dtype=numpy.float64",
			"transforms of float32 within a classifier are not supported")
	}
	c, classes := a.member(steps[last].estimator, position{in: in, depth: at.depth})
	if a.p.count() > before || at.in.n < 0 || len(in.transforms) == 0 {
		return c, classes
	}
	nested, err := head.NewPipeline(in.transforms, at.in.n, c)
	a.p.fail(err)
	return nested, classes
}

// readCalibrated converts a CalibratedClassifierCV.
func readCalibrated(a attributes, at position) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	c := &head.Calibrated{}
	for _, o := range a.objects("calibrated_classifiers_") {
		m := attributes{o, a.p}
		name, calibrators := "estimator", "calibrators"
		if !o.Has(name) {
			name = "base_estimator" // before scikit-learn 1.2
		}
		if !o.Has(calibrators) {
			calibrators = "calibrators_" // before 0.24
		}
		inner, err := o.Object(name)
		if err != nil {
			a.p.fail(err)
			return nil, nil
		}
		before := a.p.count()
		member, own := a.member(inner, at)
		var each []head.Calibrator
		for _, o := range m.objects(calibrators) {
			each = append(each, readCalibrator(attributes{o, a.p}))
		}
		if a.p.count() > before {
			return nil, nil
		}
		// With a temperature, the names of the classes are encoded as numbers before anything is fitted.
		encoded := a.text("method", "") == "temperature" && len(own) == len(classes) && areNumbers(own)
		if !slices.Equal(own, classes) && !encoded {
			a.p.add("calibrate with folds that have documents of every class", "a calibrated %s knows %d classes of %d",
				inner.Class, len(own), len(classes))
			return nil, nil
		}
		if usesSinglePrecision(member) {
			a.p.add(doubleAdvice,
				"calibration in single precision (coef_ is of float32) is not supported")
		}
		c.Members, c.Calibrators = append(c.Members, member), append(c.Calibrators, each)
	}
	if len(c.Members) == 0 {
		a.p.add("", "calibrated_classifiers_ is empty")
	}
	return c, classes
}

func readCalibrator(a attributes) head.Calibrator {
	switch a.Class {
	case "_SigmoidCalibration":
		return head.Calibrator{Method: head.Sigmoid, A: a.number("a_", 0), B: a.number("b_", 0)}
	case "_TemperatureScaling":
		return head.Calibrator{Method: head.Temperature, A: a.number("beta_", 0)}
	case "IsotonicRegression":
		return readIsotonic(a)
	}
	a.p.add("", "a calibrator of class %s is not supported", a.Class)
	return head.Calibrator{}
}

// readIsotonic converts an IsotonicRegression, which is a list of points with straight lines between them.
func readIsotonic(a attributes) head.Calibrator {
	names := [2]string{"X_thresholds_", "y_thresholds_"}
	if !a.Has(names[0]) {
		names = [2]string{"_necessary_X_", "_necessary_y_"} // before scikit-learn 0.24
	}
	c := head.Calibrator{Method: head.Isotonic}
	c.X, _ = a.floats(names[0])
	c.Y, _ = a.floats(names[1])
	if len(c.X) == 0 || len(c.X) != len(c.Y) || !slices.IsSorted(c.X) {
		a.p.add("", "%s and %s are no curve", names[0], names[1])
	}
	if a.isSingle(names[0]) {
		a.p.add("", "isotonic calibration in single precision is not supported")
	}
	if bounds := a.text("out_of_bounds", ""); bounds != "clip" {
		a.p.add("", "out_of_bounds=%q is not supported", bounds)
	}
	a.finite(names[0], c.X)
	a.finite(names[1], c.Y)
	return c
}

// usesSinglePrecision reports whether a classifier computes in single precision.
func usesSinglePrecision(c head.Classifier) bool {
	l, ok := c.(*head.Linear)
	return ok && l.Precision != head.Double
}

// readOneVsRest converts a OneVsRestClassifier.
func readOneVsRest(a attributes, at position) (head.Classifier, []head.Class) {
	binarizer, err := a.Object.Object("label_binarizer_")
	if err != nil {
		a.p.fail(err)
		return nil, nil
	}
	b := attributes{binarizer, a.p}
	classes := readClasses(b, "classes_")
	r, _ := releaseOf(a.Object)
	c := &head.OneVsRest{Multilabel: isMultilabel(b), LastTie: r.before(1, 8)}
	before := a.p.count()
	estimators := a.objects("estimators_")
	for _, o := range estimators {
		c.Members = append(c.Members, a.binary(o, at))
	}
	if a.p.count() > before {
		return nil, nil
	}
	if n := len(c.Members); n == 0 || n != len(classes) && (n != 1 || len(classes) != 2 || c.Multilabel) {
		a.p.add("", "%d estimators for %d classes", len(c.Members), len(classes))
		return nil, nil
	}
	c.Threshold = threshold(estimators[0], c.Members[0])
	joined := joinRest(c)
	if joined == head.Classifier(c) && slices.ContainsFunc(c.Members, usesSinglePrecision) {
		a.p.add(
			doubleAdvice,
			"a OneVsRestClassifier over such classifiers in single precision (coef_ is of float32) is not supported",
		)
	}
	return joined, classes
}

// threshold returns the value that a score must exceed for the second class.
func threshold(o *pickle.Object, c head.Classifier) float64 {
	if c.Shape().Decision == 0 || o.Class == "_ConstantPredictor" {
		return 0.5
	}
	return 0
}

// binary converts a classifier of the two classes 0 and 1.
func (a attributes) binary(o *pickle.Object, at position) head.Classifier {
	if o.Class == "_ConstantPredictor" {
		y, _ := attributes{o, a.p}.floats("y_")
		if len(y) != 1 || y[0] != 0 && y[0] != 1 {
			a.p.add("", "a _ConstantPredictor of %v", y)
			return nil
		}
		return &head.Constant{Proba: []float64{1 - y[0], y[0]}, Decision: y, Label: int(y[0])}
	}
	before := a.p.count()
	c, classes := a.member(o, at)
	if a.p.count() > before {
		return nil
	}
	if s := c.Shape(); len(classes) != 2 || s.Multilabel || !s.Proba && s.Decision == 0 {
		a.p.add("", "a %s of %d classes, where one of two with a score is expected", o.Class, len(classes))
		return nil
	}
	return c
}

// joinRest returns a single linear classifier for a OneVsRestClassifier of linear classifiers with the same link and
// precision. It returns r if they differ or are not linear.
func joinRest(r *head.OneVsRest) head.Classifier {
	first, ok := r.Members[0].(*head.Linear)
	if !ok {
		return r
	}
	n := len(r.Members)
	joined := &head.Linear{Coef: make([]float64, n*len(first.Coef)), Stride: n, Outputs: n,
		Intercept: make([]float64, n), Link: first.Link, Precision: first.Precision,
		Multilabel: r.Multilabel, Rest: true, LastTie: r.LastTie}
	for i, member := range r.Members {
		l, ok := member.(*head.Linear)
		if !ok || l.Outputs != 1 || l.Link != first.Link || l.Precision != first.Precision ||
			l.Link == head.LinkSoftmax || l.Link == head.LinkBayes || len(l.Coef) != len(first.Coef) {
			return r
		}
		joined.Intercept[i] = l.Intercept[0]
		for f, v := range l.Coef {
			joined.Coef[f*n+i] = v
		}
	}
	return joined
}

// readOneVsOne converts a OneVsOneClassifier.
func readOneVsOne(a attributes, at position) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	if v, _ := a.Attr("pairwise_indices_"); v != nil {
		a.p.add("", "a precomputed kernel is not supported")
	}
	before := a.p.count()
	estimators := a.objects("estimators_")
	c := &head.OneVsOne{Number: len(classes)}
	for _, o := range estimators {
		c.Members = append(c.Members, a.binary(o, at))
	}
	if a.p.count() > before {
		return nil, nil
	}
	if n := len(classes); n < 2 || len(c.Members) != n*(n-1)/2 {
		a.p.add("", "%d estimators for the pairs of %d classes", len(c.Members), len(classes))
		return nil, nil
	}
	r, known := releaseOf(a.Object)
	if !known || !r.before(1, 1) {
		c.Threshold = threshold(estimators[0], c.Members[0])
	}
	c.Scale = pairScale(a)
	return c, classes
}

// pairScale returns the scale of confidences in the release.
func pairScale(a attributes) head.PairScale {
	if r, known := releaseOf(a.Object); known && r.before(0, 21) {
		return head.ScaleLargest
	}
	return head.ScaleSmooth
}

// readVoting converts a VotingClassifier. The classes of its members are numbers.
func readVoting(a attributes, at position) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	c := &head.Voting{}
	switch voting := a.text("voting", "hard"); voting {
	case "soft":
		c.Soft = true
	case "hard":
	default:
		a.p.add("", "voting=%q is not supported", voting)
	}
	before := a.p.count()
	for _, o := range a.objects("estimators_") {
		member, own := a.member(o, at)
		if member == nil {
			continue
		}
		s := member.Shape()
		if len(own) != len(classes) || s.Multilabel || c.Soft && !s.Proba || !c.Soft && !areNumbers(own) {
			a.p.add("", "a %s of %d classes cannot vote on %d", o.Class, len(own), len(classes))
		}
		c.Members = append(c.Members, member)
	}
	if a.p.count() == before && len(c.Members) == 0 {
		a.p.add("", "estimators_ is empty")
	}
	double := func(m head.Classifier) bool { return !usesSinglePrecision(m) }
	if c.Soft && len(c.Members) > 0 && !slices.ContainsFunc(c.Members, double) {
		a.p.add(doubleAdvice, "voting in single precision alone (every coef_ is of float32) is not supported")
	}
	if v, _ := a.Attr("weights"); v != nil {
		c.Weights = a.weights()
		if a.p.count() == before && len(c.Weights) != len(c.Members) {
			a.p.add("", "%d weights for %d estimators", len(c.Weights), len(c.Members))
		}
	}
	return c, classes
}

// areNumbers reports whether the classes are 0, 1, 2 and so on.
func areNumbers(classes []head.Class) bool {
	for i, c := range classes {
		if want, _ := classOf(int64(i)); c != want {
			return false
		}
	}
	return true
}

// weights returns the weights of the estimators, without those of dropped ones.
func (a attributes) weights() []float64 {
	values, err := a.Values("weights")
	if err != nil {
		a.p.fail(err)
		return nil
	}
	estimators, err := a.Values("estimators")
	if err != nil {
		a.p.fail(err)
		return nil
	}
	var weights []float64
	for i, v := range values {
		w, ok := pickle.Number(v)
		if !ok {
			a.p.add("", "weights has %s where a number is expected", pickle.Describe(v))
		}
		if i < len(estimators) {
			if pair, _ := pickle.Values(estimators[i]); len(pair) == 2 && (pair[1] == nil || pair[1] == "drop") {
				continue
			}
		}
		weights = append(weights, w)
	}
	return weights
}

// readDummy converts a DummyClassifier. A strategy with random predictions is an obstacle.
func readDummy(a attributes) (head.Classifier, []head.Class) {
	before := a.p.count()
	if a.int("n_outputs_", 1) != 1 {
		a.p.add("", "a DummyClassifier of several outputs is not supported")
		return nil, nil
	}
	classes := readClasses(a, "classes_")
	prior, _ := a.floats("class_prior_")
	if a.p.count() > before || len(classes) == 0 || len(prior) != len(classes) {
		a.p.add("", "class_prior_ has %d numbers for %d classes", len(prior), len(classes))
		return nil, nil
	}
	c := &head.Constant{Proba: prior}
	for i, v := range prior {
		if v > prior[c.Label] {
			c.Label = i
		}
	}
	name := "_strategy"
	if !a.Has(name) {
		name = "strategy"
	}
	switch strategy := a.text(name, "prior"); strategy {
	case "prior":
		return c, classes
	case "most_frequent":
	case "constant":
		v, _ := a.Attr("constant")
		if items, ok := pickle.Values(v); ok && len(items) == 1 {
			v = items[0]
		}
		constant, _ := classOf(v)
		if c.Label = slices.Index(classes, constant); c.Label < 0 {
			a.p.add("", "the constant %s is none of the classes", pickle.Describe(v))
			return nil, nil
		}
	default:
		a.p.add("", "a DummyClassifier with strategy=%q predicts at random", strategy)
		return nil, nil
	}
	clear(c.Proba)
	c.Proba[c.Label] = 1
	return c, classes
}
