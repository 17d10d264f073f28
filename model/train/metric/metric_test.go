package metric

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestKnownValues(t *testing.T) {
	y := []int{0, 0, 1, 1}
	p := []float64{0.1, 0.4, 0.35, 0.8} // the example of scikit-learn's documentation
	s := Evaluate(y, p, 0.5)
	want := Scores{
		ROCAUC: 0.75, AveragePrecision: 5.0 / 6, F1: 2.0 / 3, Precision: 1, Recall: 0.5, Accuracy: 0.75,
		LogLoss: -(math.Log(0.9) + math.Log(0.6) + math.Log(0.35) + math.Log(0.8)) / 4,
		Brier:   (0.01 + 0.16 + 0.4225 + 0.04) / 4, ECE: (0.1 + 2*0.125 + 0.2) / 4, // 0.35 and 0.4 share a bin
		Confusion: Confusion{TrueNegative: 2, FalseNegative: 1, TruePositive: 1},
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
	if diff := cmp.Diff(want, s, near); diff != "" {
		t.Errorf("−want +got:\n%s", diff)
	}
	if threshold, f1 := NewCurve(y, p).BestF1(); threshold != 0.35 || math.Abs(f1-0.8) > 1e-12 {
		t.Errorf("best F1 %v at %v, want 0.8 at 0.35", f1, threshold)
	}
}

// TestROCAUCByDefinition compares with the share of pairs in the right order.
func TestROCAUCByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		y, p := []int{0, 1}, []float64{0.5, 0.5}
		for range n {
			y = append(y, rapid.IntRange(0, 1).Draw(t, "y"))
			p = append(p, float64(rapid.IntRange(0, 8).Draw(t, "p"))/8)
		}
		var right, pairs float64
		for i := range y {
			for j := range y {
				if y[i] == 1 && y[j] == 0 {
					pairs++
					switch {
					case p[i] > p[j]:
						right++
					case p[i] == p[j]:
						right += 0.5
					}
				}
			}
		}
		if got := ROCAUC(y, p); math.Abs(got-right/pairs) > 1e-12 {
			t.Errorf("%v, want %v", got, right/pairs)
		}
	})
}

func TestOneClass(t *testing.T) {
	if v := ROCAUC([]int{1, 1}, []float64{0.1, 0.2}); !math.IsNaN(v) {
		t.Errorf("ROC AUC of one class is %v, want NaN", v)
	}
	if s := Evaluate([]int{0, 0}, []float64{0.1, 0.2}, 0.5); s.F1 != 0 || s.Precision != 0 || s.Recall != 0 ||
		s.Accuracy != 1 {
		t.Errorf("%+v", s)
	}
}

// TestBootstrap: the interval holds the value, is the same for the same seed, and a model does not differ from itself.
func TestBootstrap(t *testing.T) {
	var y []int
	var p []float64
	for i := range 400 {
		y = append(y, i%3%2)
		p = append(p, float64((i*37)%100)/100*0.7+0.3*float64(i%3%2))
	}
	m := Predictions{P: p, Threshold: 0.5}
	once := func(models ...Predictions) *Draws {
		d, err := Bootstrap(t.Context(), y, 200, 1, nil, models...)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	ones := make([]bool, len(p))
	for i := range p {
		ones[i] = p[i] >= 0.5
	}
	for k, i := range once(m, Predictions{P: p, Ones: ones}).Differences(0, 1) {
		if i != (Interval{}) {
			t.Errorf("%s differs by %v between decisions and the threshold that they are made at", Names[k], i)
		}
	}
	intervals := once(m).Intervals(0)
	for k, v := range Evaluate(y, p, 0.5).Values() {
		if i := intervals[k]; !(i.Low <= v && v <= i.High && i.Low < i.High) && Names[k] != "ece" {
			t.Errorf("%s is %v, outside of %v", Names[k], v, i)
		}
	}
	if diff := cmp.Diff(intervals, once(m).Intervals(0)); diff != "" {
		t.Errorf("the same seed gives another interval:\n%s", diff)
	}
	strict := Predictions{P: p, Threshold: 0.8}
	both := once(strict, m)
	if diff := cmp.Diff(intervals, both.Intervals(1)); diff != "" {
		t.Errorf("beside another model the interval is another:\n%s", diff)
	}
	for k, i := range once(m, m).Differences(0, 1) {
		if i != (Interval{}) {
			t.Errorf("%s of a model differs from itself by %v", Names[k], i)
		}
	}
	if i := both.Differences(0, 1)[slices.Index(Names, "recall")]; !(i.Low <= i.High && i.High < 0) {
		t.Errorf("a higher threshold makes a difference in recall of %v", i)
	}
}

// TestQuantile has values of numpy.quantile.
func TestQuantile(t *testing.T) {
	values := []float64{1, 2, 4, 8, 16}
	for q, want := range map[float64]float64{0: 1, 0.1: 1.4, 0.25: 2, 0.5: 4, 0.6: 5.6, 0.9: 12.8, 1: 16} {
		if got := Quantile(values, q); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if got := Quantile(values[:1], 0.3); got != 1 {
		t.Errorf("the quantile of one value is %v", got)
	}
	if got := Quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("nothing has the quantile %v", got)
	}
}

// TestNames are those of the measures in JSON, in the order of Values.
func TestNames(t *testing.T) {
	s := Scores{ROCAUC: 1, AveragePrecision: 2, F1: 3, Precision: 4, Recall: 5, Accuracy: 6, LogLoss: 7, Brier: 8, ECE: 9}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	for i, v := range s.Values() {
		if fields[Names[i]] != v || v != float64(i+1) {
			t.Errorf("%s is %v, and %v in JSON", Names[i], v, fields[Names[i]])
		}
	}
	if len(Names) != 9 || len(fields) != 10 {
		t.Errorf("%d names, %d fields", len(Names), len(fields))
	}
}

// TestBootstrapCancelled draws no further once it is to stop.
func TestBootstrapCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var drawn atomic.Int32
	_, err := Bootstrap(ctx, []int{0, 1}, 1000, 1, func() { drawn.Add(1); cancel() },
		Predictions{P: []float64{0.1, 0.9}, Threshold: 0.5})
	if n := int(drawn.Load()); !errors.Is(err, context.Canceled) || n > runtime.GOMAXPROCS(0) {
		t.Errorf("%d samples were drawn, error %v", n, err)
	}
}
