package head

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reddit-classifier/model/features"
)

// sampleFeatures is the number of features of the samples.
const sampleFeatures = 4

// samples returns small classifiers, at least one of each kind.
func samples() map[string]Classifier {
	margin := &Linear{Coef: []float64{1, -1, 0, 0.5}, Stride: 1, Outputs: 1, Intercept: []float64{0}}
	three := &Linear{Coef: []float64{1, -1, 0, 0.5, 0, 0, 1, 2, 3, 0, -1, -2}, Stride: 3, Outputs: 3,
		Intercept: []float64{0, 0.1, 0.2}, Link: LinkSoftmax}
	constant := &Constant{Proba: []float64{0, 1}, Decision: []float64{1}, Label: 1}
	sigmoid := Calibrator{A: -2, B: 0.5}
	curve := Calibrator{Method: Isotonic, X: []float64{-1, 0, 2}, Y: []float64{0, 0.25, 1}}
	svc := func(kernel Kernel) *SVC {
		v := &SVC{Kernel: kernel, Gamma: 0.5, Coef0: 1, Degree: 3, Features: 4, Count: []int32{1, 2, 1},
			Start: []int32{0, 2, 3, 3, 5}, Index: []int32{0, 2, 1, 0, 3}, Value: []float64{1, 2, 0.5, -1, 1},
			DualCoef:  []float64{1, -0.5, -0.5, 0, 0.25, 0, 1, -1},
			Intercept: []float64{0.1, -0.1, 0}, ProbA: []float64{-1, -2, -3}, ProbB: []float64{0, 0.1, 0.2}}
		if kernel != KernelRBF { // the same vectors by feature
			v.Start, v.Index, v.Value = []int32{0, 2, 3, 4, 5}, []int32{0, 3, 1, 0, 3}, []float64{1, -1, 0.5, 2, 1}
		}
		return v
	}
	trees := Trees{Features: 4, Outputs: 1, Roots: []int32{0, 2, -1},
		Nodes:  []Node{{0.5, 0, 1, -1}, {0, 3, -2, -3}, {1, 2, -1, -2}},
		Leaves: []float64{0.5, 1, -2}}
	pipeline, err := NewPipeline([]features.Transform{&features.Normalize{Norm: features.NormL2},
		&features.Select{Columns: []uint32{0, 3}}}, 4,
		&Linear{Coef: []float64{1, -2}, Stride: 1, Outputs: 1, Intercept: []float64{0.25}, Link: LinkLogistic})
	if err != nil {
		panic(err)
	}
	forest := &Forest{Trees{Features: 4, Outputs: 2, Roots: trees.Roots, Nodes: trees.Nodes,
		Leaves: []float64{0, 1, 0.5, 0.5, 1, 0}}}
	return map[string]Classifier{
		"pipeline": pipeline, "soft with a pipeline": &Voting{Members: []Classifier{pipeline, pipeline}, Soft: true},
		"forest": forest, "boosting": &Boosting{Trees: trees, LearningRate: 0.1, Init: []float64{0.5},
			Loss: LossExponential},
		"boosting three": &Boosting{Trees: trees, LearningRate: 0.1, Init: []float64{0.5, 0, -1}, ByProba: true},
		"svc linear":     svc(KernelLinear), "svc rbf": svc(KernelRBF), "svc poly": svc(KernelPoly),
		"svc sigmoid": svc(KernelSigmoid),
		"three":       three,
		"constant":    constant,
		"calibrated": &Calibrated{Members: []Classifier{margin, margin, margin},
			Calibrators: [][]Calibrator{{sigmoid}, {curve}, {{Method: Temperature, A: 3}}}},
		"calibrated three": &Calibrated{Members: []Classifier{three, three},
			Calibrators: [][]Calibrator{{sigmoid, sigmoid, sigmoid}, {{Method: Temperature, A: 3}}}},
		"calibrated one":   &Calibrated{Members: []Classifier{forest}, Calibrators: [][]Calibrator{{sigmoid}}},
		"pairs of margins": &OneVsOne{Members: []Classifier{margin, margin, margin}, Number: 3},
		"rest":             &OneVsRest{Members: []Classifier{margin, constant}, LastTie: true},
		"labels":           &OneVsRest{Members: []Classifier{margin, constant}, Multilabel: true, Threshold: 0.5},
		"pairs":            &OneVsOne{Members: []Classifier{margin, constant, margin}, Number: 3, Scale: ScaleLargest},
		"soft":             &Voting{Members: []Classifier{three, three}, Soft: true, Weights: []float64{1, 3}},
		"hard":             &Voting{Members: []Classifier{three, three}},
		"linear": &Linear{Coef: []float64{1, -2, 0.5, 0}, Stride: 1, Outputs: 1, Intercept: []float64{0.25},
			Link: LinkLogistic},
		"bayes": &Linear{Coef: []float64{-1, -2, -3, -1, -2, -3, -1, -2}, Stride: 2, Outputs: 2,
			Intercept: []float64{-0.1, math.Inf(-1)}, Link: LinkBayes, Binarize: true, Threshold: 0.5},
	}
}

// checkSame checks that two classifiers have equal predictions and equal encodings.
func checkSame(t *testing.T, name string, got, want Classifier) {
	t.Helper()
	var s Scratch
	for _, x := range documents[:2] {
		var p, q Prediction
		got.Predict(x, &s, &p)
		want.Predict(x, &s, &q)
		if diff := cmp.Diff(q, p, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s predicts otherwise (−want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(want.Shape(), got.Shape()); diff != "" {
		t.Errorf("%s has another shape (−want +got):\n%s", name, diff)
	}
	program1, numbers1, err1 := Encode(got)
	program2, numbers2, err2 := Encode(want)
	if err1 != nil || err2 != nil || !bytes.Equal(program1, program2) || !bytes.Equal(numbers1, numbers2) {
		t.Errorf("%s is written otherwise (%v, %v)", name, err1, err2)
	}
}

func TestEncodeOpen(t *testing.T) {
	for name, c := range samples() {
		program, numbers, err := Encode(c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		opened, err := Open(program, numbers, sampleFeatures)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkSame(t, name, opened, c)
		for _, change := range [][2][]byte{
			{program[:len(program)-1], numbers},
			{append(bytes.Clone(program), 0), numbers},
			{program, append(bytes.Clone(numbers), 0)},
		} {
			if _, err := Open(change[0], change[1], sampleFeatures); err == nil {
				t.Errorf("%s: opened with bytes too few or too many", name)
			}
		}
		if len(numbers) > 0 {
			if _, err := Open(program, numbers[:len(numbers)-1], sampleFeatures); err == nil {
				t.Errorf("%s: opened without the last byte", name)
			}
		}
	}
}

// TestOpenCopies opens numbers at an address that is not aligned for float64.
func TestOpenCopies(t *testing.T) {
	for name, c := range samples() {
		program, numbers, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		odd := append(make([]byte, 1, 1+len(numbers)), numbers...)[1:]
		opened, err := Open(program, odd, sampleFeatures)
		if err != nil {
			t.Fatal(err)
		}
		checkSame(t, name, opened, c)
	}
}

func TestOpenRefuses(t *testing.T) {
	good := func() *Linear {
		return &Linear{Coef: []float64{1, 2, 3, 4}, Stride: 1, Outputs: 1, Intercept: []float64{0}}
	}
	for want, change := range map[string]func(*Linear){
		"not finite":                    func(l *Linear) { l.Coef[2] = math.NaN() },
		"beyond 1e+100":                 func(l *Linear) { l.Coef[3] = -1e101 },
		"4 features has 5 coefficients": func(l *Linear) { l.Coef = append(l.Coef, 1) },
		"intercepts are not finite":     func(l *Linear) { l.Intercept[0] = math.Inf(-1) },
		"has 2 intercepts":              func(l *Linear) { l.Intercept = []float64{1, 2} },
		"at most 4":                     func(l *Linear) { l.Link = 200 },
	} {
		l := good()
		change(l)
		program, numbers, err := Encode(l)
		if err == nil {
			_, err = Open(program, numbers, 4)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// documents are the vectors for fuzzed classifiers, some of them hostile.
var documents = []features.Vector{
	{},
	{Index: []uint32{0, 2}, Value: []float64{1, 0.5}},
	{Index: []uint32{0, 1, 2, 3}, Value: []float64{-3, 1e300, math.Inf(1), math.NaN()}},
	{Index: []uint32{3, 4, 1 << 31, math.MaxUint32}, Value: []float64{1, 1, 1, 1}},
}

// FuzzOpen checks that any bytes are either an error, or a classifier that predicts in the shape that it states and is
// encoded as the same bytes.
func FuzzOpen(f *testing.F) {
	for _, c := range samples() {
		program, numbers, err := Encode(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(program, numbers)
	}
	f.Fuzz(func(t *testing.T, program, numbers []byte) {
		c, err := Open(program, numbers, sampleFeatures)
		if err != nil {
			return
		}
		again, againNumbers, err := Encode(c)
		if err != nil || !bytes.Equal(again, program) || !bytes.Equal(againNumbers, numbers) {
			t.Fatalf("written differently than it was (%v)", err)
		}
		var s Scratch
		var p Prediction
		for range 2 {
			for _, x := range documents {
				c.Predict(x, &s, &p)
				checkShape(t, c.Shape(), p)
			}
		}
		if s.used != 0 || s.depth != 0 || s.opened != 0 {
			t.Fatal("scratch memory is not given back")
		}
	})
}

// checkShape checks a prediction against the stated shape.
func checkShape(t *testing.T, shape Shape, p Prediction) {
	t.Helper()
	proba := 0
	if shape.Proba {
		proba = shape.Classes
	}
	if len(p.Proba) != proba || len(p.Decision) != shape.Decision {
		t.Fatalf("%d probabilities and %d decisions, shape %+v", len(p.Proba), len(p.Decision), shape)
	}
	if p.Label < 0 || p.Label >= shape.Classes {
		t.Fatalf("label %d, shape %+v", p.Label, shape)
	}
	for _, label := range p.Labels {
		if !shape.Multilabel || label < 0 || label >= shape.Classes {
			t.Fatalf("labels %v, shape %+v", p.Labels, shape)
		}
	}
}

func TestPredictDoesNotAllocate(t *testing.T) {
	for name, c := range samples() {
		var s Scratch
		var p Prediction
		predict := func() {
			for _, x := range documents[:2] {
				c.Predict(x, &s, &p)
			}
		}
		predict()
		if n := testing.AllocsPerRun(100, predict); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
		var fresh Prediction
		c.Predict(documents[1], new(Scratch), &fresh)
		c.Predict(documents[1], &s, &p)
		if !reflect.DeepEqual(append([]float64{}, p.Proba...), append([]float64{}, fresh.Proba...)) ||
			p.Label != fresh.Label {
			t.Errorf("%s: what was predicted before shows: %+v, want %+v", name, p, fresh)
		}
	}
}
