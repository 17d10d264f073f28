package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// checkFile says, before there is something to write, why writeFile cannot write to path, or should not.
func checkFile(path string, inputs ...string) error {
	if err := checkPlace(path, inputs...); err != nil {
		return err
	}
	place := realPath(path)
	if info, err := os.Stat(place); err == nil && !info.Mode().IsRegular() {
		return nil // a device or a pipe: what it takes shows when it is written to
	}
	if err := tryToWrite(filepath.Dir(place)); err != nil {
		return fmt.Errorf("output cannot be written to %s: %w in the folder %s; choose another file", path, err, filepath.Dir(place))
	}
	return nil
}

// checkPlace says why path is no place for a file, or not for this one: because it is read.
func checkPlace(path string, inputs ...string) error {
	cannot := func(format string, args ...any) error {
		return fmt.Errorf("output cannot be written to %s: "+format, append([]any{path}, args...)...)
	}
	if path == "-" {
		return cannot("standard output has what is said about it; name a file (./- is one)")
	}
	place := realPath(path)
	if info, err := os.Stat(place); err == nil {
		if info.IsDir() {
			return cannot("it is a folder; name a file in it")
		}
		for _, input := range inputs {
			if in, err := os.Stat(input); err == nil && os.SameFile(in, info) {
				return cannot("it is what is read; choose another file")
			}
		}
	}
	dir := filepath.Dir(place)
	switch folder, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return cannot("there is no folder %s; make it or choose another file", dir)
	case err == nil && !folder.IsDir():
		return cannot("%s is no folder; choose another file", dir)
	}
	return nil
}

// realPath is where the links at path lead to, if that is anywhere.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// checkFolder says why the folder dir cannot be made, or the file name within.
func checkFolder(dir, name string) error {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case err == nil && !info.IsDir():
			return fmt.Errorf("the report's folder cannot be made: %s is a file; choose another --report", at)
		case err == nil && at == filepath.Clean(dir):
			return checkFile(filepath.Join(dir, name))
		case err == nil:
			if err := tryToWrite(at); err != nil {
				return fmt.Errorf("the report's folder cannot be made: %w in the folder %s; choose another --report", err, at)
			}
			return nil
		case at == filepath.Dir(at):
			return nil
		}
	}
}

// tryToWrite makes a file in the folder and removes it. The error is the reason alone.
func tryToWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".writable-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	var reason *fs.PathError
	if errors.As(err, &reason) {
		return reason.Err
	}
	return err
}

// writeFile writes b to path: what is there stays as it was until all of b is written.
func writeFile(path string, b []byte) error {
	if err := replace(path, b); err != nil {
		return fmt.Errorf("output cannot be written to %s: %w; make room or choose another file", path, err)
	}
	return nil
}

// replace replaces the file at path as a whole, so that a process that has the old one mapped keeps it, and none sees half of one.
// What is no file (a device, a pipe) is written to, never replaced.
func replace(path string, b []byte) error {
	path = realPath(path)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, b, 0o644)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails when it was renamed
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
