package sklearn_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/sklearn"
	"reddit-classifier/test/shared"
)

// importShared imports the pickles of a release and model in ../shared.
func importShared(tb testing.TB, release, name, language string) []byte {
	tb.Helper()
	pack, err := packs.Open(language)
	if err != nil {
		tb.Fatal(err)
	}
	files, err := sklearn.Files(shared.File(tb, "pickles", release, name, "tfidf_vectorizer.model"),
		shared.File(tb, "pickles", release, name, "lr.model"))
	if err != nil {
		tb.Fatal(err)
	}
	p, err := sklearn.Read(files, sklearn.Options{Language: pack.Bytes(), Cleaner: uint32(clean.Original)})
	if err != nil {
		tb.Fatal(err)
	}
	spec := p.Spec()
	spec.Manifest.Name = "reddit-classifier"
	b, err := model.Build(spec)
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

// TestOriginalIsReproducible makes the built-in original twice from its pickles, and compares it.
func TestOriginalIsReproducible(t *testing.T) {
	made := importShared(t, "sklearn0.23-dill0.3", "seed", "spacy-2.3.2")
	if !bytes.Equal(made, importShared(t, "sklearn0.23-dill0.3", "seed", "spacy-2.3.2")) {
		t.Error("two imports of the same pickles differ")
	}
	if !bytes.Equal(made, read(t, filepath.Join(shared.Root(), "model", "original.model"))) {
		t.Error("model/original.model is out of date: run go generate ./model")
	}
}
