package sklearn

import (
	"fmt"
	"strings"

	"reddit-classifier/model/pickle"
)

// defaults has scikit-learn's defaults of the options that a [Step] lists if they differ. Other options do not affect
// what a fitted estimator does.
var defaults = map[string]map[string]any{
	"CountVectorizer": textDefaults, "TfidfVectorizer": textDefaults, "HashingVectorizer": textDefaults,
	"TfidfTransformer":        {"norm": "l2", "use_idf": true, "sublinear_tf": false},
	"SelectKBest":             {"k": int64(10)},
	"SelectPercentile":        {"percentile": int64(10)},
	"SelectFpr":               {"alpha": 0.05},
	"SelectFdr":               {"alpha": 0.05},
	"SelectFwe":               {"alpha": 0.05},
	"GenericUnivariateSelect": {"mode": "percentile", "param": 1e-5},
	"SelectFromModel":         {"threshold": nil, "max_features": nil},
	"VarianceThreshold":       {"threshold": 0.0},
	"StandardScaler":          {"with_mean": true},
	"Normalizer":              {"norm": "l2"},
	"Binarizer":               {"threshold": 0.0},
	"TruncatedSVD":            {"n_components": int64(2)},
}

var textDefaults = map[string]any{
	"analyzer": "word", "ngram_range": "(1, 1)", "lowercase": true, "strip_accents": nil, "stop_words": nil,
	"token_pattern": defaultPattern, "tokenizer": nil, "preprocessor": nil, "binary": false, "norm": "l2", "use_idf": true,
	"sublinear_tf": false, "alternate_sign": true, "n_features": int64(1 << 20), "dtype": "float64",
}

// classifierOptions are the options that a [Step] lists for a classifier, with any value.
var classifierOptions = []string{"loss", "penalty", "C", "alpha", "kernel", "gamma", "multi_class", "solver", "norm",
	"method", "ensemble", "voting", "weights", "n_estimators", "max_depth", "strategy"}

// optionsOf returns the options of an estimator for a [Step], in Python's syntax.
func optionsOf(o *pickle.Object) (out []string) {
	known, ok := defaults[className(o)]
	if !ok {
		for _, name := range classifierOptions {
			if v, ok := o.Attr(name); ok && v != nil && v != "deprecated" && v != "warn" && v != "auto" {
				out = append(out, name+"="+repr(v))
			}
		}
		return out
	}
	for _, name := range o.Attributes() {
		usual, ok := known[name]
		v, _ := o.Attr(name)
		if !ok || v == usual || repr(v) == usual || isOption(name, v) {
			continue
		}
		out = append(out, name+"="+repr(v))
	}
	return out
}

// isOption reports whether the value is a default that has several forms.
func isOption(name string, v any) bool {
	if name == "dtype" {
		d, ok := pickle.AsDType(v)
		return ok && (d.String() == "float64" || d.Kind == 'i')
	}
	return false
}

// repr returns a value as Python's repr does, but abbreviated.
func repr(v any) string {
	switch v := v.(type) {
	case float64:
		return pythonFloat(v)
	case string:
		return "'" + v + "'"
	case pickle.Tuple:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = pickle.Describe(item)
		}
		return "(" + strings.Join(items, ", ") + ")"
	case *pickle.List:
		return fmt.Sprintf("a list of %d", len(v.Items))
	case *pickle.Set:
		return fmt.Sprintf("a set of %d", len(v.Items))
	}
	return pickle.Describe(v)
}
