package main

import "runtime/debug"

// A training allocates much that it keeps, and the garbage collector scans all of it each time the heap has doubled:
// with few comments that takes a fifth of the time. While a training of at most fewBytes of text runs, the heap may
// grow fivefold between collections; that is less than a large training needs anyway.
const (
	fewBytes   = 16 << 20
	usual      = 100 // percent, Go's own setting
	forFewText = 400
)

// collectLess makes the garbage collector run less often during a training on texts, unless the user has set GOGC. The
// function that it returns undoes that.
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
