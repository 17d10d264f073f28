package sklearn

import (
	"math"
	"slices"
	"strings"

	"reddit-classifier/model/features"
	"reddit-classifier/model/pickle"
	"reddit-classifier/model/text/pattern"
	"reddit-classifier/model/text/stopwords"
)

// vectorizer reads a CountVectorizer, TfidfVectorizer or HashingVectorizer.
func (r *reader) vectorizer(s step) *columns {
	o, p := s.estimator, s.p
	a := attributes{o, p}
	before := p.count()
	v := features.Vectorizer{
		NGramMin: 1, NGramMax: 1, Weight: 1,
		Binary:  a.bool("binary", false),
		Float32: isSingle(a),
	}
	r.readAnalyzer(a, &v)
	switch o.Class {
	case "HashingVectorizer":
		readHashing(a, &v)
	case "TfidfVectorizer":
		readVocabulary(a, &v)
		readInnerTfidf(a, &v)
	default:
		readVocabulary(a, &v)
	}
	if p.count() == before && v.Hashing == nil {
		r.checkVocabulary(a, &v)
	}
	if p.count() > before {
		return nil
	}
	r.steps = append(r.steps, Step{Name: s.name, Class: o.Class, Options: optionsOf(o), Columns: columnCount(&v)})
	return &columns{
		vectorizers: []features.Vectorizer{v}, n: columnCount(&v), single: v.Float32,
		negative: v.Hashing != nil && v.Hashing.AlternateSign && !v.Binary,
	}
}

// isSingle reads dtype: float64, float32, or an integer type of counts, which become float64 in computations. It
// reports whether it is float32.
func isSingle(a attributes) bool {
	v, ok := a.Attr("dtype")
	if !ok {
		return false
	}
	d, ok := pickle.AsDType(v)
	switch {
	case ok && d.Kind == 'f' && d.Width == 4:
		return true
	case ok && d.Kind == 'f' && d.Width == 8, ok && (d.Kind == 'i' || d.Kind == 'u') && d.Width >= 4:
		return false
	}
	a.p.add("use numpy.float64", "dtype=%s is not supported", pickle.Describe(v))
	return false
}

// maxNGram is the maximum number of words or characters in an n-gram.
const maxNGram = 32

func readNGramRange(a attributes, v *features.Vectorizer) {
	value, ok := a.Attr("ngram_range")
	if !ok {
		return
	}
	if items, ok := pickle.Values(value); ok && len(items) == 2 {
		low, ok1 := items[0].(int64)
		high, ok2 := items[1].(int64)
		if ok1 && ok2 && 1 <= low && low <= high && high <= maxNGram {
			v.NGramMin, v.NGramMax = int(low), int(high)
			return
		}
		a.p.add("", "ngram_range=(%s, %s) is not supported", pickle.Describe(items[0]), pickle.Describe(items[1]))
		return
	}
	a.p.add("", "ngram_range is %s", pickle.Describe(value))
}

// defaultPattern is scikit-learn's token_pattern.
const defaultPattern = `(?u)\b\w\w+\b`

// readAnalyzer reads how a text is split into tokens or characters.
func (r *reader) readAnalyzer(a attributes, v *features.Vectorizer) {
	if input := a.text("input", "content"); input != "content" {
		a.p.add("fit it on texts", "input=%q: it reads files itself", input)
	}
	readNGramRange(a, v)
	analyzer, ok := a.Attr("analyzer")
	if !ok {
		analyzer = "word"
	}
	switch analyzer {
	case "word":
		r.readWords(a, v)
	case "char", "char_wb":
		v.Analyzer.Kind = features.AnalyzerChar
		if analyzer == "char_wb" {
			v.Analyzer.Kind = features.AnalyzerCharWB
		}
		readPreprocessor(a, v, r.identity(a))
	default:
		if !r.isIdentity(a, analyzer) {
			a.p.add(userFunctionAdvice, "the analyzer is a function of its own, %s", callableName(analyzer))
			return
		}
		v.NGramMin, v.NGramMax = 1, 1 // an analyzer that is a function makes the n-grams itself
		r.tokens(a, v)
	}
}

// userFunctionAdvice is the advice for functions of the user.
const userFunctionAdvice = "nothing in a pickle is executed: fit it without, and prepare texts with --prepare FILE instead"

// readWords reads the analyzer word. Either the vectorizer splits texts, or its tokenizer is the identity and it gets
// tokens.
func (r *reader) readWords(a attributes, v *features.Vectorizer) {
	v.Analyzer.StopWords = readStopWords(a)
	tokenizer, _ := a.Attr("tokenizer")
	if tokenizer != nil && r.isIdentity(a, tokenizer) {
		r.checkTokens(a)
		r.tokens(a, v)
		return
	}
	readPreprocessor(a, v, r.identity(a))
	switch {
	case tokenizer == nil:
		value, ok := a.Attr("token_pattern")
		if text, isText := value.(string); isText {
			v.Analyzer.Pattern = text
		} else if ok {
			a.p.add("", "token_pattern is %s", pickle.Describe(value))
		}
		if v.Analyzer.Pattern == defaultPattern {
			v.Analyzer.Pattern = ""
		} else if p, err := pattern.Compile(v.Analyzer.Pattern); err != nil {
			a.p.add("write it without, or prepare texts with --prepare FILE", "token_pattern: %v", err)
		} else if p.Groups() > 1 {
			a.p.add("", "token_pattern has %d groups, which scikit-learn refuses as well", p.Groups())
		}
	case isMethod(tokenizer, "str.split"):
		v.Analyzer.Pattern = `\S+` // str.split splits at what \s matches
	default:
		a.p.add("fit it with token_pattern, which can say the same in many cases, or prepare texts with --prepare FILE",
			"the tokenizer is a function of its own, %s, and nothing in a pickle is executed", callableName(tokenizer))
	}
}

// readPreprocessor reads how a text is changed before it is split: lowercase and strip_accents, or the preprocessor.
func readPreprocessor(a attributes, v *features.Vectorizer, identity func(any) bool) {
	preprocessor, _ := a.Attr("preprocessor")
	switch {
	case preprocessor == nil:
		v.Analyzer.Lowercase = a.bool("lowercase", true)
		v.Analyzer.StripAccents = readAccents(a)
	case isMethod(preprocessor, "str.lower"):
		v.Analyzer.Lowercase = true
	case !identity(preprocessor):
		a.p.add(userFunctionAdvice, "the preprocessor is a function of its own, %s", callableName(preprocessor))
	}
}

func readAccents(a attributes) features.Accents {
	switch v, _ := a.Attr("strip_accents"); v {
	case nil:
		return features.AccentsKeep
	case "ascii":
		return features.AccentsASCII
	case "unicode":
		if r, ok := releaseOf(a.Object); ok && r.before(0, 21) {
			return features.AccentsUnlessDecomposed
		}
		return features.AccentsUnicode
	default:
		a.p.add(userFunctionAdvice, "strip_accents is a function of its own, %s", callableName(v))
	}
	return features.AccentsKeep
}

// readStopWords reads stop_words: a list of them, or 'english', a list that has been the same since scikit-learn 0.20.
func readStopWords(a attributes) []string {
	value, _ := a.Attr("stop_words")
	if value == nil {
		return nil
	}
	if value == "english" {
		return stopwords.English()
	}
	items, ok := pickle.Values(value)
	if d, isDict := value.(*pickle.Dict); isDict {
		items, ok = d.Keys, true
	}
	if !ok {
		a.p.add("", "stop_words is %s", pickle.Describe(value))
		return nil
	}
	if !a.p.reserveWords(len(items)) {
		return nil
	}
	words := make([]string, 0, len(items))
	for _, item := range items {
		word, ok := item.(string)
		if !ok {
			a.p.add("", "stop_words has %s", pickle.Describe(item))
			return nil
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// checkTokens reports options that a vectorizer of tokens must not have, because they would fail on a list.
func (r *reader) checkTokens(a attributes) {
	preprocessor, _ := a.Attr("preprocessor")
	switch {
	case preprocessor != nil && !r.isIdentity(a, preprocessor):
		a.p.add(userFunctionAdvice, "the preprocessor is a function of its own, %s", callableName(preprocessor))
	case preprocessor != nil:
	case a.bool("lowercase", true):
		a.p.add("", "lowercase=True without a preprocessor, which fails on a list of tokens")
	case readAccents(a) != features.AccentsKeep:
		a.p.add("", "strip_accents without a preprocessor, which fails on a list of tokens")
	}
}

// tokens sets the analyzer to the language that the user named.
func (r *reader) tokens(a attributes, v *features.Vectorizer) {
	r.english++
	if r.options.Language == nil {
		a.p.add("say with --language and --cleaner which made them, if they are spaCy's English tokens",
			"it takes tokens and not texts (its tokenizer is the identity), and the file does not say where tokens come from")
		return
	}
	if len(v.Analyzer.StopWords) > 0 {
		a.p.add("", "stop_words are not supported for tokens that a language makes")
	}
	v.Analyzer.Kind = features.AnalyzerEnglish
	v.Analyzer.Language, v.Analyzer.Cleaner = r.options.Language, r.options.Cleaner
}

func (r *reader) identity(a attributes) func(any) bool {
	return func(f any) bool { return r.isIdentity(a, f) }
}

// isIdentity reports whether a function returns its argument, by its code or, if the pickle has only its name, by name.
func (r *reader) isIdentity(a attributes, f any) bool {
	switch f := f.(type) {
	case *pickle.Function:
		return f.IsIdentity()
	case *pickle.Global:
		known := r.options.Identity
		if known == nil {
			known = NamedIdentity
		}
		if !known(f.String()) {
			return false
		}
		note := f.String() + " is held by its name only and taken to be the identity"
		if !slices.Contains(r.notes, note) {
			r.notes = append(r.notes, note)
		}
		return true
	}
	return false
}

// NamedIdentity reports whether a function, in any module, has a common name of the identity function.
func NamedIdentity(name string) bool {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "identity", "identity_tokenizer", "identity_preprocessor", "identity_fun", "identity_func",
		"dummy", "dummy_fun", "dummy_func", "do_nothing", "passthrough", "pass_through", "noop", "no_op":
		return true
	}
	return false
}

// isMethod reports whether a function is one of Python's own: str.split.
func isMethod(f any, name string) bool {
	g, ok := f.(*pickle.Global)
	return ok && g.Name == name && (g.Module == "builtins" || g.Module == "__builtin__")
}

func callableName(v any) string {
	switch v := v.(type) {
	case *pickle.Object:
		return v.String()
	case *pickle.Function:
		return v.Name
	}
	return pickle.Describe(v)
}

// maxHashed is the maximum number of features of a HashingVectorizer.
const maxHashed = 1 << 26

// readHashing reads the options that a HashingVectorizer has instead of a vocabulary.
func readHashing(a attributes, v *features.Vectorizer) {
	h := &features.Hashing{
		Features:      a.int("n_features", 1<<20),
		AlternateSign: a.bool("alternate_sign", true),
		Norm:          readNorm(a, "l2"),
	}
	if h.Features < 1 || h.Features > maxHashed {
		a.p.add("", "n_features=%d: 1 to %d are supported", h.Features, maxHashed)
	}
	if a.bool("non_negative", false) {
		a.p.add("use alternate_sign=False", "non_negative=True, which scikit-learn has dropped")
	}
	v.Hashing = h
}

// readNorm reads norm. otherwise is its default.
func readNorm(a attributes, fallback string) features.Norm {
	v, ok := a.Attr("norm")
	if !ok {
		v = fallback
	}
	switch v {
	case nil, false: // releases before 1.2 only test whether there is a norm
		return features.NormNone
	case "l1":
		return features.NormL1
	case "l2":
		return features.NormL2
	}
	a.p.add("", "norm=%s", pickle.Describe(v))
	return features.NormNone
}

// readInnerTfidf reads the TfidfTransformer within a TfidfVectorizer.
func readInnerTfidf(a attributes, v *features.Vectorizer) {
	inner, ok := a.object("_tfidf")
	if !ok {
		return
	}
	v.Tfidf = readTfidf(attributes{inner, a.p})
	checkLogarithm(attributes{inner, a.p}, v.Tfidf, v.Float32)
	if v.Tfidf.IDF != nil && len(v.Vocabulary) > 0 && len(v.Tfidf.IDF) != len(v.Vocabulary) {
		a.p.add("", "there are %d n-grams in vocabulary_ but %d values in idf_", len(v.Vocabulary), len(v.Tfidf.IDF))
	}
}

// readTfidf reads a TfidfTransformer.
func readTfidf(a attributes) *features.Tfidf {
	t := &features.Tfidf{SublinearTF: a.bool("sublinear_tf", false), Norm: readNorm(a, "l2")}
	if !a.bool("use_idf", true) {
		return t
	}
	switch {
	case a.Has("idf_"), a.Has("_idf"):
		name := "idf_" // from 1.5
		if !a.Has(name) {
			name = "_idf"
		}
		t.IDF, _ = a.floats(name)
	case a.Has("_idf_diag"):
		t.Diagonal = true
		if matrix, ok := a.object("_idf_diag"); ok {
			var err error
			t.IDF, err = matrix.Diagonal()
			a.p.fail(err)
		}
	default:
		a.p.add("pickle it after fit", "it is not fitted: it has no idf_")
	}
	checkFinite(a.p, "idf_", t.IDF)
	return t
}

// checkLogarithm refuses a logarithm in single precision that the file does not determine.
func checkLogarithm(a attributes, t *features.Tfidf, single bool) {
	if r, known := releaseOf(a.Object); known && r.before(0, 22) && single && t.SublinearTF {
		a.p.add("fit the vectorizer with dtype=numpy.float64",
			"sublinear_tf in single precision depends on the release of NumPy, whose logarithm is another before 1.17")
	}
}

// maxWeight is the maximum absolute value of a fitted number. It is far above any real one, and keeps sums of products
// finite.
const maxWeight = 1e100

func finite(v float64) bool { return math.Abs(v) <= maxWeight }

// checkFinite reports the first number that is NaN or too large.
func checkFinite(p *problems, what string, values []float64) {
	for i, v := range values {
		if !finite(v) {
			p.add("", "number %d of %s is %v", i, what, v)
			return
		}
	}
}
