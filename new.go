// Package reddit is what Knative's func finds in the root folder of a function: New. Everything else is in function.
package reddit

import "reddit-classifier/function"

// New returns the function; func's service starts, calls and stops it.
func New() *function.Function { return function.New() }
