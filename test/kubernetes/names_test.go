package kubernetes

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestNames wants the names in the manifests to be those in the code: `up` uses the same topics, the function the same event type.
func TestNames(t *testing.T) {
	names := []string{predictionType}
	for _, o := range build(t, "topics") {
		names = append(names, topicName(o))
	}
	code := source(t, "function") + source(t, "cmd")
	for _, name := range names {
		if !strings.Contains(code, strconv.Quote(name)) {
			t.Errorf("the manifests say %s, and no code under function or cmd does", name)
		}
	}
}

// source returns the Go code, but for tests, in a folder of the project.
func source(t *testing.T, dir string) string {
	t.Helper()
	var code strings.Builder
	err := filepath.WalkDir(filepath.Join(root(), dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		code.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code.String()
}
