// Package example is code to change: its tests see what Sign does, and little of the rest.
package example

import "errors"

// Sign returns 1, 0 or -1.
func Sign(x int) int {
	if x < 0 {
		return -1
	}
	if x > 0 {
		return 1
	}
	return 0
}

// Half returns half of an even number. Its test does not look at the error.
func Half(x int) (int, error) {
	if x%2 != 0 {
		return 0, errors.New("odd")
	}
	return x / 2, nil
}

// Loop adds the numbers up to n.
func Loop(n int) (sum int) {
	for n > 0 {
		sum += n
		n--
	}
	return sum
}

// Unused is called by no test.
func Unused() bool { return true }
