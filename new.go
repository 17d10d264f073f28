// Package reddit is what Knative's func finds in the root folder of a function: New. Everything else is in function.
package reddit

import (
	"os"
	"strings"

	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
)

// New returns the function; func's service starts, calls and stops it. That service logs each step it takes at its
// level debug, unasked: so it is told to speak of what is wrong, unless debugging is asked for.
func New() *function.Function {
	if !strings.EqualFold(os.Getenv("LOG_LEVEL"), "debug") {
		fn.SetLogLevel(fn.LogWarn)
	}
	return function.New()
}
