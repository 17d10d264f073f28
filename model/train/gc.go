package train

import "runtime/debug"

// A training allocates much that it keeps, and the garbage collector looks at all of it each time there is as much again: with
// few comments, a fifth of the whole time. So while a training of at most fewBytes of text runs, there may be five times as much;
// that is less than a large training takes anyhow.
const (
	fewBytes   = 16 << 20
	usual      = 100 // percent, Go's own setting
	forFewText = 400
)

// collectLess makes the garbage collector of the process run less often, unless the user has set how often. The function that it
// returns undoes that.
func collectLess(texts []string) (undo func()) {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	if size > fewBytes {
		return func() {}
	}
	before := debug.SetGCPercent(forFewText)
	if before != usual {
		debug.SetGCPercent(before)
		return func() {}
	}
	return func() { debug.SetGCPercent(usual) }
}
