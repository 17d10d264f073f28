package sparse

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// grain is how many items a goroutine takes at once.
const grain = 512

// Parallel calls f for parts [lo, hi) that together make up [0, n), on all processors. Where the parts begin does not
// depend on how many processors there are, so f may keep something for each part.
func Parallel(n int, f func(lo, hi int)) { ParallelGrain(n, grain, f) }

// ParallelGrain is Parallel with parts of the given size.
func ParallelGrain(n, size int, f func(lo, hi int)) {
	ParallelWorkers(n, size, func(_, lo, hi int) { f(lo, hi) })
}

// ParallelWorkers is ParallelGrain, and tells f which worker it is: 0 to Workers(n, size)−1. A worker does one part
// after the other, so f may keep something for each worker; which parts are whose is chance.
func ParallelWorkers(n, size int, f func(worker, lo, hi int)) {
	workers := Workers(n, size)
	if workers <= 1 {
		for lo := 0; lo < n; lo += size {
			f(0, lo, min(lo+size, n))
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for worker := range workers {
		wait.Go(func() {
			for {
				lo := int(next.Add(int64(size))) - size
				if lo >= n {
					return
				}
				f(worker, lo, min(lo+size, n))
			}
		})
	}
	wait.Wait()
}

// Workers returns how many workers share n items in parts of the given size.
func Workers(n, size int) int { return min(runtime.GOMAXPROCS(0), (n+size-1)/size) }
