//go:build !unix

package artifact

import "os"

// Map reads the file, where the standard library cannot map it.
func Map(path string) ([]byte, func(), error) {
	b, err := os.ReadFile(path)
	return b, func() {}, err
}
