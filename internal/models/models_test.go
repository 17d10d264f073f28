package models

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"reddit-classifier/model"
)

func TestOpen(t *testing.T) {
	byDefault, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	original, err := model.Original()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]*model.Model{"": byDefault, "default": byDefault, "original": original} {
		if got, err := Open(name); err != nil || got != want {
			t.Errorf("Open(%q) is another model, or %v", name, err)
		}
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("original", []byte("no artifact"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Open("original"); err != nil || got != original {
		t.Errorf("a file called original is taken for the built-in model: %v", err)
	}
	if _, err := Open("." + string(filepath.Separator) + "original"); err == nil {
		t.Error("the file ./original is not opened")
	}
	if _, err := Open("absent.rcm"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that does not exist: %v", err)
	}
}
