package sklearn_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/sklearn"
	"reddit-classifier/test/shared"
)

var update = flag.Bool("update", false, "write model/default.model anew")

// importShared imports the pickles of a release and model in ../shared.
func importShared(tb testing.TB, release, name, language string) []byte {
	tb.Helper()
	pack, err := packs.Open(language)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := sklearn.Import(sklearn.Source{
		Vectorizer: read(tb, shared.File(tb, "pickles", release, name, "tfidf_vectorizer.model")),
		Classifier: read(tb, shared.File(tb, "pickles", release, name, "lr.model")),
		Language:   pack,
		Cleaner:    clean.Original,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func read(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// TestDefaultIsReproducible makes the embedded artifact again from the original's pickles, twice.
func TestDefaultIsReproducible(t *testing.T) {
	path := filepath.Join(shared.Root(), "model", "default.model")
	made := importShared(t, "sklearn0.23-dill0.3", "seed", "spacy-2.3.2")
	if *update {
		if err := os.WriteFile(path, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(made, importShared(t, "sklearn0.23-dill0.3", "seed", "spacy-2.3.2")) {
		t.Error("two imports of the same pickles differ")
	}
	if !bytes.Equal(made, read(t, path)) {
		t.Error("model/default.model is out of date: run go generate ./model")
	}
}
