package sklearn

import (
	"math"
	"strings"
	"testing"

	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// TestInstead checks that the error for each refused classifier suggests another one.
func TestInstead(t *testing.T) {
	for class, want := range map[string]string{
		"GaussianNB": "BernoulliNB", "CategoricalNB": "MultinomialNB", "AdaBoostClassifier": "GradientBoostingClassifier",
		"HistGradientBoostingClassifier": "GradientBoostingClassifier", "XGBClassifier": "GradientBoostingClassifier",
		"LGBMClassifier": "GradientBoostingClassifier", "CatBoostClassifier": "GradientBoostingClassifier",
		"BaggingClassifier": "RandomForestClassifier", "StackingClassifier": "VotingClassifier",
		"MultiOutputClassifier": "OneVsRestClassifier", "ClassifierChain": "OneVsRestClassifier",
		"KNeighborsClassifier": "LogisticRegression", "RadiusNeighborsClassifier": "LinearSVC", "MLPClassifier": "LinearSVC",
		"QuadraticDiscriminantAnalysis": "lists the classifiers",
	} {
		o := &pickle.Object{Module: "sklearn.some", Class: class}
		if got := adviceForClassifier(o); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want something of %s", class, got, want)
		}
	}
	if got := adviceForClassifier(&pickle.Object{Module: "__main__", Class: "Mine"}); !strings.Contains(got, "a class of your own") {
		t.Errorf("a class of one's own: %q", got)
	}
}

// TestClassOf checks the values that classes_ can have, as Python prints them, and values that cannot be classes.
func TestClassOf(t *testing.T) {
	for _, c := range []struct {
		value any
		kind  head.ClassKind
		want  string
	}{
		{"spam", head.ClassString, "spam"}, {"", head.ClassString, ""}, {true, head.ClassBool, "True"},
		{false, head.ClassBool, "False"}, {int64(-3), head.ClassNumber, "-3"}, {1.0, head.ClassNumber, "1.0"},
		{0.1, head.ClassNumber, "0.1"}, {1e16, head.ClassNumber, "1e+16"},
		{9999999999999998.0, head.ClassNumber, "9999999999999998.0"},
		{0.0001, head.ClassNumber, "0.0001"}, {0.00001, head.ClassNumber, "1e-05"}, {0.0, head.ClassNumber, "0.0"},
		{-2.5e-7, head.ClassNumber, "-2.5e-07"},
	} {
		got, ok := classOf(c.value)
		if !ok || got != (head.Class{Kind: c.kind, Text: c.want}) {
			t.Errorf("%v: %+v, %t, want %q", c.value, got, ok, c.want)
		}
	}
	for _, v := range []any{nil, math.NaN(), math.Inf(-1), []byte("x")} {
		if got, ok := classOf(v); ok {
			t.Errorf("%v is taken for the class %+v", v, got)
		}
	}
}
