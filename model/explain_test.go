package model

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// TestExplainClass has the class that is explained, and its intercept and contributions, of models whose outputs are
// not those of two classes.
func TestExplainClass(t *testing.T) {
	none := math.Inf(-1)
	for _, test := range []struct {
		name      string
		classes   int
		linear    head.Linear
		text      string
		class     int
		intercept float64
		top       []Contribution
	}{
		{"naive Bayes of two classes: log odds", 2,
			head.Linear{Coef: []float64{-1, -3, -8, -7}, Intercept: []float64{-0.5, -1}, Link: head.LinkBayes},
			"aa aa bb", 1, -0.5, []Contribution{{"aa", -4}, {"bb", 1}}},
		{"naive Bayes of three: against the mean of the others", 3,
			head.Linear{Coef: []float64{-1, -3, -2, -8, -7, -9}, Intercept: []float64{-1, -2, -4}, Link: head.LinkBayes},
			"aa bb", 0, 2, []Contribution{{"aa", 1.5}, {"bb", 0}}},
		{"naive Bayes of a class without documents", 3,
			head.Linear{Coef: []float64{-1, -3, -2, -8, -7, -9}, Intercept: []float64{-1, none, -4}, Link: head.LinkBayes},
			"aa", 0, 3, []Contribution{{"aa", 1}}},
		{"naive Bayes of one class alone with documents", 2,
			head.Linear{Coef: []float64{-1, -3, -8, -7}, Intercept: []float64{0, none}, Link: head.LinkBayes},
			"aa", 1, -math.MaxFloat64, []Contribution{{"aa", -2}}},
		{"the label with the largest value", 3,
			head.Linear{Coef: []float64{1, 2, 0, 0, 0, 1}, Intercept: []float64{-1, -1, -1}, Multilabel: true},
			"aa", 1, -1, []Contribution{{"aa", 2}}},
		{"none of the labels", 2,
			head.Linear{Coef: []float64{1, 2, 0, -3}, Intercept: []float64{-9, -9}, Multilabel: true},
			"bb", 0, -9, []Contribution{{"bb", 0}}},
	} {
		test.linear.Outputs, test.linear.Stride = test.classes, test.classes
		spec := Spec{
			Vectorizers: []features.Vectorizer{{NGramMin: 1, NGramMax: 1, Vocabulary: []string{"aa", "bb"}, Weight: 1}},
			Classifier:  &test.linear,
		}
		for i := range test.classes {
			spec.Classes = append(spec.Classes, head.Class{Kind: head.ClassNumber, Text: strconv.Itoa(i)})
		}
		b, err := Build(spec)
		if err != nil {
			t.Fatal(test.name, err)
		}
		e, err := mustParse(t, b).Explain(test.text, -1)
		if err != nil || e.Class != test.class || e.Intercept != test.intercept || !slices.Equal(e.Top, test.top) {
			t.Errorf("%s: %+v, %v; want class %d, intercept %v, %v", test.name, e, err, test.class, test.intercept, test.top)
		}
	}
}
