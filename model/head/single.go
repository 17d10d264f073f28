package head

import "math"

// The functions in this file compute in single precision, as scikit-learn does for some inputs. They work on float64
// values that hold float32 values, and round after each operation.

func round(v float64) float64 { return float64(float32(v)) }

// sumSingle is Sum in single precision.
func sumSingle(v []float64) float64 {
	if len(v) < 8 {
		total := 0.0
		for _, x := range v {
			total = round(total + x)
		}
		return total
	}
	if len(v) > 128 {
		half := len(v) / 2
		half -= half % 8
		return round(sumSingle(v[:half]) + sumSingle(v[half:]))
	}
	parts := [8]float64(v)
	n := len(v) - len(v)%8
	for i := 8; i < n; i += 8 {
		for j := range parts {
			parts[j] = round(parts[j] + v[i+j])
		}
	}
	left := round(round(parts[0]+parts[1]) + round(parts[2]+parts[3]))
	right := round(round(parts[4]+parts[5]) + round(parts[6]+parts[7]))
	total := round(left + right)
	for _, x := range v[n:] {
		total = round(total + x)
	}
	return total
}

// softmaxSingle is softmaxInPlace in single precision.
func softmaxSingle(v []float64) {
	top := v[argmax(v)]
	for i := range v {
		v[i] = expSingle(round(v[i] - top))
	}
	total := sumSingle(v)
	for i := range v {
		v[i] = round(v[i] / total)
	}
}

// expitSingle is scipy.special.expit in single precision.
func expitSingle(x float64) float64 { return round(1 / round(1+round(exp(-x)))) }

// expSingle is numpy.exp in single precision on x86-64 processors with fused multiply-add: a rational approximation
// after Cody and Waite's reduction, which is not always correctly rounded.
func expSingle(x float64) float64 {
	const (
		log2e      = float32(1.442695040)
		high       = float32(-6.93145752e-1) // -ln 2 in two parts
		low        = float32(-1.42860677e-6)
		magic      = float32(0x1.8p23) // adding and subtracting it rounds to an integer
		most       = 88.72283935546875
		least      = -103.97208404541015625
		q0, q1, q2 = float32(1), float32(-2.742335390411667452936e-01), float32(2.159509375685829852307e-02)
	)
	switch {
	case x > most:
		return math.Inf(1)
	case x <= least:
		return 0
	case math.IsNaN(x):
		return x
	}
	n := float32(x)*log2e + magic
	n -= magic
	r := fused(n, low, fused(n, high, float32(x)))
	p := float32(5.082762527590693718096e-04)
	for _, c := range [...]float32{6.757896990527504603057e-03, 5.114512081637298353406e-02,
		2.473615434895520810817e-01, 7.257664613233124478488e-01, 9.999999999980870924916e-01} {
		p = fused(p, r, c)
	}
	q := fused(fused(q2, r, q1), r, q0)
	return round(math.Ldexp(float64(p/q), int(n)))
}

// fused returns x·y + z, rounded once. The sum in double precision is rounded to odd, so that rounding it again is
// harmless (Boldo and Melquiond, IEEE Transactions on Computers 57, 2008).
func fused(x, y, z float32) float32 {
	p, c := float64(x)*float64(y), float64(z) // the product is exact
	s := p + c
	t := s - p
	e := (p - (s - t)) + (c - t) // rounding error of s
	if bits := math.Float64bits(s); e != 0 && bits&1 == 0 {
		if (e > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
		s = math.Float64frombits(bits)
	}
	return float32(s)
}
