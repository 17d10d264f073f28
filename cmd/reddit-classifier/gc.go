package main

import "runtime/debug"

// A training keeps most of what it allocates, and the garbage collector scans all of it whenever the heap has doubled.
// With few comments this takes a fifth of the time. So during a training on at most smallText of text the heap may grow
// fivefold between collections, which is still less memory than a large training needs.
const (
	smallText   = 16 << 20
	defaultGOGC = 100 // percent, Go's own setting
	relaxedGOGC = 400
)

// relaxGC makes the garbage collector run less often during a training on texts, unless the user has set GOGC. The
// function undo restores the setting.
func relaxGC(texts []string) (undo func()) {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	if size > smallText {
		return func() {}
	}
	before := debug.SetGCPercent(relaxedGOGC)
	if before != defaultGOGC {
		debug.SetGCPercent(before)
		return func() {}
	}
	return func() { debug.SetGCPercent(defaultGOGC) }
}
