package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

func TestRead(t *testing.T) {
	lines := "\ufeff" + `{"text":"a","proba":[0.25,0.75],"label":1}
  
{"text":"b","decision":-0.5,"label":"spam"}
{"text":"c","decision":[1,2,3],"label":true}
{"text":"d","label":["x","y"]}
{"text":"e","label":[]}
`
	class := func(kind head.ClassKind, text string) *head.Class { return &head.Class{Kind: kind, Text: text} }
	want := []model.Vector{
		{Text: "a", Proba: []float64{0.25, 0.75}, Label: class(head.ClassNumber, "1")},
		{Text: "b", Decision: []float64{-0.5}, Label: class(head.ClassString, "spam")},
		{Text: "c", Decision: []float64{1, 2, 3}, Label: class(head.ClassBool, "True")},
		{Text: "d", Labels: []head.Class{{Kind: head.ClassString, Text: "x"}, {Kind: head.ClassString, Text: "y"}}},
		{Text: "e", Labels: []head.Class{}},
	}
	got, err := Read(strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"":                            "there is no line in it",
		`{"text":"a"}`:                `line 1: the line has none of "proba", "decision" and "label"`,
		`{"proba":[1,0]}`:             `line 1: "text" is missing`,
		`{"text":"a","label":{}}`:     "line 1:",
		`{"text":"a","decision":"x"}`: `line 1: "decision"`,
		`{"text":"a","proba":0.5}`:    `line 1: "proba" is not a list of numbers, but has number`,
		`{"text":"a","proba":["x"]}`:  `line 1: "proba" is not a list of numbers, but has string`,
		`{"text":5}`:                  `line 1: "text" is not a string, but number`,
		"[1]":                         `line 1: not an object with "text", "proba" or "decision", "label", but array`,
		"text":                        "line 1: not an object with",
	} {
		if _, err := Read(strings.NewReader(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", line, err, want)
		}
	}
}

// TestCompare has a number that is off by just more than the tolerance, and labels that differ, among vectors that
// agree.
func TestCompare(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	classes := m.Classes()
	var vectors []model.Vector
	for _, text := range []string{"This is an input", "lol", "", "a link https://example.org"} {
		p := m.PredictProba(text)
		vectors = append(vectors, model.Vector{Text: text, Proba: p[:], Label: &classes[m.Label(text)]})
	}
	if got := Compare(m, vectors); got.Texts != 4 || got.Largest != 0 || got.Differ != nil {
		t.Errorf("of equal answers: %+v", got)
	}
	vectors[1].Proba[0] += 1.1e-12
	vectors[3].Label = &classes[1-m.Label(vectors[3].Text)]
	got := Compare(m, vectors)
	if diff := cmp.Diff([]int{1, 3}, got.Differ); diff != "" || got.Largest < 1e-12 || got.Largest > 1.2e-12 {
		t.Errorf("of answers that differ: %+v", got)
	}
}

func TestSample(t *testing.T) {
	vectors := make([]model.Vector, 10)
	for i := range vectors {
		vectors[i].Text = string(rune('a' + i))
	}
	var texts string
	for _, v := range Sample(vectors, 4) {
		texts += v.Text
	}
	if texts != "acfh" {
		t.Errorf("four of ten are %q", texts)
	}
	if got := Sample(vectors, 10); len(got) != 10 {
		t.Errorf("ten of ten are %d", len(got))
	}
}
