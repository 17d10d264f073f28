package head

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactExp sums the series in 200 bits.
func exactExp(x float64) *big.Float {
	halvings := 0
	for ; math.Abs(x) > 1.0/16; halvings++ {
		x /= 2
	}
	z := new(big.Float).SetPrec(300).SetFloat64(x)
	sum, term := big.NewFloat(1).SetPrec(300), big.NewFloat(1).SetPrec(300)
	for i := 1; i < 60; i++ {
		term.Mul(term, z)
		term.Quo(term, big.NewFloat(float64(i)))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestExp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	wrong, worst := 0, 0.0
	const n = 5000
	for range n {
		x := r.NormFloat64() * 3
		want, got := exactExp(x), exp(x)
		nearest, _ := want.Float64()
		if got != nearest {
			wrong++
		}
		ulp := math.Nextafter(nearest, math.Inf(1)) - nearest
		diff, _ := new(big.Float).Sub(want, new(big.Float).SetFloat64(got)).Float64()
		worst = math.Max(worst, math.Abs(diff)/ulp)
	}
	t.Logf("worst %.4f ulp; %d of %d not the nearest number", worst, wrong, n)
	if worst > 0.52 {
		t.Errorf("off by %.4f units in the last place", worst)
	}
	for _, x := range []float64{0, 1000, -1000, 699.9, -699.9, math.Inf(1), math.Inf(-1)} {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	}
	if !math.IsNaN(exp(math.NaN())) {
		t.Error("exp(NaN) is a number")
	}
}
