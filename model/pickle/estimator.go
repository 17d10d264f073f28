package pickle

import (
	"fmt"
	"math"
	"strings"
)

// maxWeight bounds what a fitted weight or idf can be, far above any real one; sums of products of such numbers stay finite.
const maxWeight = 1e100

// parts are the estimators found in a pickle.
type parts struct{ vectorizer, classifier *object }

// estimators takes a bare estimator, or a Pipeline apart.
func estimators(root any) (parts, error) {
	var p parts
	o, ok := root.(*object)
	if !ok {
		if name, ok := root.(*global); ok {
			return p, refuse(name)
		}
		return p, nil
	}
	switch o.class {
	case "TfidfVectorizer":
		p.vectorizer = o
	case "LogisticRegression":
		p.classifier = o
	case "Pipeline":
		return pipeline(o)
	}
	return p, nil
}

func pipeline(o *object) (p parts, err error) {
	value, _ := o.state.get("steps")
	steps, ok := value.(*list)
	if !ok {
		return p, formatErrorf("a Pipeline whose steps are %s", describe(value))
	}
	for _, item := range steps.items {
		step, ok := item.(tuple)
		if !ok || len(step) != 2 {
			return p, formatErrorf("a Pipeline with a step that is %s", describe(item))
		}
		estimator, isObject := step[1].(*object)
		switch {
		case step[1] == nil || step[1] == "passthrough":
		case isObject && estimator.class == "TfidfVectorizer" && p.vectorizer == nil && p.classifier == nil:
			p.vectorizer = estimator
		case isObject && estimator.class == "LogisticRegression" && p.classifier == nil:
			p.classifier = estimator
		default:
			return p, unsupportedErrorf("a Pipeline with the step %s, %s, cannot be imported: it has to be of a TfidfVectorizer and a LogisticRegression",
				describe(step[0]), describe(step[1]))
		}
	}
	return p, nil
}

// attributes reads an object's attributes and remembers the first error.
type attributes struct {
	of  *object
	err error
}

func (a *attributes) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *attributes) wrong(name string, v any) {
	a.fail(formatErrorf("%s's %s is %s", a.of.class, name, describe(v)))
}

// bool returns an attribute, or otherwise when there is none.
func (a *attributes) bool(name string, otherwise bool) bool {
	v, ok := a.of.state.get(name)
	if !ok {
		return otherwise
	}
	switch v := v.(type) {
	case bool:
		return v
	case int64: // sublinear_tf=1 is truth enough for scikit-learn
		return v != 0
	case nil:
		return false
	}
	a.wrong(name, v)
	return otherwise
}

func (a *attributes) number(name string) float64 {
	v, _ := a.of.state.get(name)
	if v == nil {
		return 0
	}
	f, ok := number(v)
	if !ok {
		a.wrong(name, v)
	}
	return f
}

// text returns a text attribute, "" for None and absent.
func (a *attributes) text(name string) string {
	v, _ := a.of.state.get(name)
	if v == nil {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		a.wrong(name, v)
	}
	return s
}

// floats returns an array attribute, with its shape.
func (a *attributes) floats(name string) ([]float64, []int) {
	v, _ := a.of.state.get(name)
	array, ok := v.(*ndarray)
	if !ok {
		a.wrong(name, v)
		return nil, nil
	}
	values, err := array.floats()
	if err != nil {
		a.fail(fmt.Errorf("%s's %s: %w", a.of.class, name, err))
	}
	return values, array.shape
}

func (p parts) readVectorizer(identity Identity) (*Vectorizer, error) {
	a := &attributes{of: p.vectorizer}
	v := &Vectorizer{
		Version:     a.text("_sklearn_version"),
		Binary:      a.bool("binary", false),
		MinDF:       a.number("min_df"),
		MaxDF:       a.number("max_df"),
		MaxFeatures: int(a.number("max_features")),
	}
	v.readNGramRange(a)
	v.checkPipeline(a, identity)
	if a.err != nil {
		return nil, a.err
	}
	if err := v.readVocabulary(a); err != nil {
		return nil, err
	}
	if err := v.readWeighting(a); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *Vectorizer) readNGramRange(a *attributes) {
	value, _ := a.of.state.get("ngram_range")
	items, ok := value.(tuple)
	if l, isList := value.(*list); isList {
		items, ok = l.items, true
	}
	if ok && len(items) == 2 {
		low, ok1 := items[0].(int64)
		high, ok2 := items[1].(int64)
		if ok1 && ok2 && 1 <= low && low <= high {
			if high > 255 {
				a.fail(unsupportedErrorf("n-grams of %d words", high))
			}
			v.NGramMin, v.NGramMax = int(low), int(high)
			return
		}
	}
	a.wrong("ngram_range", value)
}

// checkPipeline refuses a vectorizer that does something to the tokens which the artifact cannot do: tokens come from the
// language pack, so the vectorizer must take them as they are.
func (v *Vectorizer) checkPipeline(a *attributes, identity Identity) {
	if analyzer, _ := a.of.state.get("analyzer"); analyzer != "word" {
		switch analyzer {
		case "char", "char_wb":
			a.fail(unsupportedErrorf("character n-grams (analyzer=%s) cannot be imported", describe(analyzer)))
		default:
			a.fail(unsupportedErrorf("a custom analyzer (%s) cannot be imported", describe(analyzer)))
		}
	}
	if words, _ := a.of.state.get("stop_words"); words != nil {
		a.fail(unsupportedErrorf("stop_words (%s) cannot be imported", describe(words)))
	}
	if input, ok := a.of.state.get("input"); ok && input != "content" {
		a.fail(unsupportedErrorf("input=%s: only 'content' can be imported", describe(input)))
	}
	if t, ok := a.of.state.get("dtype"); ok && !isFloat64(t) {
		a.fail(unsupportedErrorf("dtype=%s: only numpy.float64 can be imported", describe(t)))
	}
	tokenizer, _ := a.of.state.get("tokenizer")
	if tokenizer == nil {
		a.fail(unsupportedErrorf("tokenizer=None (the vectorizer splits text by token_pattern itself) cannot be imported: " +
			"tokens come from the language pack, so the tokenizer has to be the identity, lambda x: x"))
		return
	}
	v.checkIdentity(a, "tokenizer", tokenizer, identity)
	preprocessor, _ := a.of.state.get("preprocessor")
	if preprocessor != nil {
		v.checkIdentity(a, "preprocessor", preprocessor, identity)
		return
	}
	if a.bool("lowercase", true) {
		a.fail(unsupportedErrorf("lowercase=True without a preprocessor cannot be imported: it would fail on a list of tokens"))
	}
	if accents, _ := a.of.state.get("strip_accents"); accents != nil {
		a.fail(unsupportedErrorf("strip_accents=%s without a preprocessor cannot be imported", describe(accents)))
	}
}

func isFloat64(v any) bool {
	switch v := v.(type) {
	case *global:
		return v.String() == "numpy.float64" || v.String() == "builtins.float" || v.String() == "__builtin__.float"
	case *dtype:
		return v.kind == 'f' && v.width == 8
	case string:
		return v == "float64" || v == "f8" || v == "d" || v == "float"
	}
	return false
}

func (v *Vectorizer) checkIdentity(a *attributes, role string, f any, identity Identity) {
	switch f := f.(type) {
	case *function:
		if !f.code.isIdentity() {
			a.fail(unsupportedErrorf("a custom %s cannot be imported: its code is not that of lambda x: x", role))
		}
	case *global:
		if !identity(f.String()) {
			a.fail(unsupportedErrorf("a custom %s, %s, cannot be imported: the pickle holds only its name, so it cannot be seen to be the identity (--identity says that it is)", role, f))
			return
		}
		v.Assumed = append(v.Assumed, f.String())
	default:
		a.wrong(role, f)
	}
}

// readVocabulary inverts vocabulary_, which must number its n-grams 0, 1, 2… without a gap.
func (v *Vectorizer) readVocabulary(a *attributes) error {
	value, ok := a.of.state.get("vocabulary_")
	if !ok {
		return formatErrorf("the TfidfVectorizer is not fitted: it has no vocabulary_")
	}
	d, ok := value.(*dict)
	if !ok || len(d.keys) == 0 {
		return formatErrorf("vocabulary_ is %s where a dict of n-grams is expected", describe(value))
	}
	index := make(map[string]int64, len(d.keys))
	for i, key := range d.keys {
		word, ok1 := key.(string)
		n, ok2 := d.values[i].(int64)
		if !ok1 || !ok2 {
			return formatErrorf("vocabulary_ maps %s to %s", describe(key), describe(d.values[i]))
		}
		index[word] = n
	}
	v.Features = make([]string, len(index))
	seen := make([]bool, len(index))
	for word, n := range index {
		if n < 0 || n >= int64(len(index)) {
			return formatErrorf("vocabulary_ numbers %.40q %d, of %d n-grams", word, n, len(index))
		}
		if seen[n] {
			return formatErrorf("vocabulary_ gives the number %d twice", n)
		}
		seen[n], v.Features[n] = true, word
	}
	return nil
}

// readWeighting reads the TfidfTransformer within the vectorizer.
func (v *Vectorizer) readWeighting(outer *attributes) error {
	value, ok := outer.of.state.get("_tfidf")
	o, isObject := value.(*object)
	if !ok || !isObject || o.class != "TfidfTransformer" {
		return formatErrorf("the TfidfVectorizer's _tfidf is %s", describe(value))
	}
	a := &attributes{of: o}
	v.UseIDF = a.bool("use_idf", true)
	v.SmoothIDF = a.bool("smooth_idf", true)
	v.SublinearTF = a.bool("sublinear_tf", false)
	v.Norm = a.text("norm")
	if v.Norm != "" && v.Norm != "l1" && v.Norm != "l2" {
		a.fail(unsupportedErrorf("norm=%q", v.Norm))
	}
	if a.err != nil || !v.UseIDF {
		return a.err
	}
	if err := v.readIDF(a); err != nil {
		return err
	}
	return checkNumbers("idf", v.IDF, len(v.Features))
}

// readIDF takes idf_ (an array, from 1.5), or the diagonal of _idf_diag.
func (v *Vectorizer) readIDF(a *attributes) error {
	for _, name := range []string{"idf_", "_idf"} {
		if _, ok := a.of.state.get(name); ok {
			v.IDF, _ = a.floats(name)
			return a.err
		}
	}
	value, ok := a.of.state.get("_idf_diag")
	if !ok {
		return formatErrorf("the TfidfVectorizer is not fitted: it has no idf")
	}
	v.Diagonal = true
	matrix, ok := value.(*object)
	if !ok {
		return formatErrorf("_idf_diag is %s", describe(value))
	}
	m := &attributes{of: matrix}
	data, _ := m.floats("data")
	v.IDF = data
	if matrix.class == "csr_matrix" { // a diagonal one: entry i in row i and column i
		indices, _ := m.floats("indices")
		indptr, _ := m.floats("indptr")
		if m.err == nil && (len(indices) != len(data) || len(indptr) != len(data)+1) {
			return formatErrorf("_idf_diag is not diagonal")
		}
		for i := range indices {
			if indices[i] != float64(i) || indptr[i] != float64(i) {
				return formatErrorf("_idf_diag is not diagonal")
			}
		}
	}
	return m.err
}

// checkNumbers makes sure that there is one finite number per n-gram.
func checkNumbers(what string, values []float64, n int) error {
	if len(values) != n {
		return formatErrorf("%d n-grams in vocabulary_ but %d values in %s", n, len(values), what)
	}
	for i, v := range values {
		if math.IsNaN(v) || math.Abs(v) > maxWeight {
			return formatErrorf("%s of n-gram %d is %v", what, i, v)
		}
	}
	return nil
}

func readClassifier(o *object) (*Classifier, error) {
	a := &attributes{of: o}
	c := &Classifier{Version: a.text("_sklearn_version"), Softmax: a.text("multi_class") == "multinomial"}
	if _, ok := o.state.get("coef_"); !ok {
		return nil, formatErrorf("the LogisticRegression is not fitted: it has no coef_")
	}
	if err := c.readClasses(a); err != nil {
		return nil, err
	}
	if err := c.readCoef(a); err != nil {
		return nil, err
	}
	var err error
	if c.Intercept, err = interceptOf(o); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Classifier) readClasses(a *attributes) error {
	value, _ := a.of.state.get("classes_")
	array, ok := value.(*ndarray)
	if !ok {
		return formatErrorf("the LogisticRegression's classes_ is %s", describe(value))
	}
	classes := array.values()
	if len(classes) > 2 {
		kind := "one-versus-rest"
		if c.Softmax || a.text("multi_class") == "auto" || a.text("multi_class") == "" {
			kind = "multinomial"
		}
		return unsupportedErrorf("%s regression with %d classes cannot be imported: only two classes can", kind, len(classes))
	}
	if len(classes) != 2 {
		return formatErrorf("the LogisticRegression has %d classes", len(classes))
	}
	for i, class := range classes {
		if s, ok := class.(string); ok {
			c.Classes[i] = s
		} else {
			c.Classes[i] = strings.Clone(describe(class))
		}
	}
	return nil
}

// readCoef reads coef_, dense of shape (1, n), or sparse after LogisticRegression.sparsify.
func (c *Classifier) readCoef(a *attributes) error {
	value, _ := a.of.state.get("coef_")
	var shape []int
	if o, ok := value.(*object); ok && o.class == "csr_matrix" {
		if err := c.readSparseCoef(o); err != nil {
			return err
		}
	} else {
		c.Coef, shape = a.floats("coef_")
		if a.err != nil {
			return a.err
		}
		if len(shape) != 2 || shape[0] != 1 {
			return unsupportedErrorf("coef_ of shape %v: only a binary LogisticRegression, of shape (1, n), can be imported", shape)
		}
	}
	return checkNumbers("coef_", c.Coef, len(c.Coef))
}

func (c *Classifier) readSparseCoef(o *object) error {
	a := &attributes{of: o}
	value, _ := o.state.get("_shape")
	shape, n, err := parseShape(value)
	if err != nil {
		return err
	}
	data, _ := a.floats("data")
	indices, _ := a.floats("indices")
	if a.err != nil {
		return a.err
	}
	if len(shape) != 2 || shape[0] != 1 || len(indices) != len(data) || n > maxMemo {
		return formatErrorf("a sparse coef_ of shape %v", shape)
	}
	c.Coef = make([]float64, n)
	for i, index := range indices {
		if !(index >= 0 && index < float64(n)) {
			return formatErrorf("a sparse coef_ with index %v of %d", index, n)
		}
		c.Coef[int(index)] += data[i]
	}
	return nil
}

// interceptOf reads intercept_: an array of one, or a plain number.
func interceptOf(o *object) (float64, error) {
	value, _ := o.state.get("intercept_")
	if array, ok := value.(*ndarray); ok {
		if values := array.values(); len(values) == 1 {
			value = values[0]
		}
	}
	f, ok := number(value)
	if !ok || math.IsNaN(f) || math.Abs(f) > maxWeight {
		return 0, formatErrorf("the LogisticRegression's intercept_ is %s", describe(value))
	}
	return f, nil
}
