package host

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// work is the folder in which copies of the project are built. TestMain removes it.
var work string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "reddit-classifier-func")
	if err != nil {
		panic(err)
	}
	work = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// root returns the project's root folder.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// copyProject copies the files that git tracks or would track, except those for which leave is true, to a folder of
// that name. A build needs a copy because it writes into its folder.
func copyProject(t *testing.T, name string, leave func(path string) bool) string {
	t.Helper()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root()
	out, err := list.Output()
	if err != nil {
		t.Fatalf("list the project's files with git: %v", err)
	}
	dir := filepath.Join(work, name)
	for _, path := range strings.Split(strings.TrimRight(string(out), "\x00"), "\x00") {
		if leave(path) {
			continue
		}
		if err := copyFile(filepath.Join(root(), path), filepath.Join(dir, path)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err) // a tracked file may have been deleted
		}
	}
	return dir
}

// nothing excludes no files.
func nothing(string) bool { return false }

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}
