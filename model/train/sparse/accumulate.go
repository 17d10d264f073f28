package sparse

import "sync"

// Sums over all rows are made in parts, each on its own, which are added up in order. How many parts there are depends
// on the number of rows alone: so many that the processors of a usual machine have something to do, and so few that
// adding them up, which takes as long as there are columns, does not count.
const (
	maxParts = 8
	minPart  = 1024 // rows
)

// buffers hold the sums of the parts between products, which come by the hundred.
var buffers = sync.Pool{New: func() any { return new([]float64) }}

// accumulate sets dst to the sum of what f adds to sum for the rows [lo, hi) of each part of n rows, and returns the
// sum of what f returns.
func accumulate(dst []float64, n int, f func(sum []float64, lo, hi int) float64) float64 {
	parts := min(max(n/minPart, 1), maxParts)
	if parts == 1 {
		clear(dst)
		return f(dst, 0, n)
	}
	size := (n + parts - 1) / parts
	var sums [maxParts]*[]float64
	var totals [maxParts]float64
	ParallelGrain(n, size, func(lo, hi int) {
		b := buffers.Get().(*[]float64)
		if cap(*b) < len(dst) {
			*b = make([]float64, len(dst))
		}
		*b = (*b)[:len(dst)]
		clear(*b)
		totals[lo/size] = f(*b, lo, hi)
		sums[lo/size] = b
	})
	Parallel(len(dst), func(lo, hi int) {
		out := dst[lo:hi]
		copy(out, (*sums[0])[lo:hi])
		for _, b := range sums[1:] {
			if b == nil {
				break
			}
			for j, v := range (*b)[lo:hi] {
				out[j] += v
			}
		}
	})
	var total float64
	for p, b := range sums {
		if b != nil {
			total += totals[p]
			buffers.Put(b)
		}
	}
	return total
}
