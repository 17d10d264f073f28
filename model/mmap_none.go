//go:build !unix

package model

import "os"

// mapFile reads the file, where the standard library cannot map it.
func mapFile(path string) ([]byte, func(), error) {
	b, err := os.ReadFile(path)
	return b, func() {}, err
}
