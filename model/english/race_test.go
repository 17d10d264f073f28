//go:build race

package english_test

// raceEnabled reports whether the race detector is on, under which sync.Pool drops values at random.
const raceEnabled = true
