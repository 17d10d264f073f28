package head

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestFused compares x·y + z, rounded once, with exact arithmetic: random numbers, and sums that are so near to the
// middle between two numbers that rounding them first to double precision would go the wrong way.
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

// TestAllBelow looks at each place of short and long arrays.
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
