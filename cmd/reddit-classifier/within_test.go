package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"reddit-classifier/test/shared"
)

// TestModelsWithin makes the built-in models anew, by the commands that `go generate ./model` calls: the same bytes.
func TestModelsWithin(t *testing.T) {
	pickles := filepath.Dir(shared.File(t, "pickles", "sklearn0.23-dill0.3", "seed", "lr.model"))
	for name, args := range map[string][]string{
		"default": {"train", shared.File(t, "data", "comments_train.csv")},
		"original": {"import", "--vectorizer", filepath.Join(pickles, "tfidf_vectorizer.model"), "--classifier",
			filepath.Join(pickles, "lr.model"),
			"--language", "spacy-2.3.2", "--cleaner", "original"},
	} {
		made := filepath.Join(t.TempDir(), "made.model")
		var stderr bytes.Buffer
		if code := run(append(args, "--output", made), nil, io.Discard, &stderr); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, &stderr)
		}
		within := filepath.Join(shared.Root(), "model", name+".model")
		if !bytes.Equal(read(t, made), read(t, within)) {
			t.Errorf("model/%s.model is out of date: run go generate ./model", name)
		}
	}
}

// TestShownBytes has the bytes that DESIGN.md shows be those of the original.
func TestShownBytes(t *testing.T) {
	artifact := read(t, filepath.Join(shared.Root(), "model", "original.model"))
	shown := regexp.MustCompile(`(?m)^([0-9a-f]{8}): ((?:[0-9a-f]{4} ){8})`).FindAllSubmatch(read(t,
		filepath.Join(shared.Root(), "DESIGN.md")), -1)
	if len(shown) == 0 {
		t.Error("no bytes are shown")
	}
	for _, line := range shown {
		at, err := strconv.ParseUint(string(line[1]), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", artifact[at:at+16]); got != strings.ReplaceAll(string(line[2]), " ", "") {
			t.Errorf("at %x there is %s", at, got)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
