package function

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"

	"reddit-classifier/cloudevent"
	"reddit-classifier/model"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/modeltest"
)

// TestWeight: what an answer takes, with the numbers in it and the places of its comments, is not above its weight, or
// it is too little to count.
func TestWeight(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []settings{{}, {labels: true}, {explain: 3, labels: true}, {explain: 100, labels: true}} {
		s.threshold = math.NaN()
		c, err := newClassifier(m, &s)
		if err != nil {
			t.Fatal(err)
		}
		for _, comment := range []string{"", "a", "I", "the", "a b", "this is it",
			"I would like to see the error bars before I believe any of this, and so would you."} {
			for _, n := range []int{1, 600, 2_000} {
				if n > 1000 && testing.Short() {
					continue
				}
				data := `{"data":{"ndarray":["` + comment + strings.Repeat(`","`+comment, n-1) + `"]}}`
				out, err := c.classify(context.Background(), &buffers{}, "", []byte(data), maxAnswer)
				if reason(err) == "answer_too_large" {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				takes, weight := len(out)+32*n, int(c.estimateMemory([]byte(data)))
				if takes > max(weight, 256<<10) || weight == 0 && n > 1000 {
					t.Errorf("%d × %q, explain %d, labels %v: %d bytes, of weight %d", n, comment, c.explain, c.labels, takes, weight)
				}
			}
		}
	}
}

// TestWeigh has weights in numbers: four times the text, and for each comment its row, label and explanation.
func TestWeigh(t *testing.T) {
	for _, tt := range []struct {
		name           string
		c              classifier
		size, comments int
		want           int64
	}{
		{"two classes", classifier{form: outputForm{columns: 2, labelSize: 4}}, 1000, 10, 4*1000 + 10*96},
		{"one number", classifier{form: outputForm{columns: 1}}, 1000, 10, 4*1000 + 10*96},
		{"five classes", classifier{form: outputForm{columns: 5}}, 1000, 10, 4*1000 + 10*(96+3*48)},
		{"labels", classifier{form: outputForm{columns: 2, labelSize: 7}, labels: true}, 1000, 10, 4*1000 + 10*(96+16+2*7)},
		{"labels alone", classifier{form: outputForm{labelSize: 7}}, 1000, 10, 4*1000 + 10*(96+16+2*7)},
		{"explained", classifier{form: outputForm{columns: 2}, explain: 5}, 1000, 10, 4*1000 + 10*(96+64) + 64*50},
		{"short ones explained", classifier{form: outputForm{columns: 2}, explain: 5}, 20, 10, 4*20 + 10*(96+64) + 64*40},
	} {
		if got := tt.c.memoryFor(tt.size, tt.comments); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	c := &classifier{form: outputForm{columns: 2}}
	quotes := bytes.Repeat([]byte(`"a",`), 1000)
	batch := bytes.Repeat([]byte("a"), 4000)
	for _, tt := range []struct {
		name      string
		got, want int64
	}{
		{"data that is short", c.estimateMemory(quotes[:2048]), 0},
		{"data that is not", c.estimateMemory(quotes[:2052]), 4*2052 + 513*96},
		{"data with very many texts", c.estimateMemory(bytes.Repeat([]byte(`"`), 1<<18)), 4<<18 + maxComments*96},
		{"no tensors", c.binaryMemory(nil), 0},
		{"tensors", c.binaryMemory(quotes[:40]), 4*40 + 10*96},
		{"a batch without quotes", c.batchMemory(3, batch), 3*512 + 16*4000},
		{"a batch of texts", c.batchMemory(3, quotes), 3*512 + 4*4000 + 1000*96},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, tt.got, tt.want)
		}
	}
	in := &cloudevent.Event{ID: strings.Repeat("x", freeBytes)}
	over := in.AttributesSize() - freeBytes
	if in.ID = in.ID[over:]; attributesMemory(in) != 0 {
		t.Errorf("attributes that are not long weigh %d", attributesMemory(in))
	}
	if in.ID += "x"; attributesMemory(in) != 2*(freeBytes+1) {
		t.Errorf("long attributes weigh %d", attributesMemory(in))
	}
}

// TestLabelSize: the labels of a comment have their quotes and a comma each; of several labels all count.
func TestLabelSize(t *testing.T) {
	for isMultilabel, want := range map[bool]int{false: len(`"bcd",`), true: len(`"a","bcd","e",`)} {
		classifier := &head.Linear{Coef: make([]float64, 3), Stride: 3, Outputs: 3, Intercept: make([]float64, 3),
			Link: head.LinkLogistic, Multilabel: isMultilabel}
		spec := model.Spec{Classifier: classifier,
			Vectorizers: []features.Vectorizer{{NGramMin: 1, NGramMax: 1, Vocabulary: []string{"aa"}, Weight: 1}}}
		for _, name := range []string{"a", "bcd", "e"} {
			spec.Classes = append(spec.Classes, head.Class{Kind: head.ClassString, Text: name})
		}
		if got := outputFormOf(modeltest.Build(t, spec), math.NaN()); got.labelSize != want {
			t.Errorf("multilabel %v: %d bytes, want %d", isMultilabel, got.labelSize, want)
		}
	}
}
