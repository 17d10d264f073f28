package metric

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var close12 = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })

func number(v float64) *float64 { return &v }

// TestEvaluateClasses has values computed by hand: of three classes the last is neither true nor predicted.
func TestEvaluateClasses(t *testing.T) {
	y := []int{0, 0, 1, 1, 1}
	predicted := []int{0, 1, 1, 1, 0}
	got := EvaluateClasses(y, predicted, nil, 3)
	zero := ClassScores{Precision: 0.5, Recall: 0.5, F1: 0.5, Support: 2}
	one := ClassScores{Precision: 2.0 / 3, Recall: 2.0 / 3, F1: 2.0 / 3, Support: 3}
	want := MulticlassScores{
		Accuracy: 0.6, Macro: Averages{7.0 / 12, 7.0 / 12, 7.0 / 12}, Weighted: Averages{0.6, 0.6, 0.6},
		Classes: []ClassScores{zero, one, {}}, Confusion: [][]int{{1, 1, 0}, {1, 2, 0}, {0, 0, 0}},
	}
	if diff := cmp.Diff(want, got, close12); diff != "" {
		t.Errorf("−want +got:\n%s", diff)
	}
}

// TestEvaluateClassesProba: a class that is never true leaves the area undefined, and not the loss.
func TestEvaluateClassesProba(t *testing.T) {
	proba := [][]float64{{0.5, 0.25, 0.25}, {0.25, 0.5, 0.25}, {0.5, 0.5, 0}}
	got := EvaluateClasses([]int{0, 1, 1}, []int{0, 1, 0}, proba, 3)
	if diff := cmp.Diff(number(math.Ln2), got.LogLoss, close12); diff != "" {
		t.Errorf("log loss, −want +got:\n%s", diff)
	}
	areas := []*float64{got.Classes[0].ROCAUC, got.Classes[1].ROCAUC, got.Classes[2].ROCAUC, got.ROCAUC}
	if diff := cmp.Diff([]*float64{number(0.75), number(1), nil, nil}, areas, close12); diff != "" {
		t.Errorf("areas, −want +got:\n%s", diff)
	}
	got = EvaluateClasses([]int{0, 1, 2}, []int{0, 1, 0}, proba, 3)
	if want := -math.Log(0.5*0.5*0x1p-52) / 3; math.Abs(*got.LogLoss-want) > 1e-12 {
		t.Errorf("log loss with a true class of probability 0 is %v, want %v", *got.LogLoss, want)
	}
	if want := (0.75 + 0.75 + 0) / 3; math.Abs(*got.ROCAUC-want) > 1e-12 {
		t.Errorf("area %v, want %v", *got.ROCAUC, want)
	}
}

func TestEvaluateLabels(t *testing.T) {
	y := [][]bool{{true, false}, {true, true}, {false, false}, {false, true}}
	predicted := [][]bool{{true, false}, {true, false}, {true, false}, {false, true}}
	proba := [][]float64{{0.9, 0.2}, {0.7, 0.3}, {0.8, 0.1}, {0.1, 0.6}}
	got := EvaluateLabels(y, predicted, proba)
	want := MultilabelScores{
		Accuracy: 0.5, HammingLoss: 0.25, Micro: Averages{0.75, 0.75, 0.75},
		Macro: Averages{5.0 / 6, 0.75, (0.8 + 2.0/3) / 2}, Weighted: Averages{5.0 / 6, 0.75, (0.8 + 2.0/3) / 2},
		ROCAUC: number((0.75 + 1) / 2),
		Labels: []ClassScores{
			{Precision: 2.0 / 3, Recall: 1, F1: 0.8, ROCAUC: number(0.75), Support: 2},
			{Precision: 1, Recall: 0.5, F1: 2.0 / 3, ROCAUC: number(1), Support: 2},
		},
	}
	if diff := cmp.Diff(want, got, close12); diff != "" {
		t.Errorf("−want +got:\n%s", diff)
	}
}
