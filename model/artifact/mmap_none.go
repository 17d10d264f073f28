//go:build !unix

package artifact

import "os"

// Map reads the file, on systems where package syscall cannot map it.
func Map(path string) ([]byte, func(), error) {
	b, err := os.ReadFile(path)
	return b, func() {}, err
}
