package head

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFused compares x·y + z, rounded once, with exact arithmetic. It uses random numbers, and sums so near to the
// middle between two numbers that rounding them to double precision first would give the wrong result.
func TestFused(t *testing.T) {
	exact := func(x, y, z float32) float32 {
		f := func(v float32) *big.Float { return new(big.Float).SetPrec(500).SetFloat64(float64(v)) }
		sum := new(big.Float).SetPrec(500)
		got, _ := sum.Add(sum.Mul(f(x), f(y)), f(z)).Float32()
		return got
	}
	const ulp = 1.0 / (1 << 23)
	a, b := float32(1774001.0/(1<<30)), float32(38737.0/(1<<30)) // their product is 2^-24 + 2^-60
	c, d := float32(1+1.0/(1<<20))/(1<<12), float32(1-1.0/(1<<20))/(1<<12)
	for _, tt := range [][4]float32{
		{a, b, 1, 1 + ulp}, {-a, b, -1, -1 - ulp}, {-a, -b, 1, 1 + ulp}, // just beyond the middle
		{c, d, 1 + ulp, 1 + ulp}, {-c, d, -1 - ulp, -1 - ulp}, // 2^-24 - 2^-64, just before it
		{c, d, 1, 1}, {0, 5, 7, 7}, {2, 3, 4, 10},
	} {
		if got := fused(tt[0], tt[1], tt[2]); got != tt[3] || exact(tt[0], tt[1], tt[2]) != tt[3] {
			t.Errorf("%v·%v + %v is %v, want %v", tt[0], tt[1], tt[2], got, tt[3])
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		x, y := random.Float32()-0.5, random.Float32()-0.5
		z := float32(math.Ldexp(random.Float64()-0.5, random.IntN(40)-30))
		if got, want := fused(x, y, z), exact(x, y, z); got != want {
			t.Fatalf("%v·%v + %v is %v, want %v", x, y, z, got, want)
		}
	}
}

// TestAllBelow tests each index of short and long arrays.
func TestAllBelow(t *testing.T) {
	for n := range 12 {
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 100.5, -100.5, math.MaxFloat64} {
			for i := range n {
				v := make([]float64, n)
				if v[i] = bad; allBelow(v, 100) {
					t.Errorf("%v is below 100 at %d of %d", bad, i, n)
				}
			}
		}
		v := make([]float64, n)
		for i := range v {
			v[i] = []float64{100, -100, 0, 99.5}[i%4]
		}
		if !allBelow(v, 100) {
			t.Errorf("%v is not below 100", v)
		}
	}
}

func TestAreProbabilities(t *testing.T) {
	for _, tt := range []struct {
		v    []float64
		want bool
	}{
		{[]float64{0, 1}, true}, {[]float64{0.5, 0.5}, true}, {[]float64{0.2, 0.3, 0.5}, true}, {[]float64{1, 1}, false},
		{[]float64{-0.1, 1.1}, false}, {[]float64{0.5, 0.500011}, false}, {[]float64{0.5, 0.500009}, true},
		{[]float64{0.5, 0.499991}, true}, {[]float64{0.5, 0.499989}, false}, {[]float64{math.NaN(), 1}, false},
	} {
		if got := areProbabilities(tt.v); got != tt.want {
			t.Errorf("%v: %v", tt.v, got)
		}
	}
}

// TestSumSingle adds integers, whose sum is exact in any order, in arrays with lengths around NumPy's block sizes.
func TestSumSingle(t *testing.T) {
	for n := range 600 {
		v := make([]float64, n)
		want := 0.0
		for i := range v {
			v[i] = float64((i*7)%31 - 5)
			want += v[i]
		}
		if got := sumSingle(v); got != want {
			t.Errorf("%d numbers: %v, want %v", n, got, want)
		}
	}
}

// TestDecide compares the decisions for pairs of classes with the formula in scikit-learn's user guide. The dual
// coefficient of a support vector of class i is in row j-1 for the pair with a later class j, and in row j for the pair
// with an earlier one.
func TestDecide(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, count := range [][]int32{{1, 1}, {2, 3}, {1, 2, 3}, {3, 1, 2, 2}, {2, 2, 1, 3, 1}} {
		classOf := []int{}
		for class, n := range count {
			for range n {
				classOf = append(classOf, class)
			}
		}
		classes, vectors := len(count), len(classOf)
		v := &SVC{Count: count, DualCoef: make([]float64, (classes-1)*vectors), Intercept: make([]float64,
			classes*(classes-1)/2)}
		k := make([]float64, vectors)
		for _, numbers := range [][]float64{v.DualCoef, v.Intercept, k} {
			for i := range numbers {
				numbers[i] = float64(random.IntN(41) - 20) // sums of products are exact
			}
		}
		var want []float64
		for i := range classes {
			for j := i + 1; j < classes; j++ {
				sum := v.Intercept[len(want)]
				for s, class := range classOf {
					switch class {
					case i:
						sum += v.DualCoef[(j-1)*vectors+s] * k[s]
					case j:
						sum += v.DualCoef[i*vectors+s] * k[s]
					}
				}
				want = append(want, sum)
			}
		}
		got := make([]float64, len(want))
		if v.decide(k, got); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", count, got, want)
		}
	}
}

// TestRestShape checks that OneVsRest has probabilities if all members have them, and decision values if all members
// have one.
func TestRestShape(t *testing.T) {
	logistic := &Linear{Coef: []float64{1}, Stride: 1, Outputs: 1, Intercept: []float64{0}, Link: LinkLogistic}
	margin := &Linear{Coef: []float64{1}, Stride: 1, Outputs: 1, Intercept: []float64{0}}
	none := &Constant{Proba: []float64{1, 0}}
	for _, tt := range []struct {
		r    OneVsRest
		want Shape
	}{
		{OneVsRest{Members: []Classifier{logistic, logistic}}, Shape{Features: 1, Classes: 2, Proba: true, Decision: 2}},
		{OneVsRest{Members: []Classifier{logistic, margin, margin}}, Shape{Features: 1, Classes: 3, Decision: 3}},
		{OneVsRest{Members: []Classifier{logistic, none}}, Shape{Features: 1, Classes: 2, Proba: true}},
		{OneVsRest{Members: []Classifier{logistic}}, Shape{Features: 1, Classes: 2, Proba: true, Decision: 1}},
		{OneVsRest{Members: []Classifier{logistic}, Multilabel: true},
			Shape{Features: 1, Classes: 1, Proba: true, Decision: 1, Multilabel: true}},
	} {
		if got := tt.r.Shape(); got != tt.want {
			t.Errorf("%d members: %+v, want %+v", len(tt.r.Members), got, tt.want)
		}
	}
}
