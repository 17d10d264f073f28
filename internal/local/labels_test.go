package local

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/model/modeltest"
)

// The label is the class that the model predicts, even if it is not the most probable one.
func TestLabels(t *testing.T) {
	m := modeltest.Votes(t)
	red, green := "red", "green"
	numbers := m.AppendProba(nil, red)
	if numbers[1] < 0.6 {
		t.Fatalf("probabilities %v", numbers)
	}
	for _, test := range []struct {
		name    string
		numbers []float64
		comment *string
		want    []int
		sure    bool
	}{
		{"by votes", numbers, &red, []int{0}, true},
		{"by votes, the other class", numbers, &green, []int{1}, true},
		{"unknown comment", numbers, nil, []int{1}, false},
		{"numbers of another model", []float64{0.8, 0.2}, &green, []int{0}, false},
		{"numbers of three classes", []float64{0.8, 0.1, 0.1}, &green, nil, false},
	} {
		if got, sure := Labels(m, test.numbers, test.comment); !cmp.Equal(got, test.want) || sure != test.sure {
			t.Errorf("%s: %v, sure %v", test.name, got, sure)
		}
	}
}

// Line prints the label that was predicted, which it takes from the answer or derives from the comment.
func TestLabelsOnOneLine(t *testing.T) {
	m := modeltest.Votes(t)
	p := m.AppendProba(nil, "red")
	numbers := fmt.Sprintf("[%v,%v]", p[0], p[1])
	for _, test := range []struct {
		name, value string
		comments    []string
		want        string
	}{
		{"comments", `{"data":{"ndarray":[N,N]}}`, []string{"red", "green"}, "k             no 0.300, yes 0.700"},
		{"no comments", `{"data":{"ndarray":[N]}}`, nil, "k             yes 0.700"},
		{"LABELS", `{"data":{"ndarray":[N]},"meta":{"tags":{"labels":["no"]}}}`, nil, "k             no 0.300"},
		{"LABELS, multilabel", `{"data":{"ndarray":[N]},"meta":{"tags":{"labels":[["no","yes"]]}}}`, nil,
			"k             no 0.300+yes 0.700"},
		{"LABELS, none", `{"data":{"ndarray":[N]},"meta":{"tags":{"labels":[[]]}}}`, nil, "k             none"},
	} {
		value := strings.ReplaceAll(test.value, "N", numbers)
		a := ReadAnswer(&kgo.Record{Key: []byte("k"), Headers: header(), Value: []byte(value)})
		a.Comments = test.comments
		if got := a.Line(m); got != test.want {
			t.Errorf("%s:\n%q, want\n%q", test.name, got, test.want)
		}
	}
}
