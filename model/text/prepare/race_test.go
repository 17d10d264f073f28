//go:build race

package prepare

// raceEnabled tells that the race detector is on, under which sync.Pool forgets at random.
const raceEnabled = true
