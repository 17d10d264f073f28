//go:build unix

package artifact

import (
	"fmt"
	"os"
	"syscall"
)

// Map maps a file into memory, read-only, and returns the function that undoes it.
func Map(path string) ([]byte, func(), error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("open %s: not a regular file", path)
	}
	size := int(info.Size())
	if size == 0 || int64(size) != info.Size() {
		return nil, func() {}, nil // an empty file cannot be mapped, and is not an artifact
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED|mapPopulate)
	if err != nil {
		return nil, nil, &os.PathError{Op: "mmap", Path: path, Err: err}
	}
	return b, func() { _ = syscall.Munmap(b) }, nil
}
