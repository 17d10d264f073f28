package sklearn

import (
	"fmt"
	"strings"

	"reddit-classifier/model/pickle"
)

// step is an estimator at its place in a pipeline.
type step struct {
	name      string
	estimator *pickle.Object
	p         *problems
	next      *pickle.Object // the next estimator; nil if there is none or it is not known
}

// linkSteps sets the next estimator of each step.
func linkSteps(steps []step) []step {
	for i := 1; i < len(steps); i++ {
		steps[i-1].next = steps[i].estimator
	}
	return steps
}

// part is a part of a model that a file has: the steps of a pipeline, a single estimator, or the names of classes.
type part struct {
	steps []step
	// encoder is a LabelEncoder or MultiLabelBinarizer in addition to the model.
	encoder *pickle.Object
	p       *problems
}

// partsOf returns the parts in the content of a file.
func partsOf(v any, p *problems) []part {
	if !p.enter() {
		return nil
	}
	switch v := v.(type) {
	case *pickle.Object:
		return partsOfObject(v, p)
	case pickle.Tuple, *pickle.List:
		items, _ := pickle.Values(v)
		return partsOfItems(items, p)
	case *pickle.Dict:
		return partsOfItems(v.Values, p)
	case *pickle.Array:
		if v.DType.Kind == 'O' && v.Len() <= maxItems {
			return partsOfItems(v.Values(), p)
		}
	}
	return nil
}

// maxItems is the maximum size of a tuple, list or dict that is searched for estimators. Anything larger is data.
const maxItems = 100

func partsOfItems(items []any, p *problems) (parts []part) {
	if len(items) > maxItems {
		return nil
	}
	for _, item := range items {
		parts = append(parts, partsOf(item, p)...)
	}
	return parts
}

func partsOfObject(o *pickle.Object, p *problems) []part {
	switch kindOf(o) {
	case kindPipeline:
		return []part{{steps: pipelineSteps(o, p), p: p}}
	case kindSearch:
		best, ok := bestEstimator(o, p)
		if !ok {
			return nil
		}
		return partsOf(best, p.at(o.Class))
	case kindEncoder:
		return []part{{encoder: o, p: p}}
	}
	if o.IsSparse() || isData(o) {
		return nil
	}
	return []part{{steps: []step{{estimator: o, p: p.at(o.Class)}}, p: p}}
}

// isData reports whether an object next to a model is only data: dates, paths, data frames, ranges, random states.
func isData(o *pickle.Object) bool {
	switch root, _, _ := strings.Cut(o.Module, "."); root {
	case "builtins", "__builtin__", "datetime", "pathlib", "pandas", "uuid", "collections", "decimal", "numpy", "argparse",
		"types":
		return true
	}
	return strings.HasPrefix(o.Module, "sklearn.utils.deprecation") // the cv_results_ of a search, until 0.20
}

func bestEstimator(o *pickle.Object, p *problems) (*pickle.Object, bool) {
	if !o.Has("best_estimator_") {
		p.add("fit it with refit=True, or pickle the model itself", "%s has no best_estimator_", o.Class)
		return nil, false
	}
	best, err := o.Object("best_estimator_")
	p.fail(err)
	return best, err == nil
}

// pipelineSteps returns the steps of a Pipeline, and those of the pipelines within it.
func pipelineSteps(o *pickle.Object, p *problems) (steps []step) {
	if !p.enter() {
		return nil
	}
	for _, named := range namedEstimators(o, "steps", p) {
		at := p.at(named.label())
		switch kindOf(named.estimator) {
		case kindPipeline:
			steps = append(steps, pipelineSteps(named.estimator, at)...)
		case kindSearch:
			if best, ok := bestEstimator(named.estimator, at); ok {
				for _, inner := range partsOf(best, at) {
					steps = append(steps, inner.steps...)
				}
			}
		case kindSampler: // is only used for fitting
		default:
			steps = append(steps, step{name: named.name, estimator: named.estimator, p: at})
		}
	}
	return steps
}

// namedEstimator is one of the pairs or triples in Pipeline's steps, FeatureUnion's transformer_list and the like.
type namedEstimator struct {
	name      string
	estimator *pickle.Object
}

func (n namedEstimator) label() string {
	return fmt.Sprintf("%s (%s)", n.name, n.estimator.Class)
}

// namedEstimators returns the pairs of names and estimators in an attribute, except those that pass everything through.
func namedEstimators(o *pickle.Object, attribute string, p *problems) (out []namedEstimator) {
	items, err := o.Values(attribute)
	if err != nil {
		p.fail(err)
		return nil
	}
	for _, item := range items {
		pair, ok := pickle.Values(item)
		if !ok || len(pair) < 2 {
			p.add("", "the %s of %s hold %s", attribute, o.Class, pickle.Describe(item))
			continue
		}
		name, _ := pair[0].(string)
		switch v := pair[1].(type) {
		case *pickle.Object:
			out = append(out, namedEstimator{name, v})
		case nil:
		case string:
			if v != "passthrough" && v != "drop" {
				p.add("", "the step %q is %q", name, v)
			}
		default:
			p.add("", "the step %q is %s", name, pickle.Describe(v))
		}
	}
	return out
}

// kind is the role of an estimator.
type kind int

const (
	kindOther kind = iota // a classifier, or unknown
	kindPipeline
	kindUnion
	kindSearch
	kindVectorizer
	kindTransform
	kindEncoder
	kindSampler
)

// kindOf returns the kind of an estimator, by its class.
func kindOf(o *pickle.Object) kind {
	if strings.HasPrefix(o.Module, "imblearn.") {
		switch {
		case o.Class == "Pipeline":
			return kindPipeline
		case strings.HasPrefix(o.Module, "imblearn.over_sampling"), strings.HasPrefix(o.Module, "imblearn.under_sampling"),
			strings.HasPrefix(o.Module, "imblearn.combine"):
			return kindSampler
		}
	}
	switch className(o) {
	case "Pipeline":
		return kindPipeline
	case "FeatureUnion":
		return kindUnion
	case "GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV":
		return kindSearch
	case "CountVectorizer", "TfidfVectorizer", "HashingVectorizer":
		return kindVectorizer
	case "LabelEncoder", "MultiLabelBinarizer":
		return kindEncoder
	}
	if _, ok := transformReaders[className(o)]; ok {
		return kindTransform
	}
	if advice[className(o)] != "" {
		return kindTransform
	}
	return kindOther
}

// advice has the advice for steps that are refused by name.
var advice = map[string]string{
	"FunctionTransformer":       "a function of your own is not executed: leave it out and use --prepare FILE",
	"ColumnTransformer":         "a model takes one text and not a table: fit a Pipeline on only the column of texts",
	"DictVectorizer":            "it takes dicts and not texts: use a vectorizer of texts",
	"FeatureHasher":             "it takes features and not texts: use HashingVectorizer",
	"MinMaxScaler":              "use MaxAbsScaler instead",
	"RobustScaler":              "use MaxAbsScaler instead",
	"PCA":                       "use TruncatedSVD instead",
	"NMF":                       "use TruncatedSVD instead",
	"LatentDirichletAllocation": "use TruncatedSVD instead",
}
