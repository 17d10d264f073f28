package features

import (
	"math"
	"slices"
)

// weighSingle is multiply and divide in single precision. Every value is one, held in a double.
func (v *vectorizer) weighSingle(t *tally) {
	slices.Sort(t.carries)
	for i, f := range t.features {
		tf := float64(float32(t.count(f)))
		t.counts[f] = 0
		if v.binary {
			tf = 1
		}
		if v.sublinear {
			tf = float64(logSingle(float32(tf)) + 1)
		}
		if v.idf != nil {
			tf = round(tf * v.idf[int(f)*v.stride])
		}
		t.values[i] = tf
	}
	v.divide(t.values)
}

// round rounds to single precision.
func round(v float64) float64 { return float64(float32(v)) }

func roundAll(values []float64) {
	for i, v := range values {
		values[i] = round(v)
	}
}

// areSingle reports whether all values are of single precision.
func areSingle(values []float64) bool {
	for _, v := range values {
		if v != round(v) {
			return false
		}
	}
	return true
}

// divideSingle divides the values by their norm, which scikit-learn adds up in double precision from products in
// single.
func divideSingle(values []float64, norm Norm) {
	sum := 0.0
	if norm == NormL2 {
		for _, v := range values {
			sum += round(v * v)
		}
		sum = math.Sqrt(sum)
	} else {
		sum = normOf(norm, values)
	}
	if sum == 0 {
		return
	}
	for i := range values {
		values[i] = round(values[i] / sum)
	}
}

// logSingle is NumPy's natural logarithm in single precision for positive finite numbers, from release 1.17 on and on
// processors with AVX2: x = 2**k·y with y from √½ to √2, and ln(y) as a quotient of polynomials in y-1. It is up to two
// units in the last place from the exact one.
func logSingle(x float32) float32 {
	mantissa, exponent := math.Frexp(float64(x))
	y, k := float32(mantissa), float32(exponent)
	if y <= math.Sqrt2/2 {
		y, k = y+y, k-1
	}
	y--
	p := polynomial(y, 2.589979117907922693523e-02, 3.808837741388407920751e-01, 1.480000633576506585156e+00,
		2.112677543073053063722e+00, 9.999999999999998702752e-01, 0)
	q := polynomial(y, 5.875095403124574342950e-03, 1.546476374983906719538e-01, 9.864942958518419960339e-01,
		2.453006071784736363091e+00, 2.612677543073109236779e+00, 1)
	return fma(k, math.Ln2, p/q)
}

// polynomial is Horner's scheme with a fused multiplication and addition for each step.
func polynomial(x float32, coefficients ...float32) float32 {
	sum := coefficients[0]
	for _, c := range coefficients[1:] {
		sum = fma(sum, x, c)
	}
	return sum
}

// fma returns x·y+z, rounded once: the product of two numbers in single precision is exact in double. (The sum is
// rounded to double before, which changes the result next to never.)
func fma(x, y, z float32) float32 { return float32(float64(x)*float64(y) + float64(z)) }
