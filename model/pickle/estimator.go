package pickle

import (
	"fmt"
	"math"
	"strings"
)

// maxWeight bounds what a fitted weight or idf can be, far above any real one; sums of products of such numbers stay finite.
const maxWeight = 1e100

// parts are the estimators found in a pickle.
type parts struct{ vectorizer, classifier *Object }

// estimators takes a bare estimator, or a Pipeline apart.
func estimators(root any) (parts, error) {
	var p parts
	o, ok := root.(*Object)
	if !ok {
		if name, ok := root.(*Global); ok {
			return p, refuse(name)
		}
		return p, nil
	}
	switch o.Class {
	case "TfidfVectorizer":
		p.vectorizer = o
	case "LogisticRegression":
		p.classifier = o
	case "Pipeline":
		return pipeline(o)
	}
	return p, nil
}

func pipeline(o *Object) (p parts, err error) {
	value, _ := o.attributes.Get("steps")
	steps, ok := value.(*List)
	if !ok {
		return p, formatErrorf("a Pipeline whose steps are %s", Describe(value))
	}
	for _, item := range steps.Items {
		step, ok := item.(Tuple)
		if !ok || len(step) != 2 {
			return p, formatErrorf("a Pipeline with a step that is %s", Describe(item))
		}
		estimator, isObject := step[1].(*Object)
		switch {
		case step[1] == nil || step[1] == "passthrough":
		case isObject && estimator.Class == "TfidfVectorizer" && p.vectorizer == nil && p.classifier == nil:
			p.vectorizer = estimator
		case isObject && estimator.Class == "LogisticRegression" && p.classifier == nil:
			p.classifier = estimator
		default:
			return p, unsupportedErrorf("a Pipeline with the step %s, %s, cannot be imported: it has to be of a TfidfVectorizer and a LogisticRegression",
				Describe(step[0]), Describe(step[1]))
		}
	}
	return p, nil
}

// attributes reads an object's attributes and remembers the first error.
type attributes struct {
	of  *Object
	err error
}

func (a *attributes) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *attributes) wrong(name string, v any) {
	a.fail(formatErrorf("%s's %s is %s", a.of.Class, name, Describe(v)))
}

// bool returns an attribute, or otherwise when there is none.
func (a *attributes) bool(name string, otherwise bool) bool {
	v, ok := a.of.attributes.Get(name)
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
	v, _ := a.of.attributes.Get(name)
	if v == nil {
		return 0
	}
	f, ok := Number(v)
	if !ok {
		a.wrong(name, v)
	}
	return f
}

// text returns a text attribute, "" for None and absent.
func (a *attributes) text(name string) string {
	v, _ := a.of.attributes.Get(name)
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
	v, _ := a.of.attributes.Get(name)
	array, ok := v.(*Array)
	if !ok {
		a.wrong(name, v)
		return nil, nil
	}
	values, err := array.Floats()
	if err != nil {
		a.fail(fmt.Errorf("%s's %s: %w", a.of.Class, name, err))
	}
	return values, array.Shape
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
	value, _ := a.of.attributes.Get("ngram_range")
	items, ok := value.(Tuple)
	if l, isList := value.(*List); isList {
		items, ok = l.Items, true
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
	if analyzer, _ := a.of.attributes.Get("analyzer"); analyzer != "word" {
		switch analyzer {
		case "char", "char_wb":
			a.fail(unsupportedErrorf("character n-grams (analyzer=%s) cannot be imported", Describe(analyzer)))
		default:
			a.fail(unsupportedErrorf("a custom analyzer (%s) cannot be imported", Describe(analyzer)))
		}
	}
	if words, _ := a.of.attributes.Get("stop_words"); words != nil {
		a.fail(unsupportedErrorf("stop_words (%s) cannot be imported", Describe(words)))
	}
	if input, ok := a.of.attributes.Get("input"); ok && input != "content" {
		a.fail(unsupportedErrorf("input=%s: only 'content' can be imported", Describe(input)))
	}
	if t, ok := a.of.attributes.Get("dtype"); ok && !isFloat64(t) {
		a.fail(unsupportedErrorf("dtype=%s: only numpy.float64 can be imported", Describe(t)))
	}
	tokenizer, _ := a.of.attributes.Get("tokenizer")
	if tokenizer == nil {
		a.fail(unsupportedErrorf("tokenizer=None (the vectorizer splits text by token_pattern itself) cannot be imported: " +
			"tokens come from the language pack, so the tokenizer has to be the identity, lambda x: x"))
		return
	}
	v.checkIdentity(a, "tokenizer", tokenizer, identity)
	preprocessor, _ := a.of.attributes.Get("preprocessor")
	if preprocessor != nil {
		v.checkIdentity(a, "preprocessor", preprocessor, identity)
		return
	}
	if a.bool("lowercase", true) {
		a.fail(unsupportedErrorf("lowercase=True without a preprocessor cannot be imported: it would fail on a list of tokens"))
	}
	if accents, _ := a.of.attributes.Get("strip_accents"); accents != nil {
		a.fail(unsupportedErrorf("strip_accents=%s without a preprocessor cannot be imported", Describe(accents)))
	}
}

func isFloat64(v any) bool {
	switch v := v.(type) {
	case *Global:
		return v.String() == "numpy.float64" || v.String() == "builtins.float" || v.String() == "__builtin__.float"
	case *DType:
		return v.Kind == 'f' && v.Width == 8
	case string:
		return v == "float64" || v == "f8" || v == "d" || v == "float"
	}
	return false
}

func (v *Vectorizer) checkIdentity(a *attributes, role string, f any, identity Identity) {
	switch f := f.(type) {
	case *Function:
		if !f.IsIdentity() {
			a.fail(unsupportedErrorf("a custom %s cannot be imported: its code is not that of lambda x: x", role))
		}
	case *Global:
		if !identity(f.String()) {
			a.fail(unsupportedErrorf("a custom %s, %s, cannot be imported: the pickle holds only its name, so it cannot be seen to be the identity (--identity says that it is)", role, f))
			return
		}
		v.Assumed = append(v.Assumed, f.String())
	default:
		a.fail(unsupportedErrorf("a custom %s, %s, cannot be imported", role, Describe(f)))
	}
}

// readVocabulary inverts vocabulary_, which must number its n-grams 0, 1, 2… without a gap.
func (v *Vectorizer) readVocabulary(a *attributes) error {
	value, ok := a.of.attributes.Get("vocabulary_")
	if !ok {
		return formatErrorf("the TfidfVectorizer is not fitted: it has no vocabulary_")
	}
	d, ok := value.(*Dict)
	if !ok || len(d.Keys) == 0 {
		return formatErrorf("vocabulary_ is %s where a dict of n-grams is expected", Describe(value))
	}
	index := make(map[string]int64, len(d.Keys))
	for i, key := range d.Keys {
		word, ok1 := key.(string)
		n, ok2 := d.Values[i].(int64)
		if !ok1 || !ok2 {
			return formatErrorf("vocabulary_ maps %s to %s", Describe(key), Describe(d.Values[i]))
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
	value, ok := outer.of.attributes.Get("_tfidf")
	o, isObject := value.(*Object)
	if !ok || !isObject || o.Class != "TfidfTransformer" {
		return formatErrorf("the TfidfVectorizer's _tfidf is %s", Describe(value))
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
		if _, ok := a.of.attributes.Get(name); ok {
			v.IDF, _ = a.floats(name)
			return a.err
		}
	}
	value, ok := a.of.attributes.Get("_idf_diag")
	if !ok {
		return formatErrorf("the TfidfVectorizer is not fitted: it has no idf")
	}
	v.Diagonal = true
	matrix, ok := value.(*Object)
	if !ok {
		return formatErrorf("_idf_diag is %s", Describe(value))
	}
	var err error
	v.IDF, err = matrix.Diagonal()
	return err
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

func readClassifier(o *Object) (*Classifier, error) {
	a := &attributes{of: o}
	c := &Classifier{Version: a.text("_sklearn_version"), Softmax: a.text("multi_class") == "multinomial"}
	if _, ok := o.attributes.Get("coef_"); !ok {
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
	value, _ := a.of.attributes.Get("classes_")
	array, ok := value.(*Array)
	if !ok {
		return formatErrorf("the LogisticRegression's classes_ is %s", Describe(value))
	}
	classes := array.Values()
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
			c.Classes[i] = strings.Clone(Describe(class))
		}
	}
	return nil
}

// readCoef reads coef_, dense of shape (1, n), or sparse after LogisticRegression.sparsify.
func (c *Classifier) readCoef(a *attributes) error {
	value, _ := a.of.attributes.Get("coef_")
	var shape []int
	if o, ok := value.(*Object); ok && o.Class == "csr_matrix" {
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

func (c *Classifier) readSparseCoef(o *Object) error {
	a := &attributes{of: o}
	value, _ := o.attributes.Get("_shape")
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
func interceptOf(o *Object) (float64, error) {
	value, _ := o.attributes.Get("intercept_")
	if array, ok := value.(*Array); ok {
		if values := array.Values(); len(values) == 1 {
			value = values[0]
		}
	}
	f, ok := Number(value)
	if !ok || math.IsNaN(f) || math.Abs(f) > maxWeight {
		return 0, formatErrorf("the LogisticRegression's intercept_ is %s", Describe(value))
	}
	return f, nil
}
