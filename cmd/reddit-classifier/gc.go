package main

import "runtime/debug"

// A training keeps most of what it allocates, and the garbage collector scans all of it whenever the heap has doubled.
// With few comments this takes a fifth of the time. So during a training on at most fewBytes of text the heap may grow
// fivefold between collections, which is still less memory than a large training needs.
const (
	fewBytes   = 16 << 20
	usual      = 100 // percent, Go's own setting
	forFewText = 400
)

// collectLess makes the garbage collector run less often during a training on texts, unless the user has set GOGC. The
// function undo restores the setting.
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
