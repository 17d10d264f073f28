package sparse

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// grain is how many items a goroutine takes at once.
const grain = 512

// Parallel calls f for parts [lo, hi) that together make up [0, n), on all processors. Where the parts begin does not depend
// on how many processors there are, so f may keep something for each part.
func Parallel(n int, f func(lo, hi int)) { ParallelGrain(n, grain, f) }

// ParallelGrain is Parallel with parts of the given size.
func ParallelGrain(n, size int, f func(lo, hi int)) {
	workers := min(runtime.GOMAXPROCS(0), (n+size-1)/size)
	if workers <= 1 {
		for lo := 0; lo < n; lo += size {
			f(lo, min(lo+size, n))
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for {
				lo := int(next.Add(int64(size))) - size
				if lo >= n {
					return
				}
				f(lo, min(lo+size, n))
			}
		})
	}
	wait.Wait()
}
