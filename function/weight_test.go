package function

import (
	"context"
	"math"
	"strings"
	"testing"

	"reddit-classifier/model"
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
				takes, weight := len(out)+32*n, int(c.weight([]byte(data)))
				if takes > max(weight, 256<<10) || weight == 0 && n > 1000 {
					t.Errorf("%d × %q, explain %d, labels %v: %d bytes, of weight %d", n, comment, c.explain, c.labels, takes, weight)
				}
			}
		}
	}
}
