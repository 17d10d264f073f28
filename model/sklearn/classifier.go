package sklearn

import (
	"math"
	"strconv"

	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// readClassifier converts a fitted classifier. It reports to p whatever cannot be converted, and then returns nil.
func readClassifier(o *pickle.Object, p *problems, at position) (head.Classifier, []head.Class) {
	before := p.count()
	c, classes := convertClassifier(attributes{o, p}, at)
	if p.count() > before {
		return nil, nil
	}
	return c, classes
}

// Limits of classifiers within classifiers.
const (
	maxNesting = 5       // levels
	maxMembers = 1 << 17 // classifiers in total
)

// position is the position of a classifier: its input, and the number of classifiers around it. branches are the
// pipelines within it that begin with a text.
type position struct {
	in       columns
	depth    int
	branches map[*pickle.Object]branch
}

// convertClassifier converts a classifier. Its result is valid only if it has reported no obstacle.
func convertClassifier(a attributes, at position) (head.Classifier, []head.Class) {
	switch class := className(a.Object); class {
	case "LogisticRegression", "LogisticRegressionCV":
		return readLogistic(a, at)
	case "SGDClassifier":
		return readSGD(a, at)
	case "LinearSVC", "Perceptron", "PassiveAggressiveClassifier":
		return readMargin(a, at)
	case "RidgeClassifier", "RidgeClassifierCV":
		return readRidge(a, at)
	case "MultinomialNB":
		return readMultinomialNB(a)
	case "ComplementNB":
		return readComplementNB(a)
	case "BernoulliNB":
		return readBernoulliNB(a)
	case "SVC", "NuSVC":
		return readSVC(a)
	case "DecisionTreeClassifier", "ExtraTreeClassifier":
		return readTree(a)
	case "RandomForestClassifier", "ExtraTreesClassifier":
		return readForest(a)
	case "GradientBoostingClassifier":
		return readBoosting(a)
	case "CalibratedClassifierCV":
		return readCalibrated(a, at)
	case "OneVsRestClassifier":
		return readOneVsRest(a, at)
	case "OneVsOneClassifier":
		return readOneVsOne(a, at)
	case "VotingClassifier":
		return readVoting(a, at)
	case "DummyClassifier":
		return readDummy(a)
	case "Pipeline":
		return readNested(a, at)
	case "FrozenEstimator":
		inner, err := a.Object.Object("estimator")
		if err != nil {
			a.p.fail(err)
			return nil, nil
		}
		return a.member(inner, at)
	default:
		if kindOf(a.Object) == kindSearch {
			if best, ok := bestEstimator(a.Object, a.p); ok {
				return a.member(best, at)
			}
			return nil, nil
		}
		a.p.add(adviceForClassifier(a.Object), "a classifier of class %s is not supported", a.Object)
		return nil, nil
	}
}

// adviceForClassifier returns the advice for a classifier that is not supported.
func adviceForClassifier(o *pickle.Object) string {
	switch o.Class {
	case "GaussianNB", "CategoricalNB":
		return "fit MultinomialNB, ComplementNB or BernoulliNB instead"
	case "AdaBoostClassifier", "HistGradientBoostingClassifier", "XGBClassifier", "LGBMClassifier", "CatBoostClassifier":
		return "fit GradientBoostingClassifier instead"
	case "BaggingClassifier", "StackingClassifier":
		return "fit VotingClassifier or RandomForestClassifier instead"
	case "MultiOutputClassifier", "ClassifierChain":
		return "fit OneVsRestClassifier instead, which has several labels too"
	case "KNeighborsClassifier", "RadiusNeighborsClassifier", "MLPClassifier":
		return "fit LogisticRegression or LinearSVC instead"
	}
	if o.Module == "__main__" {
		return "the code of a class of your own is not in the file: pickle its vectorizer and its classifier instead"
	}
	return "docs/import.md lists the classifiers that are supported"
}

// readClasses converts an attribute such as classes_.
func readClasses(a attributes, name string) []head.Class {
	values, err := a.Values(name)
	if err != nil {
		a.p.fail(err)
		return nil
	}
	if !a.p.reserveWords(len(values)) {
		return nil
	}
	classes := make([]head.Class, len(values))
	for i, v := range values {
		c, ok := classOf(v)
		if !ok {
			a.p.add("", "the class %s in %s is neither a number, a text nor True or False", pickle.Describe(v), name)
		}
		classes[i] = c
	}
	return classes
}

// classOf converts the name of a class.
func classOf(v any) (head.Class, bool) {
	switch v := v.(type) {
	case string:
		return head.Class{Kind: head.ClassString, Text: v}, true
	case bool:
		if v {
			return head.Class{Kind: head.ClassBool, Text: "True"}, true
		}
		return head.Class{Kind: head.ClassBool, Text: "False"}, true
	case int64:
		return head.Class{Kind: head.ClassNumber, Text: strconv.FormatInt(v, 10)}, true
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return head.Class{}, false
		}
		return head.Class{Kind: head.ClassNumber, Text: pythonFloat(v)}, true
	}
	return head.Class{}, false
}

// pythonFloat prints a float as Python's str does: the shortest digits, with an exponent below 1e-4 and from 1e16.
func pythonFloat(v float64) string {
	if a := math.Abs(v); v != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if v == math.Trunc(v) {
		s += ".0"
	}
	return s
}
