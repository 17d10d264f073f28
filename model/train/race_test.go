//go:build race

package train

const raceEnabled = true // it slows everything down
