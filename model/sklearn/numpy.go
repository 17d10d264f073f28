package sklearn

import (
	"math"
	"slices"
)

// float is a type in which NumPy computes.
type float interface{ float32 | float64 }

// pairwiseSum returns the sum of a in the order of numpy.sum on contiguous memory: up to 128 numbers in eight running
// sums, and more by halves.
func pairwiseSum[T float](a []T) T {
	n := len(a)
	switch {
	case n < 8:
		var sum T
		for _, v := range a {
			sum += v
		}
		return sum
	case n <= 128:
		r := [8]T(a)
		i := 8
		for ; i < n-n%8; i += 8 {
			for k := range r {
				r[k] += a[i+k]
			}
		}
		sum := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
		for ; i < n; i++ {
			sum += a[i]
		}
		return sum
	}
	half := n / 2
	half -= half % 8
	return pairwiseSum(a[:half]) + pairwiseSum(a[half:])
}

func mean[T float](a []T) T { return pairwiseSum(a) / T(len(a)) }

// median returns the median like numpy.median.
func median[T float](a []T) T {
	sorted := slices.Clone(a)
	slices.Sort(sorted)
	n := len(sorted)
	switch {
	case n == 0 || sorted[0] != sorted[0]: // slices.Sort puts NaN first
		return T(math.NaN())
	case n%2 == 1:
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// quantile returns numpy.percentile with linear interpolation: newer as since NumPy 1.20, and older as before. Between
// equal numbers, the older formula can have a rounding error.
func quantile[T float](a []T, percent float64) (newer, older float64) {
	sorted := slices.Clone(a)
	slices.Sort(sorted)
	n := len(sorted)
	at := percent / 100 * float64(n-1)
	low := int(math.Floor(at))
	high := min(low+1, n-1)
	t := T(at - float64(low))
	below, above := sorted[low], sorted[high]
	diff := above - below
	value := below + T(diff*t)
	if t >= 0.5 {
		value = above - T(diff*(1-t))
	}
	return float64(value), float64(T(below*(1-t)) + T(above*t))
}

func toFloat32(values []float64) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = float32(v)
	}
	return out
}

func toFloat64[T float](values []T) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}
