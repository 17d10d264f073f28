// Package shared finds what tests need outside the project: the files in the folder shared beside the repository, and
// programs. Where one is absent the test is skipped with a reason; REQUIRE_ALL=1, which CI sets, turns the skip into a
// failure.
package shared

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Required reports whether a missing file or program is a failure.
func Required() bool { return os.Getenv("REQUIRE_ALL") == "1" }

// Root returns the root folder of the project.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Path returns where a shared file should be: under $SHARED_DIR, or the folder shared beside the project.
func Path(elem ...string) string {
	dir := os.Getenv("SHARED_DIR")
	if dir == "" {
		dir = filepath.Join(Root(), "..", "shared")
	}
	return filepath.Join(append([]string{dir}, elem...)...)
}

// File returns the path of a shared file, and skips the test when it is absent.
func File(tb testing.TB, elem ...string) string {
	tb.Helper()
	path := Path(elem...)
	if _, err := os.Stat(path); err != nil {
		Missing(tb, "the shared file "+filepath.Join(elem...))
	}
	return path
}

// Program returns the path of a program, and skips the test when it is not installed.
func Program(tb testing.TB, name string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(tb, "the program "+name)
	}
	return path
}

// Missing skips the test because what is absent; where everything is required it fails.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if Required() {
		tb.Fatalf("%s is absent, and REQUIRE_ALL=1 says it must be there", what)
	}
	tb.Skipf("%s is absent", what)
}
