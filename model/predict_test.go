package model

import (
	"math"
	"slices"
	"sync"
	"testing"
)

// TestConcurrently predicts in many goroutines at once; run it with -race.
func TestConcurrently(t *testing.T) {
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	texts := syntheticComments(t)[:300]
	want := make([][2]float64, len(texts))
	for i, text := range texts {
		want[i] = m.PredictProba(text)
	}
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range texts {
				i = (i*7 + g*31) % len(texts)
				if got := m.PredictProba(texts[i]); got != want[i] {
					t.Errorf("%v, want %v", got, want[i])
				}
			}
		})
	}
	group.Wait()
}

// TestExplain has the contributions and the intercept add up to the decision function, and the strongest first.
func TestExplain(t *testing.T) {
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range syntheticComments(t)[:50] {
		e, err := m.Explain(text, -1)
		if err != nil || e.Class != 1 {
			t.Fatal(e.Class, err)
		}
		all, sum := e.Top, e.Intercept
		for i, c := range all {
			sum += c.Value
			if i > 0 && math.Abs(c.Value) > math.Abs(all[i-1].Value) {
				t.Fatalf("%v before %v", all[i-1], c)
			}
		}
		if d := m.AppendDecision(nil, text)[0]; math.Abs(d-sum) > 1e-12 {
			t.Errorf("contributions add up to %v, the decision is %v", sum, d)
		}
		if e, _ := m.Explain(text, 3); !slices.Equal(e.Top, all[:min(3, len(all))]) {
			t.Errorf("%v are not the first of %v", e.Top, all)
		}
	}
}
