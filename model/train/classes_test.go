package train_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/modeltest"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/metric"
)

// threeWords is a model whose decision for class k is the count of the word k.
func threeWords(t *testing.T, link head.Link, multilabel bool) *model.Model {
	t.Helper()
	return modeltest.Build(t, model.Spec{
		Vectorizers: []features.Vectorizer{{
			Analyzer: features.Analyzer{Lowercase: true}, NGramMin: 1, NGramMax: 1, Vocabulary: []string{"red", "green", "blue"},
			Weight: 1,
		}},
		Classifier: &head.Linear{
			Coef: []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, Stride: 3, Outputs: 3, Intercept: []float64{0, 0, 0}, Link: link,
			Multilabel: multilabel,
		},
		Classes: []head.Class{{Kind: head.ClassString, Text: "red"}, {Kind: head.ClassString, Text: "green"},
			{Kind: head.ClassString, Text: "blue"}},
	})
}

func TestEvaluateClasses(t *testing.T) {
	data := &dataset.Dataset{Texts: []string{"red", "green green", "blue Red blue", "green"}, Labels: []int{0, 1, 2, 0}}
	e, err := train.EvaluateClasses(t.Context(), data, "words", threeWords(t, head.LinkSoftmax, false), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]int{{1, 1, 0}, {0, 1, 0}, {0, 0, 1}}, e.Scores.Confusion); diff != "" {
		t.Errorf("confusion, −want +got:\n%s", diff)
	}
	softmax := func(of, a, b float64) float64 { return math.Exp(of) / (math.Exp(of) + math.Exp(a) + math.Exp(b)) }
	want := -math.Log(softmax(1, 0, 0)*softmax(2, 0, 0)*softmax(2, 1, 0)*softmax(0, 1, 0)) / 4
	if e.Texts != 4 || e.Scores.Accuracy != 0.75 || math.Abs(*e.Scores.LogLoss-want) > 1e-12 || e.LabelScores != nil {
		t.Errorf("%+v, log loss %v, want %v", e, *e.Scores.LogLoss, want)
	}
}

func TestEvaluateLabels(t *testing.T) {
	data := &dataset.Dataset{
		Texts: []string{"red blue", "green", "none"}, Labels: []int{0, 0, 0},
		Sets: [][]bool{{true, false, true}, {false, true, false}, {false, false, true}},
	}
	m := threeWords(t, head.LinkNone, true)
	e, err := train.EvaluateClasses(t.Context(), data, "words", m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e.Scores != nil || e.LabelScores.Accuracy != 2.0/3 ||
		e.LabelScores.Micro != (metric.Averages{Precision: 1, Recall: 0.75, F1: 6.0 / 7}) {
		t.Errorf("%+v", e.LabelScores)
	}
	data.Sets = nil
	if _, err := train.EvaluateClasses(t.Context(), data, "words", m, nil); err == nil {
		t.Error("labels of one class each are taken for a multilabel model")
	}
}

// TestEvaluateDecisions: without a threshold the classifier decides, and scikit-learn's classifiers decide for the
// first of two classes if both are equally probable.
func TestEvaluateDecisions(t *testing.T) {
	m := modeltest.Build(t, model.Spec{
		Vectorizers: []features.Vectorizer{{
			Analyzer: features.Analyzer{Lowercase: true}, NGramMin: 1, NGramMax: 1, Vocabulary: []string{"red"}, Weight: 1,
		}},
		Classifier: &head.Linear{
			Coef: []float64{1}, Stride: 1, Outputs: 1, Intercept: []float64{0}, Link: head.LinkLogistic,
		},
		Classes: []head.Class{{Kind: head.ClassNumber, Text: "0"}, {Kind: head.ClassNumber, Text: "1"}},
	})
	data := &dataset.Dataset{
		IDs: []string{"a", "b", "c", "d"}, Texts: []string{"red", "none", "none", "red"}, Labels: []int{1, 0, 1, 0},
	}
	half := train.Subject{Name: "half", Model: m, Threshold: 0.5}
	c, err := train.Evaluate(t.Context(), data, train.Subject{Name: "own", Model: m}, &half, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	own := metric.Confusion{TrueNegative: 1, FalsePositive: 1, FalseNegative: 1, TruePositive: 1}
	atHalf := metric.Confusion{FalsePositive: 2, TruePositive: 2}
	if c.Model.Confusion != own || c.Model.Threshold != 0 || c.Baseline.Confusion != atHalf || len(c.Changed) != 2 {
		t.Errorf("own decisions %+v at %v, at one half %+v, changed %+v", c.Model.Confusion, c.Model.Threshold,
			c.Baseline.Confusion, c.Changed)
	}
}
