package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRename(t *testing.T) {
	root := t.TempDir()
	before := map[string]string{
		"go.mod":      "module old\n\ngo 1.25.0\n\nrequire example.org/old v1.0.0\n",
		"test/go.mod": "module old/test\n\nrequire old v0.0.0\n\nreplace old => ../..\n",
		"new.go":      "package p\n\nimport (\n\t\"fmt\"\n\n\t\"old/function\"\n)\n\nvar name, path = \"old\", \"old/function\"\n",
		".git/x.go":   "package p\n\nimport \"old/function\"\n",
	}
	for name, text := range before {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := rename(root, "example.org/new"); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"go.mod":      "module example.org/new\n\ngo 1.25.0\n\nrequire example.org/old v1.0.0\n",
		"test/go.mod": "module example.org/new/test\n\nrequire example.org/new v0.0.0\n\nreplace example.org/new => ../..\n",
		"new.go":      "package p\n\nimport (\n\t\"fmt\"\n\n\t\"example.org/new/function\"\n)\n\nvar name, path = \"old\", \"old/function\"\n",
		".git/x.go":   before[".git/x.go"],
	}
	got := map[string]string{}
	for name := range want {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(b)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files after the renaming (-want +got):\n%s", diff)
	}
}

func TestRenameRefuses(t *testing.T) {
	for _, path := range []string{"", "has space", "/absolute"} {
		if err := rename(t.TempDir(), path); err == nil {
			t.Errorf("rename to %q was accepted", path)
		}
	}
}
