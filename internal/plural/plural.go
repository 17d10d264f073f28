// Package plural writes numbers of things.
package plural

import "fmt"

// Of returns a number and what it counts, in the singular or the plural: Of(1, "record", "records") is "1 record".
func Of[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
