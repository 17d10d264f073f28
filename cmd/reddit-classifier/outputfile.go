package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// outputFile is a file that appears at its path only when it is complete: it is written under another name in the same
// folder and renamed at the end. A process that has the old file mapped keeps it. A device or a pipe is written
// directly.
type outputFile struct {
	path        string // as the user gave it
	file        *os.File
	temp        bool     // file is temporary and is renamed at the end
	createdDirs []string // folders that did not exist, outermost first
}

// createOutput creates the file that becomes path, so that an error shows before the work begins. It refuses a path
// that is one of the inputs.
func createOutput(path string, inputs ...string) (*outputFile, error) {
	if err := checkOutputPath(path, inputs...); err != nil {
		return nil, err
	}
	out := &outputFile{path: path}
	place := realPath(path)
	var err error
	if info, statErr := os.Stat(place); statErr == nil && !info.Mode().IsRegular() {
		out.file, err = os.OpenFile(place, os.O_WRONLY, 0)
	} else {
		out.temp = true
		out.file, err = os.CreateTemp(filepath.Dir(place), "."+filepath.Base(place)+"-*")
	}
	if err != nil {
		return nil, fmt.Errorf(
			"output cannot be written to %s: %w in the folder %s; choose another file",
			path,
			withoutPath(err),
			filepath.Dir(place),
		)
	}
	return out, nil
}

// createOutputIn is createOutput for the file name in the folder dir, which it creates if it is missing. In errors,
// what names the folder, and flag the setting that it comes from.
func createOutputIn(dir, name, what, flag string) (*outputFile, error) {
	cannot := func(format string, args ...any) error {
		return fmt.Errorf(what+" cannot be created: "+format+"; choose another "+flag, args...)
	}
	var made []string
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err == nil && !info.IsDir() {
			return nil, cannot("%s is a file", at)
		}
		if err == nil || at == filepath.Dir(at) {
			break
		}
		made = append([]string{at}, made...)
	}
	for i, at := range made {
		if err := os.Mkdir(at, 0o755); err != nil {
			removeFolders(made[:i])
			return nil, cannot("%w in the folder %s", withoutPath(err), filepath.Dir(at))
		}
	}
	out, err := createOutput(filepath.Join(dir, name))
	if err != nil {
		removeFolders(made)
		return nil, err
	}
	out.createdDirs = made
	return out, nil
}

// Commit writes b and renames the file to its path.
func (o *outputFile) Commit(b []byte) error {
	_, err := o.file.Write(b)
	if err == nil && o.temp {
		err = o.file.Chmod(0o644)
	}
	if closing := o.file.Close(); err == nil {
		err = closing
	}
	if err == nil && o.temp {
		err = os.Rename(o.file.Name(), realPath(o.path))
	}
	if err != nil {
		return fmt.Errorf("output cannot be written to %s: %w; free some space or choose another file", o.path, err)
	}
	o.temp, o.createdDirs = false, nil
	return nil
}

// Discard removes what was created, unless it was committed. A file that was at the path before stays unchanged.
func (o *outputFile) Discard() {
	o.file.Close()
	if o.temp {
		os.Remove(o.file.Name())
	}
	removeFolders(o.createdDirs)
	o.temp, o.createdDirs = false, nil
}

// removeFolders removes the folders that are empty, the innermost first.
func removeFolders(outermostFirst []string) {
	for i := len(outermostFirst) - 1; i >= 0; i-- {
		os.Remove(outermostFirst[i])
	}
}

// withoutPath returns a file's error without the name of the file.
func withoutPath(err error) error {
	var reason *fs.PathError
	if errors.As(err, &reason) {
		return reason.Err
	}
	return err
}

// checkOutputPath returns an error if no file can be written at path, or if path is one of the inputs.
func checkOutputPath(path string, inputs ...string) error {
	cannot := func(format string, args ...any) error {
		return fmt.Errorf("output cannot be written to %s: "+format, append([]any{path}, args...)...)
	}
	if path == "-" {
		return cannot("standard output gets the summary; name a file (./- for a file of that name)")
	}
	place := realPath(path)
	if info, err := os.Stat(place); err == nil {
		if info.IsDir() {
			return cannot("it is a folder; name a file in it")
		}
		for _, input := range inputs {
			if in, err := os.Stat(input); err == nil && os.SameFile(in, info) {
				return cannot("it is an input file; choose another file")
			}
		}
	}
	dir := filepath.Dir(place)
	switch folder, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return cannot("there is no folder %s; create it or choose another file", dir)
	case err == nil && !folder.IsDir():
		return cannot("%s is not a folder; choose another file", dir)
	}
	return nil
}

// realPath resolves symbolic links; it returns path itself if that fails.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
