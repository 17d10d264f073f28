//go:build !race

package english_test

const raceEnabled = false
