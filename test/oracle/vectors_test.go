package oracle_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
	"reddit-classifier/test/vectors"
)

var update = flag.Bool("update", false, "write the vectors instead of comparing with them")

// TestVectors writes the vectors anew and compares with what is committed.
func TestVectors(t *testing.T) {
	var raw []string
	comments := vectors.Comments(t)
	for _, c := range comments {
		raw = append(raw, c.Text)
	}
	texts := oracle.Run[string, string](t, oracle.Interpreter(t, "3.8+"), "clean.py", raw)
	cleaned := make([]vectors.Cleaned, len(texts))
	for i, c := range comments {
		cleaned[i] = vectors.Cleaned{ID: c.ID, Raw: c.Text, Clean: texts[i]}
	}
	compare(t, "clean.jsonl", cleaned)

	t.Run("spacy-2.3.2", func(t *testing.T) {
		checkTokens(t, "spacy-2.3.2", comments, texts, shared.File(t, "language", "spacy-2.3.2.json.gz"))
	})
	t.Run("spacy-3.8", func(t *testing.T) { checkTokens(t, "spacy-3.8", comments, texts) })
}

func checkTokens(t *testing.T, release string, comments []vectors.Comment, texts []string, args ...string) {
	python := oracle.Environment(t, release)
	tokenized := oracle.Run[string, vectors.Tokenized](t, python, "tokens.py", texts, args...)
	for i := range tokenized {
		tokenized[i].ID, tokenized[i].Text = comments[i].ID, texts[i]
	}
	compare(t, "tokens_"+release+".jsonl", tokenized)
}

// compare compares the lines with the file of that name among the vectors, or writes it.
func compare[T any](t *testing.T, name string, lines []T) {
	t.Helper()
	var fresh bytes.Buffer
	enc := json.NewEncoder(&fresh)
	enc.SetEscapeHTML(false)
	for _, line := range lines {
		if err := enc.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(shared.Root(), "test", "vectors", name)
	if *update {
		if err := os.WriteFile(path, fresh.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	committed, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(fresh.Bytes(), committed) {
		t.Errorf("%s is not what Python gives (%v): run this test with -update and look at the difference", name, err)
	}
}
